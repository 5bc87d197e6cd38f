import type { Digest } from '../record/digest.ts'
import {
  checkCheckpoint,
  checkCheckpointCopy,
  checkInclusion,
  checkTrust,
  checkWitnesses,
} from './check-log.ts'
import {
  checkLeaf,
  checkReceiptLog,
  checkReceiptRecord,
  checkReceiptSignature,
} from './check-receipt.ts'
import { checkDepositorSignatures, checkDigest, checkForm } from './check-record.ts'
import { readEvidence, type Evidence } from './evidence.ts'
import type { Finding } from './finding.ts'
import type { Trust } from './trust.ts'

export interface VerifyOptions {
  /** What the citation says; without it nothing but the evidence says which record this is. */
  readonly digest?: Digest | undefined
}

/**
 * Verifies that a record is the one that was cited, that a registry took it, and
 * that a log has it. Needs neither network nor clock.
 *
 * @param evidence - attacker-controlled, all of it.
 * @param trust - what the reader has decided, from somewhere else.
 * @returns a finding for every check, whatever the evidence is; of the
 *   depositor's signatures one for each. Never rejects for bad evidence.
 * @see docs/format.md, "Verification findings"
 */
export async function verifyRecord(
  evidence: Evidence,
  trust: Trust,
  { digest }: VerifyOptions = {},
): Promise<Finding[]> {
  const read = await readEvidence(evidence)
  return [
    await checkDigest(read, digest),
    checkForm(read),
    ...(await checkDepositorSignatures(read, trust)),
    await checkReceiptSignature(read, trust),
    await checkReceiptRecord(read),
    await checkReceiptLog(read),
    await checkLeaf(read),
    await checkInclusion(read),
    await checkCheckpoint(read, trust),
    checkCheckpointCopy(read),
    await checkWitnesses(read, trust),
    checkTrust(trust),
  ]
}
