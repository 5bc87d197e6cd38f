import { digestOf, type Digest } from '../../src/record/digest.ts'
import type { ByteStream } from '../../src/vault/blob-store.ts'

const encoder = new TextEncoder()

/** The digest of the UTF-8 bytes of a text. */
export async function digestOfText(text: string): Promise<Digest> {
  return digestOf(encoder.encode(text))
}

export async function* streamOf(...pieces: (string | Uint8Array)[]): ByteStream {
  for (const piece of pieces) yield typeof piece === 'string' ? encoder.encode(piece) : piece
}

/** The same `byteLength` bytes in pieces of any length. */
export async function* countedBytes(byteLength: number, pieceByteLength = 65_536): ByteStream {
  for (let start = 0; start < byteLength; start += pieceByteLength) {
    const piece = new Uint8Array(Math.min(pieceByteLength, byteLength - start))
    for (let i = 0; i < piece.length; i += 1)
      piece[i] = ((start + i) * 31 + ((start + i) >> 16)) % 251
    yield piece
  }
}

/** A sender whose connection ends after these bytes. */
export async function* brokenAfter(...pieces: (string | Uint8Array)[]): ByteStream {
  yield* streamOf(...pieces)
  throw new Error('connection lost')
}

/** A sender that says nothing more after these bytes, and never ends. */
export async function* silentAfter(...pieces: (string | Uint8Array)[]): ByteStream {
  yield* streamOf(...pieces)
  await new Promise(() => {})
}

export async function bytesOf(stream: ByteStream | undefined): Promise<Uint8Array> {
  if (stream === undefined) throw new Error('found no stream')
  return Buffer.concat(await Array.fromAsync(stream))
}

export async function textOf(stream: ByteStream | undefined): Promise<string> {
  return new TextDecoder().decode(await bytesOf(stream))
}
