import { hashLength, sameBytes } from '../log/bytes.ts'
import { MalformedLogFile } from '../log/entry-bundle.ts'
import type { GrowingTree, HashTile } from '../log/growing-tree.ts'
import { leafHash, type QuickSha256 } from '../log/merkle-tree.ts'
import { edgeTilesOfSize, tilePath, tileWidth, type TileName } from '../log/tile.ts'
import { MissingLogFile, type LogOfSize } from './log-of-size.ts'

/** Neighbouring entries that were read, without those that were not asked for. */
export interface EntriesRead {
  readonly first: number
  readonly entries: readonly Uint8Array[]
  /** Root of the log of the entries before one of these. */
  readonly rootBefore: (index: number) => Uint8Array
}

/** Files of the log that do not agree with each other; which of them is wrong, the root tells. */
export type Disagreement =
  /** The hash that a tile has for an entry is not that of the entry. */
  | { readonly kind: 'entry'; readonly index: number; readonly tile: string }
  /** A tile above the entries is not made of those below it. */
  | { readonly kind: 'tile'; readonly tile: string }
  /** A file is missing or malformed. */
  | { readonly kind: 'file'; readonly isTile: boolean; readonly why: string }

export interface FollowParts {
  /** The log as far as it is followed. */
  readonly log: LogOfSize
  readonly sha256: QuickSha256
  /** How many bundles are asked for before the first of them is there. */
  readonly atOnce: number
  readonly disagree: (disagreement: Disagreement) => void
}

/** A bundle of entries and the tile with their hashes, as far as they are there. */
interface BundleRead {
  readonly name: TileName
  readonly entries: readonly Uint8Array[] | undefined
  readonly tile: Uint8Array | undefined
  readonly faults: readonly Disagreement[]
}

/**
 * Reads the entries of a log in their order, hashes them, and grows a tree with
 * them. Memory does not grow with the log. Every tile is compared with what the
 * entries make of it. Where entries are missing, the hashes of their tile stand
 * for them, so that one can go on.
 */
export class LogFollower {
  readonly #parts: FollowParts
  #tree: GrowingTree
  /** By level. */
  readonly #edge: Map<number, HashTile>

  /**
   * @param tree - of the entries before those to be read.
   * @param edge - the partial tiles of that tree.
   */
  constructor(tree: GrowingTree, edge: readonly HashTile[], parts: FollowParts) {
    this.#parts = parts
    this.#tree = tree
    this.#edge = new Map(edge.map((tile) => [tile.name.level, tile]))
  }

  /** Of the entries read so far. */
  get tree(): GrowingTree {
    return this.#tree
  }

