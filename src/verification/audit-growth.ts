import { sameBytes } from '../log/bytes.ts'
import type { QuickSha256 } from '../log/merkle-tree.ts'
import { MalformedLogFile } from '../log/entry-bundle.ts'
import { consistencyProofFromTiles, rootFromTiles, verifyConsistency } from '../log/proof.ts'
import { tilePath, type TileName } from '../log/tile.ts'
import type { Checkpoint } from '../log/checkpoint.ts'
import { MissingLogFile, type LogOfSize } from './log-of-size.ts'

/** Two signed heads of one log of which one cannot have grown out of the other, and what shows it. */
export interface SplitView {
  readonly why: string
  /** The signed note that was seen first. */
  readonly seen: string
  readonly shown: string
  /** The proof that failed, from the leaves up, and the tiles it was made of, by path. */
  readonly proof: readonly Uint8Array[]
  readonly tiles: ReadonlyMap<string, Uint8Array>
}

/** Whether the tiles of a log prove that it has grown out of an older head. */
export interface GrowthProof {
  readonly outcome: 'proven' | 'refuted' | 'unreadable'
  /** Why it cannot be read. */
  readonly why: string
  readonly proof: readonly Uint8Array[]
  readonly tiles: ReadonlyMap<string, Uint8Array>
}

/**
 * Makes the consistency proof from the tiles, and verifies it. The tiles alone may
 * be at fault when it is refuted.
 *
 * @see RFC 9162, section 2.1.4
 */
export async function proveGrowth(
  seen: Checkpoint,
  shown: Checkpoint,
  { log, sha256 }: { log: LogOfSize; sha256: QuickSha256 },
): Promise<GrowthProof> {
  const tiles = new Map<string, Uint8Array>()
  const readTile = keeping(log, tiles)
  try {
    const proof = await consistencyProofFromTiles(seen.size, shown.size, readTile, sha256)
    const claim = { oldSize: seen.size, oldRoot: seen.root, newSize: shown.size }
    const isProven = await verifyConsistency({ ...claim, newRoot: shown.root, proof }, sha256)
    return { outcome: isProven ? 'proven' : 'refuted', why: '', proof, tiles }
  } catch (error) {
    if (!isFileFault(error)) throw error
    return { outcome: 'unreadable', why: error.message, proof: [], tiles }
  }
}

/** Whether a head is one of the heads that the log had as it grew; the tiles tell. */
export async function isHeadOfLog(
  head: Checkpoint,
  { log, sha256 }: { log: LogOfSize; sha256: QuickSha256 },
): Promise<{ isOfLog: boolean; tiles: ReadonlyMap<string, Uint8Array> }> {
  const tiles = new Map<string, Uint8Array>()
  const root = await rootFromTiles(head.size, keeping(log, tiles), sha256)
  return { isOfLog: sameBytes(root, head.root), tiles }
}

function isFileFault(error: unknown): error is MissingLogFile | MalformedLogFile {
  return error instanceof MissingLogFile || error instanceof MalformedLogFile
}

function keeping(log: LogOfSize, tiles: Map<string, Uint8Array>) {
  return async (name: TileName): Promise<Uint8Array> => {
    const bytes = await log.tile(name)
    tiles.set(tilePath(name), bytes)
    return bytes
  }
}
