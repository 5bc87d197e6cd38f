import { createHash, randomBytes } from 'node:crypto'

const pieceByteLength = 1024 * 1024
const pool = randomBytes(64 * pieceByteLength)

/** Bytes to send, and their name, computed before the clock starts. */
export interface Payload {
  readonly digest: string
  readonly byteLength: number
  readonly pieces: readonly Uint8Array[]
}

/** Bytes that no payload had before; those of large ones repeat after 64 MiB. */
export function newPayload(byteLength: number): Payload {
  const unique = randomBytes(Math.min(32, byteLength))
  const pieces: Uint8Array[] = [unique]
  for (let start = unique.length; start < byteLength; start += pieceByteLength) {
    const from = start % (pool.length - pieceByteLength)
    pieces.push(pool.subarray(from, from + Math.min(pieceByteLength, byteLength - start)))
  }
  // One write for what fits into one.
  return payloadOf(byteLength <= pieceByteLength ? [Buffer.concat(pieces)] : pieces)
}

export function payloadOf(pieces: readonly Uint8Array[]): Payload {
  const hash = createHash('sha256')
  for (const piece of pieces) hash.update(piece)
  const byteLength = pieces.reduce((sum, piece) => sum + piece.length, 0)
  return { digest: `sha256:${hash.digest('hex')}`, byteLength, pieces }
}

export function textPayload(text: string): Payload {
  return payloadOf([Buffer.from(text)])
}
