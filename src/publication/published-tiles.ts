import { hashLength } from '../log/bytes.ts'
import { countOfLevel, tilePath, tileWidth, type TileName } from '../log/tile.ts'
import type { ReadTile } from '../log/tiled-tree.ts'
import type { LogStore } from '../vault/log-store.ts'

/**
 * Reads hash tiles of any size up to a published one. A partial tile may have gone
 * since, when a full one took its place; its hashes are the first of those.
 */
export function publishedTiles(log: Pick<LogStore, 'read'>, size: number): ReadTile {
  return async (name) => {
    const count = countOfLevel(size, name.level) - name.index * tileWidth
    const published = { ...name, width: Math.min(tileWidth, count) }
    const bytes = (await readIfThere(log, published)) ?? (await readFull(log, published))
    return bytes.subarray(0, name.width * hashLength)
  }
}

async function readFull(log: Pick<LogStore, 'read'>, name: TileName): Promise<Uint8Array> {
  const bytes = await readIfThere(log, { ...name, width: tileWidth })
  if (bytes === undefined) throw new Error(`the published log lacks ${tilePath(name)}`)
  return bytes
}

function readIfThere(log: Pick<LogStore, 'read'>, name: TileName): Promise<Uint8Array | undefined> {
  return log.read(tilePath(name))
}
