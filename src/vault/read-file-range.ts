import { open, type FileHandle } from 'node:fs/promises'
import type { ByteRange, ByteStream, OpenOptions } from './blob-store.ts'

/** Twice the throughput of the 64 KiB of a read stream; measured with hashing behind it. */
const readByteLength = 1024 * 1024

/**
 * Bytes of a file in large pieces; the next one is read while the reader works on
 * the last. The file is opened when the first piece is asked for.
 */
export async function* readFileRange(
  path: string,
  range: ByteRange,
  { reusePieces = false }: OpenOptions = {},
): ByteStream {
  if (range.start === range.endExclusive) return
  await using file = await open(path, 'r')
  const spare: Buffer[] = []
  let next = readPiece(file, range, spare)
  try {
    for (;;) {
      const piece = await next
      const start = piece.start + piece.bytes.length
      if (start === range.endExclusive) return yield piece.bytes
      next = readPiece(file, { start, endExclusive: range.endExclusive }, spare)
      // It is awaited when the reader comes back; a failure before that must not end the process.
      next.catch(() => {})
      yield piece.bytes
      if (reusePieces) spare.push(piece.buffer)
    }
  } finally {
    await Promise.allSettled([next])
  }
}

/** A part of the file, in the last of the spare buffers if there is one. */
async function readPiece(
  file: FileHandle,
  { start, endExclusive }: ByteRange,
  spare: Buffer[],
): Promise<{ start: number; bytes: Uint8Array; buffer: Buffer }> {
  const wanted = Math.min(readByteLength, endExclusive - start)
  const buffer = spare.pop() ?? Buffer.allocUnsafeSlow(wanted)
  const { bytesRead } = await file.read(buffer, 0, wanted, start)
  if (bytesRead === 0) throw new Error(`a stored file ends at ${start}, expected ${endExclusive}`)
  return { start, bytes: buffer.subarray(0, bytesRead), buffer }
}
