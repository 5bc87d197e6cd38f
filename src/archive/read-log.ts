import type { LogEntries } from '../catalog/log-entries.ts'
import { hashLength } from '../log/bytes.ts'
import { entriesOfBundlePrefix } from '../log/entry-bundle.ts'
import { parseTilePath, sizesWithTile, tilePath, tileWidth, type TileName } from '../log/tile.ts'
import type { LogStore } from '../vault/log-store.ts'
import { UnknownLogFile } from './refusals.ts'

export interface LogReadingParts {
  readonly log: LogStore
  readonly entries: LogEntries
}

/** Gives out the log as it is published. */
export class LogReading {
  readonly #parts: LogReadingParts

  constructor(parts: LogReadingParts) {
    this.#parts = parts
  }

  /** @throws UnknownLogFile before the first checkpoint. */
  async readCheckpoint(): Promise<Uint8Array> {
    return this.#read('checkpoint')
  }

  /**
   * A tile or entry bundle that a published checkpoint has.
   *
   * @param path - like `tile/0/x001/234.p/7`.
   * @throws UnknownLogFile also for widths that no published size has.
   */
  async readTile(path: string): Promise<Uint8Array> {
    const name = parseTilePath(path)
    if (name === undefined) throw new UnknownLogFile(path)
    const stored = await this.#parts.log.read(path)
    if (stored !== undefined) return stored
    if (name.width === tileWidth || !(await this.#wasPublished(name)))
      throw new UnknownLogFile(path)
    // A partial tile may go once the full one is there; its hashes are the first of those.
    return prefixOf(await this.#read(tilePath({ ...name, width: tileWidth })), name)
  }

  /**
   * A public key or a time stamp.
   *
   * @param path - below `log/`, with one name behind `keys/` or `timestamps/`.
   * @throws UnknownLogFile
   */
  async readFile(path: string): Promise<Uint8Array> {
    if (!/^(keys|timestamps)\/[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(path)) {
      throw new UnknownLogFile(path)
    }
    return this.#read(path)
  }

  /** Names of files that start so, ascending. */
  async listFiles(prefix: string): Promise<string[]> {
    return Array.fromAsync(this.#parts.log.list(prefix))
  }

  async #wasPublished(name: TileName): Promise<boolean> {
    const { first, endExclusive } = sizesWithTile(name)
    const sizes = await this.#parts.entries.checkpointSizes({ first, endExclusive, limit: 1 })
    return sizes.length > 0
  }

  async #read(path: string): Promise<Uint8Array> {
    const bytes = await this.#parts.log.read(path)
    if (bytes === undefined) throw new UnknownLogFile(path)
    return bytes
  }
}

function prefixOf(full: Uint8Array, { kind, width }: TileName): Uint8Array {
  if (kind === 'hashes') return full.subarray(0, width * hashLength)
  return entriesOfBundlePrefix(full, width)
}
