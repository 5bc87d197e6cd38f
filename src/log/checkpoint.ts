import { quoted, Refusal } from '../record/refusal.ts'
import { base64Of, findBase64Hash, findDecimal, sameBytes } from './bytes.ts'
import { emptyRoot } from './merkle-tree.ts'
import { openNote, signatureTypes, type NoteVerifier } from './note.ts'

/** The head of a log: what it commits to when it signs. */
export interface Checkpoint {
  /** Name of the log, which is also that of its key. */
  readonly origin: string
  /** How many entries the log has, at most 2^53-1. */
  readonly size: number
  /** Root of the Merkle tree: 32 bytes. */
  readonly root: Uint8Array
}

export class MalformedCheckpoint extends Refusal {
  override readonly code = 'malformed-checkpoint'
  constructor(found: string, expected: string) {
    super(`found a checkpoint with ${found}, expected ${expected}`)
  }
}

/** A checkpoint of no entries whose root is not that of the empty tree. */
export class RootOfNothing extends MalformedCheckpoint {}

/** A good note, but not a checkpoint of the log that the reader asked for. */
export class UntrustedCheckpoint extends Refusal {
  override readonly code = 'untrusted-checkpoint'
}

/**
 * The text of a checkpoint, which is signed as a note: origin, size and root,
 * each on a line.
 *
 * @throws MalformedCheckpoint when a reader would refuse it.
 * @see C2SP tlog-checkpoint, "Note text"
 */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  const text = `${origin}\n${size}\n${base64Of(root)}\n`
  parseCheckpointText(text)
  return text
}

/**
 * Reads the text of a checkpoint, and accepts exactly one spelling of it.
 * Extension lines are refused: nobody could audit them.
 *
 * @throws MalformedCheckpoint
 */
export function parseCheckpointText(text: string): Checkpoint {
  const [origin = '', sizeLine = '', rootLine = '', end, ...others] = text.split('\n')
  if (end !== '' || others.length > 0) {
    throw new MalformedCheckpoint(`the text ${quoted(text)}`, 'three lines')
  }
  if (origin === '' || /\p{Cc}/u.test(origin)) {
    throw new MalformedCheckpoint(`the origin ${quoted(origin)}`, 'the name of a log')
  }
  const size = findDecimal(sizeLine)
  if (size === undefined) {
    throw new MalformedCheckpoint(`the size ${quoted(sizeLine)}`, 'a decimal number')
  }
  const root = findBase64Hash(rootLine)
  if (root === undefined) {
    throw new MalformedCheckpoint(`the root ${quoted(rootLine)}`, '32 bytes in base64')
  }
  if (size === 0 && !sameBytes(root, emptyRoot)) {
    throw new RootOfNothing(`size 0 and the root ${rootLine}`, base64Of(emptyRoot))
  }
  return { origin, size, root }
}

/**
 * The checkpoint of a signed note.
 *
 * @param verifiers - keys of the log, whose name is the origin, and of its witnesses.
 *   A key of the log must have signed, and no key given here may have a bad signature.
 * @throws UntrustedCheckpoint, MalformedCheckpoint, UnverifiedNote, MalformedNote
 */
export async function openCheckpoint(
  note: string,
  origin: string,
  verifiers: readonly NoteVerifier[],
): Promise<Checkpoint> {
  const { text, verified } = await openNote(note, verifiers)
  const checkpoint = parseCheckpointText(text)
  if (checkpoint.origin !== origin) {
    const found = `found a checkpoint of ${quoted(checkpoint.origin)}`
    throw new UntrustedCheckpoint(`${found}, expected one of ${quoted(origin)}`)
  }
  const isByLog = verified.some(
    ({ verifier }) => verifier.name === origin && verifier.type === signatureTypes.ed25519,
  )
  if (!isByLog) throw new UntrustedCheckpoint(`${quoted(origin)} has not signed its checkpoint`)
  return checkpoint
}
