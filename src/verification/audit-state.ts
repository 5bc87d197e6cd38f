import { sameBytes } from '../log/bytes.ts'
import {
  CompactRange,
  subtreeCount,
  type CompactRangeState,
  type QuickHash,
} from '../log/compact-range.ts'
import { parseCheckpointText, type Checkpoint } from '../log/checkpoint.ts'
import { GrowingTree, type HashTile } from '../log/growing-tree.ts'
import type { QuickSha256 } from '../log/merkle-tree.ts'
import { parseNote } from '../log/note.ts'
import { tilePath } from '../log/tile.ts'
import { Refusal } from '../record/refusal.ts'
import type { DepositorKeyHistory, RegistryKeyHistory } from './audit-keys.ts'

const sha512Length = 64

/** What an audit leaves for the next one; its reader trusts all of it. */
export interface AuditState {
  /** The signed note of the newest head, as it was read. */
  readonly checkpoint: string
  /** Verifier keys that are trusted to sign the next one. */
  readonly logKeys: readonly string[]
  /** Partial tiles at the right edge of the tree: to them new entries are put. */
  readonly edge: readonly HashTile[]
  /** SHA-512 tree of the records and events that its entries name, for renewals. */
  readonly documents: CompactRangeState
  readonly registryKeys: readonly RegistryKeyHistory[]
  readonly depositorKeys: readonly DepositorKeyHistory[]
}

/** A log as far as it was followed. */
export interface Followed {
  readonly note: string
  readonly head: Checkpoint
  readonly tree: GrowingTree
  readonly edge: readonly HashTile[]
}

/** The state does not agree with itself: nobody can go on from it. */
export class DamagedState extends Refusal {
  override readonly code = 'damaged-state'
}

/**
 * The log as the audit before has left it.
 *
 * @throws DamagedState when the tiles have not the root of the checkpoint.
 */
export async function openAuditState(state: AuditState, sha256: QuickSha256): Promise<Followed> {
  const { checkpoint: note, edge } = state
  const head = headOf(note)
  const tiles = new Map(edge.map(({ name, bytes }) => [tilePath(name), bytes]))
  const readTile = async (name: HashTile['name']) => {
    const bytes = tiles.get(tilePath(name))
    if (bytes === undefined) throw new DamagedState(`the state lacks ${tilePath(name)}`)
    return bytes
  }
  const tree = await GrowingTree.open(head.size, readTile, sha256)
  if (sameBytes(tree.root(), head.root)) return { note, head, tree, edge }
  throw new DamagedState('the tiles in the state have another root than its checkpoint')
}

/**
 * The records and events that the audit before has met; without one, none. Whether
 * they are the right ones only the next renewal tells.
 *
 * @throws DamagedState when hashes are missing.
 */
export function openDocumentTree(state: AuditState | undefined, sha512: QuickHash): CompactRange {
  const { size, subtrees } = state?.documents ?? { size: 0, subtrees: [] }
  const isComplete = subtrees.length === subtreeCount(size)
  if (isComplete && subtrees.every(({ length }) => length === sha512Length)) {
    return new CompactRange(sha512, { size, subtrees })
  }
  throw new DamagedState(`the state has not the hashes of ${size} records and events`)
}

/** The head in the state. @throws DamagedState */
export function headOf(note: string): Checkpoint {
  try {
    return parseCheckpointText(parseNote(note).text)
  } catch (error) {
    if (error instanceof Refusal) throw new DamagedState(`the state: ${error.message}`)
    throw error
  }
}
