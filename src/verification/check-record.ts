import type { PublicKey } from '../attestation/public-keys.ts'
import { algorithmsOf } from '../attestation/public-keys.ts'
import { depositorSignatureType } from '../attestation/signed-types.ts'
import { hasExactly, isSignedBy } from '../attestation/strict-jws.ts'
import { digestOf, type Digest } from '../record/digest.ts'
import { recordMediaType } from '../record/record-digests.ts'
import { quoted } from '../record/refusal.ts'
import {
  absent,
  cannotCheck,
  parseCanonicalJson,
  type DetachedSignature,
  type ReadEvidence,
} from './evidence.ts'
import { findingsOf, type Finding } from './finding.ts'
import type { Trust } from './trust.ts'

/** Is it the record that was cited? */
export async function checkDigest(
  { record }: ReadEvidence,
  cited: Digest | undefined,
): Promise<Finding> {
  const finding = findingsOf('record-digest')
  if (record === undefined) return cannotCheck('record-digest', 'record', absent)
  const digest = await digestOf(record)
  if (cited === undefined) return finding('unpinned', `${digest}; compare it with the citation`)
  if (digest !== cited) return finding('bad', `this is ${digest}, not the cited ${cited}`)
  return finding('good', `${digest}, as cited`)
}

/** Does it hash to one digest alone, whoever writes it down? */
export function checkForm({ record }: ReadEvidence): Finding {
  const finding = findingsOf('record-form')
  if (record === undefined) return cannotCheck('record-form', 'record', absent)
  try {
    parseCanonicalJson(record)
    return finding('good', 'strict JSON in canonical form')
  } catch (error) {
    return finding('bad', error instanceof Error ? error.message : String(error))
  }
}

const algorithms = ['EdDSA', 'Ed25519', 'ES256']

/**
 * Who has signed it, one finding for each signature. The key may come from
 * anywhere, because its thumbprint is what was signed and logged.
 */
export async function checkDepositorSignatures(
  { record, signatures, jwks }: ReadEvidence,
  { receiptKeys }: Trust,
): Promise<Finding[]> {
  const finding = findingsOf('depositor-signatures')
  if (signatures.state === 'absent') return [finding('absent', 'its depositor has not signed it')]
  if (signatures.state === 'unreadable') return [finding('bad', signatures.why)]
  const known = jwks.state === 'read' ? jwks.value : undefined
  const findKey = (kid: string) => receiptKeys?.get(kid) ?? known?.get(kid)
  return Promise.all(
    signatures.value.map((signature) => checkSignature(signature, findKey(signature.kid), record)),
  )
}

async function checkSignature(
  { jws, alg, kid }: DetachedSignature,
  key: PublicKey | undefined,
  record: Uint8Array | undefined,
): Promise<Finding> {
  const finding = findingsOf('depositor-signatures')
  const expected = { alg, cty: recordMediaType, kid, typ: depositorSignatureType }
  if (!hasExactly(jws.header, expected) || !algorithms.includes(alg)) {
    return finding('bad', `the header is not that of a depositor's signature (alg ${quoted(alg)})`)
  }
  if (key === undefined) return finding('unknown', `the key ${quoted(kid)} is not known`)
  if (!algorithmsOf(key).includes(alg)) return finding('bad', `${alg} does not fit the key ${kid}`)
  if (record === undefined) return cannotCheck('depositor-signatures', 'record', absent)
  if (!(await isSignedBy(jws, key))) return finding('bad', `not a signature of the key ${kid}`)
  return finding('good', `signed with ${alg} by the key ${kid}`)
}
