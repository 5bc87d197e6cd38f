import type { LogEntries, LogEntry, SignedCheckpoint } from '../catalog/log-entries.ts'
import { hashLength } from '../log/bytes.ts'
import { openCheckpoint, type Checkpoint } from '../log/checkpoint.ts'
import { encodeEntryBundle } from '../log/entry-bundle.ts'
import { GrowingTree } from '../log/growing-tree.ts'
import { leafHash as leafHashOf } from '../log/merkle-tree.ts'
import { tilePath, type TileName } from '../log/tile.ts'
import { checkpointPath, type LogStore } from '../vault/log-store.ts'
import { bundleAt, emptyHead, grow, type LogHead } from './log-head.ts'
import { hexOfBytes, sha256, type LogParts } from './log-parts.ts'

/** Entries read at once; also most entries that one checkpoint adds. */
export const entriesAtOnce = 4096

/** The log was found in order, up to what is published. */
export interface SoundLog {
  readonly head: LogHead
  /** Signed before an interruption and not published: it must be the next one. */
  readonly unpublished: SignedCheckpoint | undefined
}

/** What was found is not what was signed; the message is for the operator. */
export class LogDiffers extends Error {}

/**
 * Compares the entries in the catalog, the checkpoints that were signed, and the
 * log that is published, before anything is written. A catalog from an old backup
 * would give indexes a second time, and fork the log.
 *
 * @throws LogDiffers
 */
export async function checkLog(parts: LogParts): Promise<SoundLog> {
  const published = await publishedCheckpoint(parts)
  const [newest, before] = await parts.entries.newestCheckpoints(2)
  const publishedSize = published?.size ?? 0
  refuseForkedHeads(published, newest, before)
  const head = await headOfSize(parts.entries, publishedSize)
  if (published !== undefined) {
    refuseOtherRoot('the published checkpoint', hexOfBytes(published.root), head)
    await refuseOtherTiles(parts.log, head)
  }
  const isShown = published !== undefined && newest?.size === published.size
  return { head, unpublished: isShown ? undefined : newest }
}

async function publishedCheckpoint(parts: LogParts): Promise<Checkpoint | undefined> {
  const bytes = await parts.log.read(checkpointPath)
  if (bytes === undefined) return undefined
  try {
    return await openCheckpoint(new TextDecoder().decode(bytes), parts.origin, parts.verifiers)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new LogDiffers(
      `the published checkpoint was not made by this log's name and keys (${reason}); ` +
        'were the keys, the catalog or STELE_ORIGIN of another registry put in place?',
      { cause },
    )
  }
}

function refuseForkedHeads(
  published: Checkpoint | undefined,
  newest: SignedCheckpoint | undefined,
  before: SignedCheckpoint | undefined,
): void {
  const publishedSize = published?.size ?? 0
  if (published !== undefined && (newest === undefined || newest.size < publishedSize)) {
    throw new LogDiffers(
      `the published log has ${publishedSize} entries, the catalog has signed for ` +
        `${newest?.size ?? 0} only; was the catalog restored from an old backup?`,
    )
  }
  if (newest === undefined) return
  // Only the newest can be unpublished: the next is signed when the one before is shown.
  const expected = newest.size === published?.size ? newest : before
  if (expected?.size !== published?.size) {
    throw new LogDiffers(
      `the catalog has signed for ${newest.size} entries, the published log has ` +
        `${publishedSize}; was the store restored from an old backup?`,
    )
  }
  if (published !== undefined && expected?.root !== hexOfBytes(published.root)) {
    throw new LogDiffers(
      `the catalog has signed another root for ${publishedSize} entries than is published`,
    )
  }
}

/** The head over the first entries, every leaf hashed again. */
async function headOfSize(entries: LogEntries, size: number): Promise<LogHead> {
  let head = emptyHead
  while (head.tree.size < size) {
    const from = head.tree.size
    const page = await listSoundEntries(entries, {
      from,
      limit: Math.min(entriesAtOnce, size - from),
    })
    if (page.length === 0) {
      throw new LogDiffers(`the catalog has ${from} entries, ${size} are published`)
    }
    head = grow(head, page).head
  }
  return head
}

/**
 * Entries as the catalog has them, each in its place and with its own hash: they go
 * into the tree by hash and into a bundle by their bytes, and both are signed for.
 *
 * @throws LogDiffers
 */
export async function listSoundEntries(
  catalog: LogEntries,
  range: { readonly from: number; readonly limit: number },
): Promise<LogEntry[]> {
  const entries = await catalog.listEntries(range)
  for (const [offset, { logIndex, leaf, leafHash }] of entries.entries()) {
    const expected = range.from + offset
    if (logIndex !== expected) {
      throw new LogDiffers(`the catalog lacks entry ${expected}, and has entry ${logIndex}`)
    }
    if (hexOfBytes(leafHashOf(leaf, sha256)) !== leafHash) {
      throw new LogDiffers(`entry ${logIndex} of the catalog was altered`)
    }
  }
  return entries
}

function refuseOtherRoot(what: string, root: string, { tree }: LogHead): void {
  const found = hexOfBytes(tree.root())
  if (found === root) return
  throw new LogDiffers(
    `the ${tree.size} entries of the catalog have the root ${found}, ${what} says ${root}`,
  )
}

// The last tile of each level and the last bundle; `stele audit` reads them all.
async function refuseOtherTiles(log: LogStore, { tree, tail }: LogHead): Promise<void> {
  const stored = await GrowingTree.open(tree.size, (name) => readTile(log, name), sha256)
  if (hexOfBytes(stored.root()) !== hexOfBytes(tree.root())) {
    throw new LogDiffers(`the published tiles do not have the root of their ${tree.size} entries`)
  }
  if (tail.length === 0) return
  const name = bundleAt(tree.size - tail.length, tail.length)
  if (hexOfBytes(await readTile(log, name)) !== hexOfBytes(encodeEntryBundle(tail))) {
    throw new LogDiffers(
      `${tilePath(name)} of the published log has other entries than the catalog`,
    )
  }
}

async function readTile(log: LogStore, name: TileName): Promise<Uint8Array> {
  const path = tilePath(name)
  const bytes = await log.read(path)
  if (bytes === undefined) throw new LogDiffers(`the published log lacks ${path}`)
  const { length } = bytes
  if (name.kind === 'hashes' && length !== name.width * hashLength) {
    throw new LogDiffers(`${path} of the published log has ${length} bytes`)
  }
  return bytes
}
