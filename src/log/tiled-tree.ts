import { hashLength } from './bytes.ts'
import { MalformedLogFile } from './entry-bundle.ts'
import { nodeInput, type Sha256 } from './merkle-tree.ts'
import { nodesOfSubtree, type CompleteNode, type Subtree } from './subtree.ts'
import { countOfLevel, tilePath, tileWidth, type TileName } from './tile.ts'

/** Gives the bytes of a hash tile of exactly that width. */
export type ReadTile = (name: TileName) => Promise<Uint8Array>

/** How many heights of nodes lie within one tile. */
const heightsOfTile = 8

/** A tree of one size whose hashes are read from tiles, each tile once. */
export class TiledTree {
  readonly #size: number
  readonly #readTile: ReadTile
  readonly #sha256: Sha256
  readonly #tiles = new Map<string, Promise<Uint8Array>>()

  constructor(size: number, readTile: ReadTile, sha256: Sha256) {
    this.#size = size
    this.#readTile = readTile
    this.#sha256 = sha256
  }

  /**
   * Hashes of subtrees that are one complete node each, or end where the tree ends.
   *
   * @throws MalformedLogFile when a tile is not as wide as its name says.
   */
  hashesOf(subtrees: readonly Subtree[]): Promise<Uint8Array[]> {
    return Promise.all(subtrees.map((subtree) => this.#hashOf(subtree)))
  }

  async #hashOf(subtree: Subtree): Promise<Uint8Array> {
    const nodes = nodesOfSubtree(subtree).map((node) => this.#hashOfNode(node))
    const [right = new Uint8Array(), ...others] = (await Promise.all(nodes)).toReversed()
    let hash = right
    for (const left of others) hash = await this.#sha256(nodeInput(left, hash))
    return hash
  }

  /** A node between two levels of tiles is hashed from those of the lower level. */
  async #hashOfNode({ height, index }: CompleteNode): Promise<Uint8Array> {
    const level = Math.floor(height / heightsOfTile)
    const width = 2 ** (height % heightsOfTile)
    const first = index * width
    const tile = await this.#tile(level, Math.floor(first / tileWidth))
    const start = first % tileWidth
    let hashes: Uint8Array[] = Array.from({ length: width }, (_, at) =>
      tile.slice((start + at) * hashLength, (start + at + 1) * hashLength),
    )
    while (hashes.length > 1) hashes = await this.#parentsOf(hashes)
    return hashes[0] ?? new Uint8Array()
  }

  async #parentsOf(hashes: readonly Uint8Array[]): Promise<Uint8Array[]> {
    const parents: Uint8Array[] = []
    for (let at = 0; at < hashes.length; at += 2) {
      const [left, right] = [hashes[at], hashes[at + 1]]
      if (left !== undefined && right !== undefined) {
        parents.push(await this.#sha256(nodeInput(left, right)))
      }
    }
    return parents
  }

  #tile(level: number, index: number): Promise<Uint8Array> {
    const count = countOfLevel(this.#size, level)
    const width = Math.min(tileWidth, count - index * tileWidth)
    const name: TileName = { kind: 'hashes', level, index, width }
    const path = tilePath(name)
    const known = this.#tiles.get(path)
    if (known !== undefined) return known
    const tile = this.#readWhole(name)
    this.#tiles.set(path, tile)
    return tile
  }

  async #readWhole(name: TileName): Promise<Uint8Array> {
    const bytes = await this.#readTile(name)
    if (bytes.length === name.width * hashLength) return bytes
    const expected = `${name.width * hashLength} bytes`
    throw new MalformedLogFile(tilePath(name), `${bytes.length} bytes`, expected)
  }
}
