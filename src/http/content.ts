import type { Request } from 'express'
import { isKnownToClient, isRangeWanted, parseRange, type ContentRange } from './range.ts'
import type { Answer } from './route.ts'

/** An immutable representation that can be read in parts. */
export interface RangedContent {
  readonly byteLength: number
  /** Strong and quoted. */
  readonly etag: string
  readonly headers: Readonly<Record<string, string>>
  readonly open: (range: {
    start: number
    endExclusive: number
  }) => Promise<AsyncIterable<Uint8Array>>
}

/** A small document that is in memory already. */
export function heldContent(
  bytes: Uint8Array,
  { etag, headers }: Pick<RangedContent, 'etag' | 'headers'>,
): RangedContent {
  return {
    byteLength: bytes.byteLength,
    etag,
    headers,
    open: async ({ start, endExclusive }) => inOnePiece(bytes.subarray(start, endExclusive)),
  }
}

async function* inOnePiece(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes
}

export const immutable = 'public, max-age=31536000, immutable'

/**
 * Answers a GET or HEAD of something immutable: whole, in part, or not at all
 * when the client has it.
 *
 * @throws UnsatisfiableRange
 * @see RFC 9110, sections 13 and 14
 */
export function rangedAnswer(content: RangedContent, request: Request): Answer {
  const headers = { ...content.headers, etag: content.etag, 'accept-ranges': 'bytes' }
  if (isKnownToClient(request.get('if-none-match'), content.etag)) return { status: 304, headers }
  const range = rangeOf(request, content)
  const { start, endExclusive } = range ?? { start: 0, endExclusive: content.byteLength }
  const byteLength = endExclusive - start
  const body = { byteLength, open: () => content.open({ start, endExclusive }) }
  if (range === undefined) return { status: 200, headers, body }
  const contentRange = `bytes ${start}-${endExclusive - 1}/${content.byteLength}`
  return { status: 206, headers: { ...headers, 'content-range': contentRange }, body }
}

// RFC 9110, 14.2: a range means something to GET alone.
function rangeOf(request: Request, { etag, byteLength }: RangedContent): ContentRange | undefined {
  const isWanted = request.method === 'GET' && isRangeWanted(request.get('if-range'), etag)
  return isWanted ? parseRange(request.get('range'), byteLength) : undefined
}
