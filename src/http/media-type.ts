import type { Request } from 'express'
import { UnsupportedMediaType } from './refusals.ts'

/**
 * Media type of a body, without its parameters.
 *
 * @param accepted - what the request may send.
 * @throws UnsupportedMediaType also for encodings that would make the bytes ambiguous.
 */
export function mediaTypeOf(request: Request, accepted: readonly string[]): string {
  const header = request.get('content-type') ?? '(none)'
  const [type = '', ...parameters] = header.split(';').map((part) => part.trim().toLowerCase())
  const expected = `${accepted.join(' or ')}, in UTF-8`
  if (!accepted.includes(type)) throw new UnsupportedMediaType(header, expected)
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))
  if (charset !== undefined && !/^charset="?utf-8"?$/.test(charset)) {
    throw new UnsupportedMediaType(header, expected)
  }
  const encoding = request.get('content-encoding')
  if (encoding !== undefined && encoding !== 'identity') {
    throw new UnsupportedMediaType(`content-encoding ${encoding}`, 'no content encoding')
  }
  return type
}
