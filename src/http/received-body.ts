import type { Readable } from 'node:stream'
import { BodyTooLarge } from './refusals.ts'

/**
 * A small request body as one piece, exactly as it was sent. The limit holds
 * while bytes arrive, whatever length the client announced.
 *
 * @throws BodyTooLarge
 */
export async function receiveBytes(
  body: AsyncIterable<Uint8Array>,
  maxByteLength: number,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let byteLength = 0
  for await (const piece of body) {
    byteLength += piece.byteLength
    if (byteLength > maxByteLength) throw new BodyTooLarge(maxByteLength)
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/**
 * The body as it arrives. Leaving early does not break the connection, so that a
 * refusal can still be answered.
 */
export function bodyOf(request: Readable): AsyncIterable<Uint8Array> {
  return request.iterator({ destroyOnReturn: false })
}