  /** The partial tiles of `tree`: with its size enough to take it up again. */
  edge(): HashTile[] {
    return [...this.#edge.values()]
  }

  /**
   * Ends early, with a disagreement, where neither entries nor their hashes are there.
   *
   * @throws what reading a file throws, other than that it is missing or malformed.
   */
  async *read(): AsyncGenerator<EntriesRead, void, undefined> {
    const { log, atOnce, sha256, disagree } = this.#parts
    const names = bundlesOf(this.#tree.size, log.size)
    for await (const bundle of inOrder(names, atOnce, (name) => this.#readBundle(name))) {
      for (const fault of bundle.faults) disagree(fault)
      const start = this.#tree.size - bundle.name.index * tileWidth
      const entries = bundle.entries?.slice(start)
      const hashes =
        entries?.map((entry) => leafHash(entry, sha256)) ?? hashesIn(bundle.tile)?.slice(start)
      if (hashes === undefined) return
      const before = this.#tree
      const first = before.size
      await this.#grow(hashes, bundle)
      const rootBefore = (index: number) => before.grow(hashes.slice(0, index - first)).tree.root()
      if (entries !== undefined) yield { first, entries, rootBefore }
    }
  }

  async #readBundle(name: TileName): Promise<BundleRead> {
    const { log } = this.#parts
    const [entries, tile] = await Promise.all([
      orFault(log.bundle(name.index), { isTile: false }),
      orFault(log.tile({ ...name, kind: 'hashes' }), { isTile: true }),
    ])
    return {
      name,
      entries: 'kind' in entries ? undefined : entries,
      tile: 'kind' in tile ? undefined : tile,
      faults: [entries, tile].filter((read) => 'kind' in read),
    }
  }

  async #grow(hashes: readonly Uint8Array[], bundle: BundleRead): Promise<void> {
    const growth = this.#tree.grow(hashes)
    this.#tree = growth.tree
    for (const tile of growth.tiles) {
      if (tile.name.width < tileWidth) this.#edge.set(tile.name.level, tile)
      else this.#edge.delete(tile.name.level)
    }
    await this.#compare(growth.tiles, bundle)
  }

  async #compare(tiles: readonly HashTile[], { tile: leaves }: BundleRead): Promise<void> {
    const published = new Set(edgeTilesOfSize(this.#parts.log.size).map(tilePath))
    for (const tile of tiles) {
      const isPublished = tile.name.width === tileWidth || published.has(tilePath(tile.name))
      if (tile.name.level === 0) this.#compareLeaves(tile, leaves)
      else if (isPublished) await this.#compareNodes(tile)
    }
  }

  #compareLeaves({ name, bytes }: HashTile, shown: Uint8Array | undefined): void {
    if (shown === undefined || sameBytes(shown, bytes)) return
    for (const at of differingHashes(shown, bytes)) {
      const index = name.index * tileWidth + at
      this.#parts.disagree({ kind: 'entry', index, tile: tilePath(name) })
    }
  }

  async #compareNodes({ name, bytes }: HashTile): Promise<void> {
    const { log, disagree } = this.#parts
    const shown = await orFault(log.tile(name), { isTile: true })
    if ('kind' in shown) disagree(shown)
    else if (!sameBytes(shown, bytes)) disagree({ kind: 'tile', tile: tilePath(name) })
  }
}

function* bundlesOf(start: number, endExclusive: number): Generator<TileName, void, undefined> {
  if (start === endExclusive) return
  for (let index = Math.floor(start / tileWidth); index * tileWidth < endExclusive; index += 1) {
    const width = Math.min(tileWidth, endExclusive - index * tileWidth)
    yield { kind: 'entries', level: 0, index, width }
  }
}

type FileFault = Extract<Disagreement, { kind: 'file' }>

/** What a promise gives, or why the file that it reads is not as it must be. */
async function orFault<Value>(
  reading: Promise<Value>,
  { isTile }: { isTile: boolean },
): Promise<Value | FileFault> {
  try {
    return await reading
  } catch (error) {
    const isFault = error instanceof MissingLogFile || error instanceof MalformedLogFile
    if (isFault) return { kind: 'file', isTile, why: error.message }
    throw error
  }
}

/** Values in the order of what they are read for; some are asked for ahead. */
async function* inOrder<Item, Value>(
  items: Iterable<Item>,
  atOnce: number,
  read: (item: Item) => Promise<Value>,
): AsyncGenerator<Value, void, undefined> {
  const waiting: Promise<Value>[] = []
  for (const item of items) {
    const value = read(item)
    // Its failure is met in its turn; until then it is no unhandled one.
    value.catch(() => undefined)
    waiting.push(value)
    const first = waiting.length < atOnce ? undefined : waiting.shift()
    if (first !== undefined) yield await first
  }
  for (const value of waiting) yield await value
}

function hashesIn(tile: Uint8Array | undefined): Uint8Array[] | undefined {
  if (tile === undefined) return undefined
  return Array.from({ length: tile.length / hashLength }, (_, at) => hashAt(tile, at))
}

function hashAt(tile: Uint8Array, index: number): Uint8Array {
  return tile.slice(index * hashLength, (index + 1) * hashLength)
}

function differingHashes(left: Uint8Array, right: Uint8Array): number[] {
  const count = Math.max(left.length, right.length) / hashLength
  return Array.from({ length: count }, (_, index) => index).filter(
    (index) => !sameBytes(hashAt(left, index), hashAt(right, index)),
  )
}
