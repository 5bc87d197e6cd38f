import { hashLength, joinBytes } from './bytes.ts'
import { MalformedLogFile } from './entry-bundle.ts'
import { emptyRoot, nodeHash, type QuickSha256 } from './merkle-tree.ts'
import { inclusionSubtrees, nodesOfSubtree, type CompleteNode, type Subtree } from './subtree.ts'
import { countOfLevel, edgeTilesOfSize, tilePath, tileWidth, type TileName } from './tile.ts'

/** What a log gains by some more leaves. */
export interface Growth {
  readonly tree: GrowingTree
  /** Hash tiles that are new or have more hashes than before, full and partial. */
  readonly tiles: readonly HashTile[]
  /**
   * Proof that an entry is in the tree of the new size, the leaf's sibling first.
   *
   * @param index - of an entry that this growth added; for another it is a RangeError.
   * @see RFC 9162, section 2.1.3.1
   */
  inclusionProof(index: number): Uint8Array[]
}

export interface HashTile {
  readonly name: TileName
  readonly bytes: Uint8Array
}

/** Hashes of neighbouring complete nodes of one height; those further left are not at hand. */
interface Row {
  readonly first: number
  readonly hashes: readonly Uint8Array[]
}

/** How many heights of nodes lie within one tile. */
const heightsOfTile = 8

/**
 * The right edge of a log's tree: all that is needed to append to it. Never
 * changes; whoever appends gets another one. Holds at most 510 hashes for each
 * level of tiles.
 */
export class GrowingTree {
  readonly size: number
  /** By height; complete nodes of the tiles at the right edge, full tiles left out. */
  readonly #rows: readonly Row[]
  readonly #sha256: QuickSha256
  readonly #root: Uint8Array

  private constructor(size: number, nodes: NodesAtHand, sha256: QuickSha256) {
    this.size = size
    this.#rows = nodes.edgeRows()
    this.#sha256 = sha256
    this.#root = size === 0 ? emptyRoot : nodes.hashOf({ first: 0, endExclusive: size })
  }

  static empty(sha256: QuickSha256): GrowingTree {
    return new GrowingTree(0, new NodesAtHand(0, [], sha256), sha256)
  }

  /**
   * Takes up a log of that size.
   *
   * @param readTile - gives the partial tile of each level; no other is read.
   * @throws MalformedLogFile when a tile is not as wide as its name says.
   */
  static async open(
    size: number,
    readTile: (name: TileName) => Promise<Uint8Array>,
    sha256: QuickSha256,
  ): Promise<GrowingTree> {
    const rows = emptyRows(size)
    for (const name of edgeTilesOfSize(size)) {
      const hashes = hashesOfTile(name, await readTile(name))
      rows[name.level * heightsOfTile] = { first: name.index * tileWidth, hashes }
    }
    return new GrowingTree(size, new NodesAtHand(size, rows, sha256), sha256)
  }

  /** Root hash of the tree: 32 bytes. */
  root(): Uint8Array {
    return this.#root
  }

