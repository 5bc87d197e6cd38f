import { hash } from 'node:crypto'
import { joinBytes } from '../../src/log/bytes.ts'
import { encodeEntryBundle } from '../../src/log/entry-bundle.ts'
import { leafHash, rootOf } from '../../src/log/merkle-tree.ts'
import { tilePath, tileWidth, tilesOfSize, type TileName } from '../../src/log/tile.ts'
import { textBytes, vectors } from './vectors.ts'

export const quickSha256 = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(hash('sha256', bytes, 'buffer'))

/** Entries and leaf hashes of the log of the vectors, which the largest tree there needs all. */
export const entries = Array.from({ length: 65_539 }, (_, index) =>
  textBytes(`${vectors.leafPrefix}${index}`),
)
export const leafHashes = entries.map((entry) => leafHash(entry, quickSha256))

export const rootOfSize = (size: number): Uint8Array =>
  rootOf(leafHashes.slice(0, size), quickSha256)

const known = new Map<string, Uint8Array>()

/** A tile of that log, straight from what C2SP tlog-tiles says it holds. */
export async function readTile({ kind, level, index, width }: TileName): Promise<Uint8Array> {
  const start = index * tileWidth
  if (kind === 'entries') return encodeEntryBundle(entries.slice(start, start + width))
  return joinBytes(...Array.from({ length: width }, (_, at) => hashInTile(level, start + at)))
}

/** SHA-256 of all files of a log, as the vectors have it. */
export function resourcesDigest(files: ReadonlyMap<string, Uint8Array>): string {
  const lines = [...files.keys()].sort().map((path) => {
    const bytes = files.get(path) ?? new Uint8Array()
    return `${hash('sha256', bytes)}  ${path}\n`
  })
  return hash('sha256', lines.join(''))
}

export const pathsOfSize = (size: number): string[] => tilesOfSize(size).map(tilePath)

function hashInTile(level: number, at: number): Uint8Array {
  const key = `${level}/${at}`
  const leaves = tileWidth ** level
  const found =
    known.get(key) ?? rootOf(leafHashes.slice(at * leaves, (at + 1) * leaves), quickSha256)
  known.set(key, found)
  return found
}
