import { emptyRoot } from '../log/merkle-tree.ts'
import { parseCheckpointText, type Checkpoint } from '../log/checkpoint.ts'
import { formatNote, parseNote, verifyNote, type NoteVerifier } from '../log/note.ts'
import { verifyConsistency } from '../log/proof.ts'
import { webSha256 } from '../log/web-crypto.ts'
import { parseWitnessRequest } from '../log/witness-request.ts'
import { quoted, Refusal } from '../record/refusal.ts'

/** The witness was not told to follow this log. */
export class UnknownLog extends Refusal {
  override readonly code = 'unknown-log'
  constructor(origin: string) {
    super(`found a checkpoint of ${quoted(origin)}, which this witness does not follow`)
  }
}

/** No key that the witness knows of the log has signed, or one of them has a bad signature. */
export class UnsignedCheckpoint extends Refusal {
  override readonly code = 'unsigned-checkpoint'
}

/** The proof is from another size than that of the checkpoint that was cosigned last. */
export class OtherSize extends Refusal {
  override readonly code = 'other-size'
  /** At which the witness cosigned last; 0 when it never did. */
  readonly size: number
  constructor(claimed: number, size: number) {
    super(`found a proof from ${claimed} entries, expected one from ${size}`)
    this.size = size
  }
}

/** What was sent does not show that the log has only grown: it may be two logs under one name. */
export class InconsistentCheckpoint extends Refusal {
  override readonly code = 'inconsistent-checkpoint'
}

/** A request whose checkpoint a known key of its log has signed; whether it may be cosigned is open. */
export interface SignedRequest {
  readonly oldSize: number
  readonly proof: readonly Uint8Array[]
  readonly checkpoint: Checkpoint
  /** Text of the checkpoint. */
  readonly text: string
  /** The checkpoint with those signatures alone that were verified: a note. */
  readonly note: string
}

/**
 * Reads a request to have a checkpoint cosigned, and verifies who signed it.
 *
 * @param body - attacker-controlled.
 * @param verifiersOf - the keys that the witness knows of a log; none for a log that
 *   it does not follow.
 * @throws MalformedWitnessRequest, MalformedNote, MalformedCheckpoint, UnknownLog,
 *   UnsignedCheckpoint
 * @see C2SP tlog-witness, "add-checkpoint"
 */
export async function openWitnessRequest(
  body: string,
  verifiersOf: (origin: string) => readonly NoteVerifier[],
): Promise<SignedRequest> {
  const { oldSize, proof, checkpoint: signed } = parseWitnessRequest(body)
  const note = parseNote(signed)
  const checkpoint = parseCheckpointText(note.text)
  const verifiers = verifiersOf(checkpoint.origin)
  if (verifiers.length === 0) throw new UnknownLog(checkpoint.origin)
  const { verified, failed } = await verifyNote(note, verifiers)
  const found = failed.length > 0 ? 'a bad signature' : 'no signature'
  if (failed.length > 0 || verified.length === 0) {
    throw new UnsignedCheckpoint(`found ${found} of a key that is known of the log`)
  }
  const lines = verified.map(({ signature }) => signature.line)
  return { oldSize, proof, checkpoint, text: note.text, note: formatNote(note.text, lines) }
}

/**
 * Whether the checkpoint is of the same log as the last, and not older. Nobody may
 * cosign between this and the moment when the new one is stored as the last.
 *
 * @param last - that this witness cosigned last for the log, if it ever did.
 * @throws OtherSize, InconsistentCheckpoint
 * @see C2SP tlog-witness, "add-checkpoint"
 */
export async function refuseUnlessGrown(
  { oldSize, proof, checkpoint }: SignedRequest,
  last: Checkpoint | undefined,
): Promise<void> {
  const { size, root } = last ?? { size: 0, root: emptyRoot }
  if (oldSize !== size) throw new OtherSize(oldSize, size)
  const { size: newSize, root: newRoot } = checkpoint
  const claim = { oldSize, oldRoot: root, newSize, newRoot, proof }
  if (await verifyConsistency(claim, webSha256)) return
  throw new InconsistentCheckpoint(
    `found no proof that the log of ${newSize} entries begins with the ${size} that were cosigned`,
  )
}
