import type { ListedKey } from '../attestation/public-keys.ts'
import { receiptType } from '../attestation/signed-types.ts'
import { hasExactly, isSignedBy } from '../attestation/strict-jws.ts'
import { depositLeaf, leafHashOf } from '../log/leaf.ts'
import { canonicalText, firstDifference } from '../record/canonical-json.ts'
import { hexDigest, hexOf } from '../record/digest.ts'
import { recordDigestsOf, recordMediaType } from '../record/record-digests.ts'
import { quoted } from '../record/refusal.ts'
import type { JsonObject, JsonValue } from '../record/strict-json.ts'
import {
  absent,
  cannotCheck,
  parseCanonicalJson,
  type DetachedSignature,
  type ReadEvidence,
} from './evidence.ts'
import { findingsOf, type Finding } from './finding.ts'
import type { Trust } from './trust.ts'

/** Has the registry signed the receipt? */
export async function checkReceiptSignature(
  { receipt, receiptKeys: brought }: ReadEvidence,
  { receiptKeys }: Trust,
): Promise<Finding> {
  const finding = findingsOf('receipt-signature')
  if (receipt.state === 'absent') return cannotCheck('receipt-signature', 'receipt', receipt)
  if (receipt.state === 'unreadable') return finding('bad', receipt.why)
  const { jws, statement } = receipt.value
  const kid = jws.header?.['kid']
  if (typeof kid !== 'string' || !hasExactly(jws.header, headerOf(kid))) {
    return finding('bad', 'the header is not that of a receipt')
  }
  const known = brought.state === 'read' ? brought.value : undefined
  const key = (receiptKeys ?? known)?.get(kid)
  if (key === undefined) {
    return receiptKeys === undefined
      ? finding('unknown', `the key ${quoted(kid)} is no receipt key of the key set`)
      : finding('bad', `signed by ${quoted(kid)}, which is none of the keys you trust`)
  }
  if (!(await isSignedBy(jws, key))) return finding('bad', `not a signature of the key ${kid}`)
  if (isPastEnd(key, statement['iat'])) {
    return finding('bad', `of a later time than the end of the key ${kid}, ${key.retiredAt}`)
  }
  const signed = `${textOf(statement['iss'])} signed it with the key ${kid}`
  return receiptKeys === undefined
    ? finding('unpinned', `${signed}, which the evidence itself brings`)
    : finding('good', `${signed}, which you trust`)
}

/** Whoever got hold of a key after its end could otherwise name another runner for any record. */
function isPastEnd({ retiredAt }: ListedKey, issuedAt: JsonValue | undefined): boolean {
  if (retiredAt === undefined) return false
  const time = findTime(issuedAt)
  return time === undefined || time > retiredAt
}

function headerOf(kid: string): JsonObject {
  return { alg: 'EdDSA', kid, typ: receiptType }
}

/** Is the receipt for this record? */
export async function checkReceiptRecord({ receipt, record }: ReadEvidence): Promise<Finding> {
  const finding = findingsOf('receipt-record')
  if (receipt.state !== 'read') return cannotCheck('receipt-record', 'receipt', receipt)
  if (record === undefined) return cannotCheck('receipt-record', 'record', absent)
  const { digest, sha512, byteLength } = await recordDigestsOf(record)
  const names = { mediaType: recordMediaType, size: byteLength, sha256: hexOf(digest), sha512 }
  const stated = receipt.value.statement['record'] ?? null
  if (canonicalText(stated) !== canonicalText(names)) {
    return finding('bad', 'the receipt is for another record')
  }
  return finding('good', 'SHA-256, SHA-512, size and type are those of this record')
}