  /** The tree with these leaves appended, and what there is to publish then. */
  grow(leafHashes: readonly Uint8Array[]): Growth {
    const size = this.size + leafHashes.length
    const [leaves = { first: 0, hashes: [] }, ...inner] = this.#rows
    const grown = { first: leaves.first, hashes: [...leaves.hashes, ...leafHashes] }
    const nodes = new NodesAtHand(size, [grown, ...inner], this.#sha256)
    return {
      tree: new GrowingTree(size, nodes, this.#sha256),
      tiles: nodes.tilesSince(this.size),
      inclusionProof: (index) => {
        if (index < this.size || index >= size) {
          throw new RangeError(`found index ${index}, expected ${this.size} to ${size - 1}`)
        }
        return inclusionSubtrees(index, size).map((sibling) => nodes.hashOf(sibling))
      },
    }
  }
}

/** The complete nodes from the right edge of an older size on, and what follows from them. */
class NodesAtHand {
  readonly #size: number
  readonly #rows: readonly Row[]
  readonly #sha256: QuickSha256
  /** Hashes of ragged subtrees, which end where the tree ends: by their first leaf. */
  readonly #ragged = new Map<number, Uint8Array>()

  constructor(size: number, rows: readonly Row[], sha256: QuickSha256) {
    this.#size = size
    this.#sha256 = sha256
    this.#rows = completedRows(size, rows, sha256)
  }

  /** The hash of a subtree that is one complete node, or that ends where the tree ends. */
  hashOf(subtree: Subtree): Uint8Array {
    if (subtree.endExclusive < this.#size) return this.#hashOfNodes(nodesOfSubtree(subtree))
    const known = this.#ragged.get(subtree.first)
    if (known !== undefined) return known
    const hash = this.#hashOfNodes(nodesOfSubtree(subtree))
    this.#ragged.set(subtree.first, hash)
    return hash
  }

  /** The tiles that a log of this size has, and of `oldSize` had not. */
  tilesSince(oldSize: number): HashTile[] {
    return this.#rows.flatMap((row, height) => {
      const level = height / heightsOfTile
      if (!Number.isInteger(level)) return []
      const isLonger = countOfLevel(this.#size, level) > countOfLevel(oldSize, level)
      return isLonger ? tilesOfRow(row, level) : []
    })
  }

  /** The rows without those nodes that lie in full tiles: enough to append to this tree. */
  edgeRows(): Row[] {
    return this.#rows.map(({ first, hashes }, height) => {
      const edge = firstAtEdge(this.#size, height)
      return { first: edge, hashes: hashes.slice(edge - first) }
    })
  }

  #hashOfNodes(nodes: readonly CompleteNode[]): Uint8Array {
    const hashes = nodes.map(({ height, index }) => hashAt(this.#rows[height], index))
    return hashes.reduceRight((right, left) => nodeHash(left, right, this.#sha256))
  }
}

/** Adds the complete nodes that follow from those below them. */
function completedRows(size: number, rows: readonly Row[], sha256: QuickSha256): Row[] {
  const completed: Row[] = []
  for (let height = 0; 2 ** height <= size; height += 1) {
    const known = rows[height] ?? { first: 0, hashes: [] }
    const below = completed[height - 1]
    completed.push(below === undefined ? known : extended(known, below, sha256))
  }
  return completed
}

function extended({ first, hashes }: Row, below: Row, sha256: QuickSha256): Row {
  const longer = [...hashes]
  const endExclusive = Math.floor((below.first + below.hashes.length) / 2)
  for (let index = first + hashes.length; index < endExclusive; index += 1) {
    longer.push(nodeHash(hashAt(below, 2 * index), hashAt(below, 2 * index + 1), sha256))
  }
  return { first, hashes: longer }
}

function hashAt(row: Row | undefined, index: number): Uint8Array {
  const hash = row?.hashes[index - row.first]
  if (hash === undefined) throw new RangeError(`node ${index} is not at hand`)
  return hash
}

function emptyRows(size: number): Row[] {
  const rows: Row[] = []
  for (let height = 0; 2 ** height <= size; height += 1) {
    rows.push({ first: firstAtEdge(size, height), hashes: [] })
  }
  return rows
}

/** Index of the first node of that height which lies in the last, not yet full tile of its level. */
function firstAtEdge(size: number, height: number): number {
  const level = Math.floor(height / heightsOfTile)
  const tile = Math.floor(countOfLevel(size, level) / tileWidth)
  return tile * 2 ** (heightsOfTile - (height % heightsOfTile))
}

function tilesOfRow({ first, hashes }: Row, level: number): HashTile[] {
  const tiles: HashTile[] = []
  for (let at = 0; at < hashes.length; at += tileWidth) {
    const part = hashes.slice(at, at + tileWidth)
    const index = (first + at) / tileWidth
    const name: TileName = { kind: 'hashes', level, index, width: part.length }
    tiles.push({ name, bytes: joinBytes(...part) })
  }
  return tiles
}

function hashesOfTile(name: TileName, bytes: Uint8Array): Uint8Array[] {
  if (bytes.length !== name.width * hashLength) {
    const expected = `${name.width * hashLength} bytes`
    throw new MalformedLogFile(tilePath(name), `${bytes.length} bytes`, expected)
  }
  return Array.from({ length: name.width }, (_, at) =>
    bytes.slice(at * hashLength, (at + 1) * hashLength),
  )
}
