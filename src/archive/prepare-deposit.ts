import {
  parseDepositorSignatures,
  type DepositorSignatures,
} from '../attestation/depositor-signature.ts'
import type { PublicKey } from '../attestation/public-keys.ts'
import { blobsNamedBy, type NamedBlob } from '../record/blobs-named.ts'
import { canonicalBytes, firstDifference, NotCanonical } from '../record/canonical-json.ts'
import { digestOf, type Digest } from '../record/digest.ts'
import { InvalidRecord, pointerOf, type Finding } from '../record/finding.ts'
import { checkRecord } from '../record/findings.ts'
import { planDigestOf } from '../record/plan-digest.ts'
import { recordDigestsOf, type RecordDigests } from '../record/record-digests.ts'
import { parseStrictJson } from '../record/strict-json.ts'
import type { WorkflowRecord } from '../record/workflow-record.ts'
import { quickHash } from './quick-hash.ts'
import { WrongProject } from './refusals.ts'

/** What a depositor sent. */
export interface Submission {
  /** The record as it was received. */
  readonly record: Uint8Array
  /** JWS JSON over exactly these bytes. */
  readonly signatures?: Uint8Array | undefined
  /** Project of the depositor's token; `*` stands for every project. */
  readonly project: string
}

/** A submission that keeps every rule which can be checked without the store. */
export interface PreparedDeposit {
  /** Exact canonical bytes. */
  readonly bytes: Uint8Array
  readonly digests: RecordDigests
  readonly planDigest: Digest | undefined
  readonly record: WorkflowRecord
  readonly warnings: readonly Finding[]
  readonly signatures: DepositorSignatures | undefined
  readonly named: readonly NamedBlob[]
}

/** @throws InvalidJson, InvalidRecord, NotCanonical, InvalidSignature, WrongProject */
export async function prepareDeposit(
  submission: Submission,
  findKey: (kid: string, project: string) => Promise<PublicKey | undefined>,
): Promise<PreparedDeposit> {
  const document = parseStrictJson(submission.record)
  const { record, warnings } = checkRecord(document)
  if (submission.project !== '*' && submission.project !== record.project.name) {
    throw new WrongProject(record.project.name, submission.project)
  }
  const bytes = canonicalBytes(document)
  const signatures =
    submission.signatures === undefined
      ? undefined
      : await signaturesOver(submission.record, bytes, submission.signatures, (kid) =>
          findKey(kid, record.project.name),
        )
  return {
    bytes,
    digests: await recordDigestsOf(bytes, quickHash),
    planDigest: await planDigestOf(document, quickHash),
    record,
    warnings,
    signatures,
    named: blobsNamedBy(record),
  }
}

// A signature is over the bytes that were sent, so these must be the bytes that are kept.
async function signaturesOver(
  sent: Uint8Array,
  canonical: Uint8Array,
  document: Uint8Array,
  findKey: (kid: string) => Promise<PublicKey | undefined>,
): Promise<DepositorSignatures> {
  const offset = firstDifference(sent, canonical)
  if (offset !== undefined) throw new NotCanonical(offset, await digestOf(canonical))
  return parseDepositorSignatures(document, canonical, findKey)
}

/**
 * Compares the sizes a record states with those of the blobs.
 *
 * @returns the blobs that are not there.
 * @throws InvalidRecord for sizes that differ.
 */
export function missingAmong(
  named: readonly NamedBlob[],
  sizes: ReadonlyMap<Digest, number>,
): Digest[] {
  const findings = named.flatMap(({ digest, size, path }): Finding[] => {
    const actual = sizes.get(digest)
    if (actual === undefined || size === undefined || size === actual) return []
    return [
      {
        pointer: pointerOf([...path, 'size']),
        rule: 'size-mismatch',
        found: String(size),
        expected: `${actual}, the size of ${digest}`,
        severity: 'error',
      },
    ]
  })
  if (findings.length > 0) throw new InvalidRecord(findings)
  return [...new Set(named.map((blob) => blob.digest))].filter((digest) => !sizes.has(digest))
}
