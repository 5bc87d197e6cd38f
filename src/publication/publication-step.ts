import type { LogEntry, SignedCheckpoint } from '../catalog/log-entries.ts'
import { proofFilesOf } from '../log/proof-file.ts'
import type { NamedDocument } from '../vault/document-store.ts'
import type { GrownHead } from './log-head.ts'

/** A checkpoint that was signed, with what it adds. */
export interface PublicationStep extends GrownHead {
  readonly entries: readonly LogEntry[]
  readonly checkpoint: SignedCheckpoint
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
