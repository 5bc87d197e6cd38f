import type { LogEntry } from '../catalog/log-entries.ts'
import { encodeEntryBundle } from '../log/entry-bundle.ts'
import { GrowingTree, type Growth } from '../log/growing-tree.ts'
import { tilePath, tileWidth, type TileName } from '../log/tile.ts'
import type { LogFile } from '../vault/log-store.ts'
import { bytesOfHex, sha256 } from './log-parts.ts'

/** The end of the log that new entries are put to: its tree, and the entries of the last bundle. */
export interface LogHead {
  readonly tree: GrowingTree
  /** Exact bytes of the entries behind the last full bundle, fewer than 256. */
  readonly tail: readonly Uint8Array[]
}

export const emptyHead: LogHead = { tree: GrowingTree.empty(sha256), tail: [] }

export interface GrownHead {
  readonly head: LogHead
  readonly growth: Growth
  /** Tiles and entry bundles that are new, full and partial. */
  readonly files: readonly LogFile[]
}

/** The head after more entries. Nothing is written. */
export function grow({ tree, tail }: LogHead, entries: readonly LogEntry[]): GrownHead {
  const growth = tree.grow(entries.map(({ leafHash }) => bytesOfHex(leafHash)))
  const all = [...tail, ...entries.map(({ leaf }) => leaf)]
  const files: LogFile[] = growth.tiles.map(({ name, bytes }) => ({ path: tilePath(name), bytes }))
  let first = tree.size - tail.length
  let rest = all
  for (; rest.length > 0; first += tileWidth) {
    const bundle = rest.slice(0, tileWidth)
    const path = tilePath(bundleAt(first, bundle.length))
    files.push({ path, bytes: encodeEntryBundle(bundle) })
    if (bundle.length < tileWidth) break
    rest = rest.slice(tileWidth)
  }
  return { head: { tree: growth.tree, tail: rest }, growth, files }
}

/** Name of the bundle that begins with that entry. */
export function bundleAt(first: number, width: number): TileName {
  return { kind: 'entries', level: 0, index: Math.floor(first / tileWidth), width }
}

/** Paths of partial tiles and bundles that a full one of `files` has made superfluous. */
export function superfluousAfter(files: readonly LogFile[]): string[] {
  const full = files.filter(({ path }) => !/\.p\/\d+$/.test(path))
  return full.flatMap(({ path }) =>
    Array.from({ length: tileWidth - 1 }, (_, width) => `${path}.p/${width + 1}`),
  )
}
