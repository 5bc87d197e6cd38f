import { parseCheckpointText, type Checkpoint } from '../log/checkpoint.ts'
import { parseNote } from '../log/note.ts'
import { consistencyProofFromTiles, verifyConsistency } from '../log/proof.ts'
import { webSha256 } from '../log/web-crypto.ts'
import { Refusal } from '../record/refusal.ts'
import { findingsOf, type Finding } from '../verification/finding.ts'
import type { LogOfSize } from '../verification/log-of-size.ts'

/** An older head of the log, and how to speak of it: `that of your check of …`. */
export interface OlderHead {
  readonly head: Checkpoint
  readonly name: string
}

/**
 * Has the log only grown since an older head? The proof is made here, from the
 * tiles of the log, so that the registry need not be believed.
 *
 * @see RFC 9162, section 2.1.4
 */
export async function checkGrowth(
  { head: old, name }: OlderHead,
  head: Checkpoint,
  log: LogOfSize,
): Promise<Finding> {
  const finding = findingsOf('checkpoint')
  if (head.origin !== old.origin) return finding('bad', `the newest one is not of the log ${name}`)
  if (head.size < old.size) {
    return finding('bad', `the log has ${head.size} entries, and had ${old.size} ${name}`)
  }
  try {
    const readTile = log.tile.bind(log)
    const proof = await consistencyProofFromTiles(old.size, head.size, readTile, webSha256)
    const claim = { oldSize: old.size, oldRoot: old.root, newSize: head.size, newRoot: head.root }
    return (await verifyConsistency({ ...claim, proof }, webSha256))
      ? finding('good', `since the ${old.size} entries ${name}, the log has only grown`)
      : finding('bad', `the first ${old.size} entries are not those ${name}: the log was rewritten`)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return finding('unknown', `whether the log has only grown, cannot be told: ${error.message}`)
  }
}

/** @throws MalformedNote, MalformedCheckpoint */
export function headOf(note: string): Checkpoint {
  return parseCheckpointText(parseNote(note).text)
}
