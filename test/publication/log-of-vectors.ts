import { parseTilePath } from '../../src/log/tile.ts'
import { pathsOfSize, readTile } from '../log/log-by-definition.ts'
import { checkpointOfSize } from '../log/witness-requests.ts'

/** The published files of the log of the vectors, at a size that can be changed. */
export class LogOfVectors {
  #checkpoint: string
  #paths: ReadonlySet<string>

  private constructor(checkpoint: string, size: number) {
    this.#checkpoint = checkpoint
    this.#paths = new Set(pathsOfSize(size))
  }

  static async ofSize(size: number): Promise<LogOfVectors> {
    return new LogOfVectors(await checkpointOfSize(size), size)
  }

  async grow(size: number): Promise<void> {
    this.#checkpoint = await checkpointOfSize(size)
    this.growTiles(size)
  }

  /** Has more tiles already, as if they were published this moment; full ones replace partial ones. */
  growTiles(size: number): void {
    const added = new Set(pathsOfSize(size))
    const kept = [...this.#paths].filter((path) => !added.has(path.replace(/\.p\/\d+$/, '')))
    this.#paths = new Set([...kept, ...added])
  }

  replaceCheckpoint(checkpoint: string): void {
    this.#checkpoint = checkpoint
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    if (path === 'checkpoint') return Buffer.from(this.#checkpoint)
    const name = parseTilePath(path)
    return name !== undefined && this.#paths.has(path) ? readTile(name) : undefined
  }
}
