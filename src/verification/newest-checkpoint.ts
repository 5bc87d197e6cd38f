import { hexOfBytes, sameBytes } from '../log/bytes.ts'
import { openCheckpoint, parseCheckpointText } from '../log/checkpoint.ts'
import { parseNote, type Note, type NoteVerifier } from '../log/note.ts'
import { Refusal } from '../record/refusal.ts'
import { readEvidence, type Evidence } from './evidence.ts'
import { findingsOf, type Finding } from './finding.ts'
import { endedKeysAmong, type ListedLogKey } from './listed-log-keys.ts'
import type { Trust } from './trust.ts'

/**
 * Is the head that the log shows today signed, and not behind the one in the
 * proof? Whether it extends that one is for a monitor to say, who reads the log.
 *
 * @param newest - a signed note, attacker-controlled like the evidence.
 * @param listed - what is known about the ends of the log's keys: whatever one has
 *   signed above its end size is not believed, also when the reader trusts the key.
 */
export async function checkNewestCheckpoint(
  newest: string,
  evidence: Evidence,
  trust: Trust,
  listed: readonly ListedLogKey[],
): Promise<Finding> {
  const finding = findingsOf('checkpoint')
  const { proof, policy: own } = await readEvidence(evidence)
  const policy = trust.policy ?? (own.state === 'read' ? own.value : undefined)
  if (policy === undefined) return finding('unknown', 'no policy says who signs the newest one')
  try {
    const note = parseNote(newest)
    const { origin, size } = parseCheckpointText(note.text)
    const known = policy.logVerifiers.filter(({ name }) => name === origin)
    const verifiers = notEndedAt(size, known, listed)
    if (!hasLineOf(note, verifiers) && hasLineOf(note, known)) {
      return finding('bad', `the newest one, at ${size} entries, is signed after its key had ended`)
    }
    const head = await openCheckpoint(newest, trust.origin ?? origin, verifiers)
    const first = proof.state === 'read' ? proof.value.head : head
    if (first.origin !== head.origin) return finding('bad', 'the newest one is of another log')
    const isOtherTree = first.size === head.size && !sameBytes(first.root, head.root)
    if (head.size < first.size || isOtherTree) {
      return finding('bad', `the newest one, at ${head.size} entries, contradicts the proof`)
    }
    const signed = `the newest one is signed too, at ${head.size} entries`
    return finding(trust.policy === undefined ? 'unpinned' : 'good', signed)
  } catch (error) {
    if (error instanceof Refusal) return finding('bad', `the newest one: ${error.message}`)
    throw error
  }
}

function notEndedAt(
  size: number,
  verifiers: readonly NoteVerifier[],
  listed: readonly ListedLogKey[],
): NoteVerifier[] {
  const vkeys = verifiers.map(({ vkey }) => vkey)
  const ended = endedKeysAmong(vkeys, listed).filter(({ endSize }) => endSize < size)
  return verifiers.filter(({ vkey }) => !ended.some((key) => key.vkey === vkey))
}

function hasLineOf({ signatures }: Note, verifiers: readonly NoteVerifier[]): boolean {
  return verifiers.some(({ name, keyId }) =>
    signatures.some((line) => line.name === name && line.keyId === hexOfBytes(keyId)),
  )
}