/** Do receipt, leaf and proof speak of one place in one log? */
export async function checkReceiptLog(evidence: ReadEvidence): Promise<Finding> {
  const { receipt, leaf, proof } = evidence
  const finding = findingsOf('receipt-log')
  if (receipt.state !== 'read') return cannotCheck('receipt-log', 'receipt', receipt)
  const place = findPlace(receipt.value.statement['log'])
  if (place === undefined) return finding('bad', 'the receipt names no place in a log')
  if (leaf !== undefined && (await leafHashOf(leaf)) !== place.leafHash) {
    return finding('bad', 'the receipt names another leaf')
  }
  const found = proof.state === 'read' ? proof.value : undefined
  if (found !== undefined && found.index !== place.index) {
    return finding('bad', `entry ${place.index} in the receipt, ${found.index} in the proof`)
  }
  if (found !== undefined && found.head.origin !== place.origin) {
    return finding('bad', 'the receipt names another log than the checkpoint')
  }
  if (leaf === undefined) return cannotCheck('receipt-log', 'leaf', absent)
  if (proof.state !== 'read') return cannotCheck('receipt-log', 'proof', proof)
  return finding('good', `entry ${place.index} of ${quoted(place.origin)}`)
}

function findPlace(log: JsonValue | undefined) {
  if (log === null || typeof log !== 'object' || Array.isArray(log)) return undefined
  const { index, leafHash, origin, ...others } = log
  if (typeof index !== 'number' || index < 0 || Object.keys(others).length > 0) return undefined
  if (typeof leafHash !== 'string' || typeof origin !== 'string') return undefined
  return { index, leafHash, origin }
}

/** Is the log entry what the record, its signatures and the time of the receipt make of it? */
export async function checkLeaf(evidence: ReadEvidence): Promise<Finding> {
  const { leaf, record, receipt, signatures } = evidence
  const finding = findingsOf('leaf')
  if (leaf === undefined) return cannotCheck('leaf', 'leaf', absent)
  const fault = faultOfLeaf(leaf)
  if (fault !== undefined) return finding('bad', fault)
  if (record === undefined) return cannotCheck('leaf', 'record', absent)
  if (receipt.state !== 'read') return cannotCheck('leaf', 'receipt', receipt)
  if (signatures.state === 'unreadable')
    return cannotCheck('leaf', 'signature document', signatures)
  const expected = await findLeaf(evidence)
  if (expected === undefined) return finding('bad', 'the receipt names no time')
  if (firstDifference(leaf, expected) !== undefined) {
    return finding('bad', 'the leaf is not of this record, these signatures and this time')
  }
  const time = findTime(receipt.value.statement['iat']) ?? ''
  const count = signatures.state === 'read' ? signatures.value.length : 0
  return finding('good', `deposited ${time}, with ${count} signature(s)`)
}

/**
 * The log entry that follows from the record, its signatures and the time of the
 * receipt. Where no entry is at hand this one serves: the proof tells whether the log has it.
 *
 * @returns `undefined` when one of them is missing or not readable.
 * @see docs/format.md, section 6
 */
export async function findLeaf(evidence: ReadEvidence): Promise<Uint8Array | undefined> {
  const { record, receipt, signatures } = evidence
  if (record === undefined || receipt.state !== 'read') return undefined
  const receivedAt = findTime(receipt.value.statement['iat'])
  if (receivedAt === undefined || signatures.state === 'unreadable') return undefined
  const listed = signatures.state === 'read' ? signatures.value : []
  const logged = await Promise.all(listed.map(loggedAs))
  return depositLeaf(await recordDigestsOf(record), logged, receivedAt)
}

function faultOfLeaf(leaf: Uint8Array): string | undefined {
  try {
    const { apiVersion, kind } = parseCanonicalJson(leaf)
    if (apiVersion === '1' && kind === 'deposit') return undefined
    return `a leaf of kind ${textOf(kind)} and version ${textOf(apiVersion)}, expected deposit and 1`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function loggedAs({ jws, alg, kid }: DetachedSignature) {
  return { alg, kid, sha256: await hexDigest('SHA-256', jws.signature) }
}

/** The last second of the year 9999, after which RFC 3339 has no spelling. */
const lastSecond = 253_402_300_799

function findTime(seconds: JsonValue | undefined): string | undefined {
  if (typeof seconds !== 'number' || seconds < 0 || seconds > lastSecond) return undefined
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
}

function textOf(value: JsonValue | undefined): string {
  return quoted(typeof value === 'string' ? value : canonicalText(value ?? null))
}
