import { open, type FileHandle } from 'node:fs/promises'
import type { ByteRange, ByteStream } from './blob-store.ts'

/** Twice the throughput of the 64 KiB of a read stream; measured with hashing behind it. */
const readByteLength = 1024 * 1024

/**
 * Bytes of a file in large pieces; the next one is read while the reader works on
 * the last. The file is opened when the first piece is asked for.
 */
export async function* readFileRange(path: string, range: ByteRange): ByteStream {
  if (range.start === range.endExclusive) return
  await using file = await open(path, 'r')
  let next = readPiece(file, range)
  try {
    for (;;) {
      const piece = await next
      const start = piece.start + piece.bytes.length
      if (start === range.endExclusive) return yield piece.bytes
      next = readPiece(file, { start, endExclusive: range.endExclusive })
      yield piece.bytes
    }
  } finally {
    await Promise.allSettled([next])
  }
}

async function readPiece(
  file: FileHandle,
  { start, endExclusive }: ByteRange,
): Promise<{ start: number; bytes: Uint8Array }> {
  const wanted = Math.min(readByteLength, endExclusive - start)
  const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(wanted), 0, wanted, start)
  if (bytesRead === 0) throw new Error(`a stored file ends at ${start}, expected ${endExclusive}`)
  return { start, bytes: buffer.subarray(0, bytesRead) }
}
