import { bytesOfHex, sameBytes } from '../log/bytes.ts'
import { openCheckpoint } from '../log/checkpoint.ts'
import { leafHashOf } from '../log/leaf.ts'
import { verifyNote } from '../log/note.ts'
import { isQuorumMet } from '../log/policy.ts'
import { rootFromInclusion } from '../log/proof.ts'
import { webSha256 } from '../log/web-crypto.ts'
import { quoted, Refusal } from '../record/refusal.ts'
import { absent, cannotCheck, type Read, type ReadEvidence } from './evidence.ts'
import { findingsOf, type Finding } from './finding.ts'
import type { ReadyPolicy, Trust } from './trust.ts'

/** Does the proof lead from the leaf to the root of the checkpoint? */
export async function checkInclusion({ proof, leaf }: ReadEvidence): Promise<Finding> {
  const finding = findingsOf('inclusion')
  if (proof.state === 'absent') return cannotCheck('inclusion', 'proof', proof)
  if (proof.state === 'unreadable') return finding('bad', proof.why)
  if (leaf === undefined) return cannotCheck('inclusion', 'leaf', absent)
  const { index, head, proof: hashes } = proof.value
  const leafHash = bytesOfHex(await leafHashOf(leaf))
  const root = await rootFromInclusion(
    { index, size: head.size, leafHash, proof: hashes },
    webSha256,
  )
  if (root === undefined || !sameBytes(root, head.root)) {
    return finding('bad', `the leaf is not entry ${index} of the log with ${head.size} entries`)
  }
  return finding('good', `entry ${index}, counted from 0, of a log with ${head.size}`)
}

/** Has the log signed the checkpoint? */
export async function checkCheckpoint(evidence: ReadEvidence, trust: Trust): Promise<Finding> {
  const { proof } = evidence
  const finding = findingsOf('checkpoint')
  if (proof.state !== 'read') return cannotCheck('checkpoint', 'proof', proof)
  const { origin, size } = proof.value.head
  const policy = policyFor(evidence, trust)
  if (policy.state !== 'read') return noPolicy('checkpoint')
  if (trust.origin !== undefined && trust.origin !== origin) {
    return finding('bad', `of the log ${quoted(origin)}, expected ${quoted(trust.origin)}`)
  }
  const verifiers = policy.value.logVerifiers.filter(({ name }) => name === origin)
  try {
    await openCheckpoint(proof.value.checkpoint, origin, verifiers)
  } catch (error) {
    if (error instanceof Refusal) return finding('bad', error.message)
    throw error
  }
  const signed = `signed by ${quoted(origin)} at ${size} entries`
  return trust.policy === undefined
    ? finding('unpinned', `${signed}, with a key that the evidence itself brings`)
    : finding('good', `${signed}, which you trust`)
}

/** Is the checkpoint that lies beside the proof the one in the proof? */
export function checkCheckpointCopy({ checkpoint, proof }: ReadEvidence): Finding {
  const finding = findingsOf('checkpoint-copy')
  if (checkpoint === undefined) return cannotCheck('checkpoint-copy', 'checkpoint', absent)
  if (proof.state !== 'read') return cannotCheck('checkpoint-copy', 'proof', proof)
  const inProof = new TextEncoder().encode(proof.value.checkpoint)
  if (!sameBytes(inProof, checkpoint)) return finding('bad', 'another than that in the proof')
  return finding('good', 'the one in the proof')
}

/** Have enough witnesses seen the log with this head? */
export async function checkWitnesses(evidence: ReadEvidence, trust: Trust): Promise<Finding> {
  const { proof } = evidence
  const finding = findingsOf('witnesses')
  if (proof.state !== 'read') return cannotCheck('witnesses', 'proof', proof)
  const policy = policyFor(evidence, trust)
  if (policy.state !== 'read') return noPolicy('witnesses')
  if (policy.value.quorum === 'none') return finding('absent', 'the policy asks for no witness')
  const { verified, failed } = await verifyNote(proof.value.note, policy.value.witnessVerifiers)
  const [forged] = failed
  if (forged !== undefined) {
    return finding('bad', `the signature of ${quoted(forged.verifier.name)} is bad`)
  }
  const cosigners = verified.map(({ verifier }) => verifier)
  if (!isQuorumMet(policy.value, cosigners)) {
    return finding('bad', `${cosigners.length} witness(es) signed, fewer than the policy asks for`)
  }
  const names = cosigners.map(({ name }) => quoted(name)).join(', ')
  return trust.policy === undefined
    ? finding('unpinned', `seen by ${names}, whom the evidence itself names`)
    : finding('good', `seen by ${names}`)
}

/** Who says all this? */
export function checkTrust({ policy, receiptKeys }: Trust): Finding {
  const finding = findingsOf('trust')
  if (policy !== undefined && receiptKeys !== undefined) {
    return finding('good', 'log and receipt keys are those that you trust')
  }
  const own = [
    ...(policy === undefined ? ['the log'] : []),
    ...(receiptKeys === undefined ? ['the receipt'] : []),
  ]
  return finding('unpinned', `${own.join(' and ')} by the registry's own word`)
}

function policyFor(evidence: ReadEvidence, trust: Trust): Read<ReadyPolicy> {
  return trust.policy === undefined ? evidence.policy : { state: 'read', value: trust.policy }
}

function noPolicy(check: 'checkpoint' | 'witnesses'): Finding {
  return findingsOf(check)('unknown', 'there is no readable policy that says which keys to use')
}
