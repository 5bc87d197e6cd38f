import { sameBytes } from '../log/bytes.ts'
import { openCheckpoint, parseCheckpointText } from '../log/checkpoint.ts'
import { parseNote } from '../log/note.ts'
import { Refusal } from '../record/refusal.ts'
import { readEvidence, type Evidence } from './evidence.ts'
import { findingsOf, type Finding } from './finding.ts'
import type { Trust } from './trust.ts'

/**
 * Is the head that the log shows today signed, and not behind the one in the
 * proof? Whether it extends that one is for a monitor to say, who reads the log.
 *
 * @param newest - a signed note, attacker-controlled like the evidence.
 */
export async function checkNewestCheckpoint(
  newest: string,
  evidence: Evidence,
  trust: Trust,
): Promise<Finding> {
  const finding = findingsOf('checkpoint')
  const { proof, policy: own } = await readEvidence(evidence)
  const policy = trust.policy ?? (own.state === 'read' ? own.value : undefined)
  if (policy === undefined) return finding('unknown', 'no policy says who signs the newest one')
  try {
    const { origin } = parseCheckpointText(parseNote(newest).text)
    const verifiers = policy.logVerifiers.filter(({ name }) => name === origin)
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
