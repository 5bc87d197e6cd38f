/** How many hashes or entries a full tile holds. */
export const tileWidth = 256

/** Names one cacheable file of a log. */
export interface TileName {
  /** Hashes of one level of the tree, or the entries themselves. */
  readonly kind: 'hashes' | 'entries'
  /** 0 (leaf hashes) to 63; 0 for entries. */
  readonly level: number
  /** Counted from 0 within its level. */
  readonly index: number
  /** 1 to 256 hashes or entries; a full tile has 256. */
  readonly width: number
}

/** Sizes of a log, in entries. */
export interface SizeRange {
  readonly first: number
  /** `Infinity` for a full tile, which stays for ever. */
  readonly endExclusive: number
}

/**
 * Path of a tile below the log's prefix, like `tile/0/x001/234.p/7` or
 * `tile/entries/000`.
 *
 * @see C2SP tlog-tiles, "Merkle Tree" and "Log entries"
 */
export function tilePath({ kind, level, index, width }: TileName): string {
  const folder = kind === 'entries' ? 'entries' : String(level)
  const partial = width === tileWidth ? '' : `.p/${width}`
  return `tile/${folder}/${indexPath(index)}${partial}`
}

/**
 * The tile of that path; `undefined` for every path that no tile has, such as
 * another spelling of a number.
 */
export function parseTilePath(path: string): TileName | undefined {
  const parts = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path)
  if (parts === null) return undefined
  const [, folder = '', groups = '', partial] = parts
  const name: TileName = {
    kind: folder === 'entries' ? 'entries' : 'hashes',
    level: folder === 'entries' ? 0 : Number(folder),
    index: Number(groups.replace(/[x/]/g, '')),
    width: partial === undefined ? tileWidth : Number(partial),
  }
  return isTile(name) && tilePath(name) === path ? name : undefined
}

/** Every hash tile and entry bundle of a log of that size: the full ones and the partial ones. */
export function tilesOfSize(size: number): TileName[] {
  const levels = Array.from({ length: levelsOfSize(size) }, (_, level) => tilesOfLevel(size, level))
  const bundles = tilesOfLevel(size, 0).map((name) => ({ ...name, kind: 'entries' as const }))
  return [...levels.flat(), ...bundles]
}

/** The partial hash tile of each level that has one, from the leaves up: the right edge. */
export function edgeTilesOfSize(size: number): TileName[] {
  return Array.from({ length: levelsOfSize(size) }, (_, level) => edgeTile(size, level)).filter(
    ({ width }) => width > 0,
  )
}

/** The sizes of a log that has this tile: a partial one goes with the next hash of its level. */
export function sizesWithTile({ level, index, width }: TileName): SizeRange {
  const leavesPerHash = tileWidth ** level
  const count = index * tileWidth + width
  const endExclusive = width === tileWidth ? Infinity : (count + 1) * leavesPerHash
  return { first: count * leavesPerHash, endExclusive }
}

/** How many hashes a level has in a log of that size; only full tiles are hashed into the next. */
export function countOfLevel(size: number, level: number): number {
  return Math.floor(size / tileWidth ** level)
}

/** How many levels of hash tiles a log of that size has. */
function levelsOfSize(size: number): number {
  let levels = 0
  while (countOfLevel(size, levels) > 0) levels += 1
  return levels
}

function edgeTile(size: number, level: number): TileName {
  const count = countOfLevel(size, level)
  const index = Math.floor(count / tileWidth)
  return { kind: 'hashes', level, index, width: count % tileWidth }
}

function tilesOfLevel(size: number, level: number): TileName[] {
  const count = countOfLevel(size, level)
  return Array.from({ length: Math.ceil(count / tileWidth) }, (_, index) => ({
    kind: 'hashes',
    level,
    index,
    width: Math.min(tileWidth, count - index * tileWidth),
  }))
}

function indexPath(index: number): string {
  const digits = String(index)
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0')
  const groups = padded.match(/\d{3}/g) ?? []
  return groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/')
}

function isTile({ level, index, width }: TileName): boolean {
  return level <= 63 && Number.isSafeInteger(index) && width >= 1 && width <= tileWidth
}
