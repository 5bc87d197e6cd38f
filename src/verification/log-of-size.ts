import { hashLength } from '../log/bytes.ts'
import { decodeEntryBundle, entriesOfBundlePrefix, MalformedLogFile } from '../log/entry-bundle.ts'
import { countOfLevel, tilePath, tileWidth, type TileName } from '../log/tile.ts'
import { Refusal } from '../record/refusal.ts'

/**
 * Gives the bytes of a file of a log, by its path below the log's prefix;
 * `undefined` when it is not there. Rejects when that cannot be told.
 */
export type ReadLogFile = (path: string) => Promise<Uint8Array | undefined>

/** A file that the log's checkpoint stands for is not there. */
export class MissingLogFile extends Refusal {
  override readonly code = 'missing-log-file'
  constructor(path: string) {
    super(`${path} is not there`)
  }
}

/** Tiles that are kept in memory; proofs near each other share theirs. */
const tilesKept = 64

/**
 * The files that a log has at one size. A partial file may be gone where the log
 * has grown since: its contents are then the beginning of the full one.
 *
 * @see C2SP tlog-tiles, "Partial Tiles"
 */
export class LogOfSize {
  readonly size: number
  readonly #read: ReadLogFile
  readonly #tiles = new Map<string, Promise<Uint8Array>>()

  constructor(size: number, read: ReadLogFile) {
    this.size = size
    this.#read = read
  }

  /**
   * A tile of hashes, or the first of them when the name is of a smaller log.
   *
   * @throws MissingLogFile; MalformedLogFile when it is not as wide as its name says.
   */
  async tile(name: TileName): Promise<Uint8Array> {
    const widest = { ...name, width: widthAt(this.size, name) }
    const path = tilePath(widest)
    const known = this.#tiles.get(path)
    const reading = known ?? this.#readTile(widest)
    this.#tiles.delete(path)
    this.#tiles.set(path, reading)
    for (const oldest of this.#tiles.keys()) {
      if (this.#tiles.size <= tilesKept) break
      this.#tiles.delete(oldest)
    }
    return (await reading).subarray(0, name.width * hashLength)
  }

  /**
   * The entries of a bundle: 256, or fewer in the last one.
   *
   * @throws MissingLogFile; MalformedLogFile when there are more or fewer.
   */
  async bundle(index: number): Promise<Uint8Array[]> {
    const name: TileName = { kind: 'entries', level: 0, index, width: tileWidth }
    const width = widthAt(this.size, name)
    const { bytes, isFull } = await this.#readFile({ ...name, width })
    const entries = decodeEntryBundle(isFull ? entriesOfBundlePrefix(bytes, width) : bytes)
    const path = tilePath({ ...name, width })
    if (entries.length === width) return entries
    throw new MalformedLogFile(path, `${entries.length} entries`, `${width}`)
  }

  async #readTile(name: TileName): Promise<Uint8Array> {
    const { bytes, isFull } = await this.#readFile(name)
    const width = isFull ? tileWidth : name.width
    if (bytes.length === width * hashLength) return bytes
    const expected = `${width * hashLength} bytes`
    throw new MalformedLogFile(tilePath(name), `${bytes.length} bytes`, expected)
  }

  /** The file, or the full one in its place. */
  async #readFile(name: TileName): Promise<{ bytes: Uint8Array; isFull: boolean }> {
    const bytes = await this.#read(tilePath(name))
    if (bytes !== undefined) return { bytes, isFull: false }
    const full = await this.#read(tilePath({ ...name, width: tileWidth }))
    if (full !== undefined && name.width < tileWidth) return { bytes: full, isFull: true }
    throw new MissingLogFile(tilePath(name))
  }
}

function widthAt(size: number, { level, index }: TileName): number {
  return Math.min(tileWidth, countOfLevel(size, level) - index * tileWidth)
}
