import type { LogEntries, LogEntry, SignedCheckpoint } from '../catalog/log-entries.ts'
import { checkpointText } from '../log/checkpoint.ts'
import { signNote } from '../log/note.ts'
import { proofFilesOf } from '../log/proof-file.ts'
import type { NamedDocument } from '../vault/document-store.ts'
import { entriesAtOnce, listSoundEntries, LogDiffers } from './check-log.ts'
import { grow, type GrownHead, type LogHead } from './log-head.ts'
import { hexOfBytes, signersAt, type LogParts } from './log-parts.ts'

/** A checkpoint that was signed, with what it adds. */
export interface PublicationStep extends GrownHead {
  readonly entries: readonly LogEntry[]
  readonly checkpoint: SignedCheckpoint
}

/**
 * Takes up entries behind a head and signs for them. When the promise resolves, the
 * tiles and the signed checkpoint survive a power cut; nobody has seen it yet.
 *
 * @returns `undefined` when there are none, and a log without entries has its checkpoint.
 * @throws LogDiffers, CheckpointConflict, StorageFull, CatalogFull
 */
export async function stepFrom(
  head: LogHead,
  { entries: catalog, log, origin, signers }: LogParts,
): Promise<PublicationStep | undefined> {
  const from = head.tree.size
  const entries = await listSoundEntries(catalog, { from, limit: entriesAtOnce })
  if (entries.length === 0 && (from > 0 || (await hasCheckpoint(catalog)))) return undefined
  const grown = grow(head, entries)
  // Durable before anything is signed that needs them.
  await log.putAll(grown.files)
  const { size } = grown.head.tree
  const root = grown.head.tree.root()
  const text = checkpointText({ origin, size, root })
  const note = await signNote(text, signersAt(signers, size))
  const checkpoint = { size, root: hexOfBytes(root), note }
  await catalog.addCheckpoint(checkpoint)
  return { ...grown, entries, checkpoint }
}

/**
 * The step to a checkpoint that was signed before an interruption.
 *
 * @throws LogDiffers, StorageFull
 */
export async function stepTo(
  checkpoint: SignedCheckpoint,
  head: LogHead,
  { entries: catalog, log }: LogParts,
): Promise<PublicationStep> {
  const from = head.tree.size
  const limit = checkpoint.size - from
  const entries = limit === 0 ? [] : await listSoundEntries(catalog, { from, limit })
  const grown = grow(head, entries)
  if (hexOfBytes(grown.head.tree.root()) !== checkpoint.root) {
    throw new LogDiffers(
      `the first ${checkpoint.size} entries of the catalog do not have the root it signed for`,
    )
  }
  await log.putAll(grown.files)
  return { ...grown, entries, checkpoint }
}

async function hasCheckpoint(catalog: LogEntries): Promise<boolean> {
  return (await catalog.newestCheckpoints(1)).length > 0
}

export interface StepProofs {
  /** Text of the proof file of each entry that is about a document, by its index. */
  readonly proofs: ReadonlyMap<number, string>
  /** The same as documents beside those they are about. */
  readonly documents: readonly NamedDocument[]
}

/** Proofs of the entries that a step adds, against its checkpoint. */
export function proofsOf({ entries, growth, checkpoint }: PublicationStep): StepProofs {
  const proofs = new Map<number, string>()
  const documents: NamedDocument[] = []
  const proofFileOf = proofFilesOf(checkpoint.note)
  for (const { logIndex, kind, subject } of entries) {
    if (subject === undefined) continue
    const text = proofFileOf({ index: logIndex, proof: growth.inclusionProof(logIndex) })
    proofs.set(logIndex, text)
    const bytes = new TextEncoder().encode(text)
    documents.push({ digest: subject, kind: kind === 'deposit' ? 'proof' : 'event-proof', bytes })
  }
  return { proofs, documents }
}
