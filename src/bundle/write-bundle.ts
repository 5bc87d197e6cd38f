import { hexOf, type Digest } from '../record/digest.ts'
import { tagManifestPath, type BundleEntry } from './layout.ts'
import { tarEndBytes, tarHeader, tarHeaderLength, tarPaddingLength } from './tar.ts'

/** Bytes from `start` up to, not including, `endExclusive`. */
export interface ByteRange {
  readonly start: number
  readonly endExclusive: number
}

/** Opens a range of a blob; `undefined` when the blob is not there. The shape of `BlobStore.open`. */
export type OpenBlob = (
  digest: Digest,
  range: ByteRange,
) => Promise<AsyncIterable<Uint8Array> | undefined>

/** A bundle whose every byte is decided, though none is written yet. */
export interface PlannedBundle {
  /** Bytes of the whole tar. */
  readonly byteLength: number
  /** Strong: quoted SHA-256 of the tag manifest, which pins every byte. */
  readonly etag: string
  /**
   * The bytes of a range of the tar. Blobs are opened one after the other, when
   * their turn comes, and only for the bytes that are asked for.
   *
   * @throws RangeError when the range is not within the tar.
   * @throws MissingBlob, BrokenBlob while it is read: the stream then has fewer bytes
   *   than the range, and must not be ended as if complete.
   */
  open(range: ByteRange, openBlob: OpenBlob): AsyncIterable<Uint8Array>
}

/** A blob of the bundle is not in the store. */
export class MissingBlob extends Error {
  readonly digest: Digest
  constructor(digest: Digest) {
    super(`the blob ${digest} of a bundle is not in the store`)
    this.digest = digest
  }
}

/** A blob gave fewer or more bytes than its length promised. */
export class BrokenBlob extends Error {
  readonly digest: Digest
  constructor(digest: Digest, found: string, expected: number) {
    super(`the blob ${digest} gave ${found} bytes, expected ${expected}`)
    this.digest = digest
  }
}

/**
 * Plans the tar of some files. Nothing is kept per file but its offset: headers are
 * made when they are read.
 *
 * @param entries - in the order of the tar, the tag manifest among them.
 * @param topDirectory - the first component of every path.
 */
export function planBundle(
  entries: readonly BundleEntry[],
  topDirectory: string,
  mtimeSeconds: number,
): PlannedBundle {
  const tagManifest = entries.find(({ path }) => path === tagManifestPath)
  if (tagManifest === undefined) throw new RangeError(`a bundle without ${tagManifestPath}`)
  const tar = new PlannedTar(entries, topDirectory, mtimeSeconds)
  return {
    byteLength: tar.byteLength,
    etag: `"${hexOf(tagManifest.digest)}"`,
    open(range, openBlob) {
      const { start, endExclusive } = range
      const isWithin = start >= 0 && start <= endExclusive && endExclusive <= tar.byteLength
      if (!Number.isSafeInteger(start) || !Number.isSafeInteger(endExclusive) || !isWithin) {
        throw new RangeError(`${start} to ${endExclusive} is not within ${tar.byteLength} bytes`)
      }
      return tar.read(range, openBlob)
    },
  }
}

/**
 * The tar as one gap and one content per entry: gap `i` is the padding of entry
 * `i - 1` and the header of entry `i`. The last gap, behind all contents, is padding and the
 * end of the tar.
 */
class PlannedTar {
  readonly byteLength: number
  readonly #entries: readonly BundleEntry[]
  readonly #topDirectory: string
  readonly #mtimeSeconds: number
  /** Offset of each gap, the last one included. */
  readonly #gapOffsets: Float64Array

  constructor(entries: readonly BundleEntry[], topDirectory: string, mtimeSeconds: number) {
    this.#entries = entries
    this.#topDirectory = topDirectory
    this.#mtimeSeconds = mtimeSeconds
    this.#gapOffsets = new Float64Array(entries.length + 1)
    let offset = 0
    let padding = 0
    entries.forEach(({ path, byteLength }, index) => {
      this.#gapOffsets[index] = offset
      offset += padding + tarHeaderLength(`${topDirectory}/${path}`) + byteLength
      padding = tarPaddingLength(byteLength)
    })
    this.#gapOffsets[entries.length] = offset
    this.byteLength = offset + padding + tarEndBytes
    // Above 2^53 offsets would be rounded, and the bytes behind them wrong.
    if (!Number.isSafeInteger(this.byteLength)) throw new RangeError('the bundle is too large')
  }

  async *read(range: ByteRange, openBlob: OpenBlob): AsyncGenerator<Uint8Array, void, undefined> {
    let index = this.#lastGapAtOrBefore(range.start)
    for (; index <= this.#entries.length; index += 1) {
      const gapOffset = this.#gapOffsets[index] ?? this.byteLength
      if (gapOffset >= range.endExclusive) return
      const entry = this.#entries[index]
      const contentOffset = this.#contentOffset(index, entry)
      const wanted = overlap(range, gapOffset, contentOffset)
      if (wanted !== undefined) {
        yield this.#gap(entry, contentOffset - gapOffset).subarray(
          wanted.start,
          wanted.endExclusive,
        )
      }
      if (entry === undefined) return
      const content = overlap(range, contentOffset, contentOffset + entry.byteLength)
      if (content !== undefined) yield* contentOf(entry, content, openBlob)
    }
  }

  #contentOffset(index: number, entry: BundleEntry | undefined): number {
    if (entry === undefined) return this.byteLength
    return (this.#gapOffsets[index + 1] ?? this.byteLength) - entry.byteLength
  }

  #gap(entry: BundleEntry | undefined, byteLength: number): Uint8Array {
    const gap = new Uint8Array(byteLength)
    if (entry === undefined) return gap
    const path = `${this.#topDirectory}/${entry.path}`
    const header = tarHeader({ ...entry, path, mtimeSeconds: this.#mtimeSeconds })
    gap.set(header, byteLength - header.length)
    return gap
  }

  #lastGapAtOrBefore(offset: number): number {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.#gapOffsets[middle] ?? Infinity) <= offset) low = middle
      else high = middle - 1
    }
    return low
  }
}

/** The part of `range` that lies in [start, endExclusive), counted from `start`. */
function overlap(range: ByteRange, start: number, endExclusive: number): ByteRange | undefined {
  const from = Math.max(range.start, start)
  const to = Math.min(range.endExclusive, endExclusive)
  return from < to ? { start: from - start, endExclusive: to - start } : undefined
}

async function* contentOf(
  { source }: BundleEntry,
  range: ByteRange,
  openBlob: OpenBlob,
): AsyncGenerator<Uint8Array, void, undefined> {
  if ('bytes' in source) {
    yield source.bytes.subarray(range.start, range.endExclusive)
    return
  }
  const expected = range.endExclusive - range.start
  const stream = await openBlob(source.blob, range)
  if (stream === undefined) throw new MissingBlob(source.blob)
  let found = 0
  for await (const piece of stream) {
    found += piece.length
    if (found > expected) throw new BrokenBlob(source.blob, `more than ${expected}`, expected)
    yield piece
  }
  if (found < expected) throw new BrokenBlob(source.blob, String(found), expected)
}
