import { canonicalText } from '../record/canonical-json.ts'
import { hexDigest } from '../record/digest.ts'
import { eventMediaType, recordMediaType } from '../record/record-digests.ts'
import { quoted, Refusal } from '../record/refusal.ts'
import { parseStrictJson } from '../record/strict-json.ts'
import { algorithmsOf, type PublicKey } from './public-keys.ts'
import { depositorSignatureType } from './signed-types.ts'
import { hasExactly, isSignedBy, readDetachedJws, type StrictJws } from './strict-jws.ts'

/** What a signature is for, so that none can be passed off as another kind. */
export interface SignaturePurpose {
  readonly typ: string
  readonly cty: string
}

/** A depositor vouches for a record. */
export const recordSignature: SignaturePurpose = {
  typ: depositorSignatureType,
  cty: recordMediaType,
}

/** A depositor vouches for a statement about a record. */
export const eventSignature: SignaturePurpose = {
  typ: 'stele-event+jws',
  cty: eventMediaType,
}

/** The signatures sent with a record are not good, every one of them. */
export class InvalidSignature extends Refusal {
  override readonly code = 'invalid-signature'
  constructor(index: number, found: string, expected: string) {
    super(`signature ${index}: found ${found}, expected ${expected}`)
  }
}

/** One good signature, without what it signs. */
export interface DepositorSignature {
  readonly kid: string
  readonly alg: string
  /** Hex SHA-256 of the decoded signature: one signature has several base64url spellings. */
  readonly sha256: string
}

export interface DepositorSignatures {
  /** Canonical JWS JSON (general serialisation) without the payload, as it is stored. */
  readonly text: string
  readonly signatures: readonly DepositorSignature[]
}

/**
 * Reads and verifies the signatures a depositor sent with a record or an event. Every one
 * must be good: a reader must never see a signature that the registry did not check.
 *
 * @param bytes - JWS JSON, general or flattened, payload detached.
 * @param recordBytes - what was signed, exactly.
 * @param findKey - the depositor's registered key of that thumbprint. Keys inside
 *   the document are never used.
 * @throws InvalidSignature, InvalidJson
 * @see RFC 7515, section 7.2; docs/format.md, section 8
 */
export async function parseDepositorSignatures(
  bytes: Uint8Array,
  recordBytes: Uint8Array,
  findKey: (kid: string) => Promise<PublicKey | undefined>,
  purpose: SignaturePurpose = recordSignature,
): Promise<DepositorSignatures> {
  const document = parseStrictJson(bytes)
  const general = Array.isArray(document['signatures']) ? document : { signatures: [document] }
  const list = readDetachedJws(
    general,
    recordBytes,
    (found, expected, index) => new InvalidSignature(index, found, expected),
  )
  const signatures: DepositorSignature[] = []
  for (const [index, jws] of list.entries()) {
    signatures.push(await verifySignature(jws, index, { findKey, purpose }))
  }
  const text = canonicalText({
    signatures: list.map(({ encoded }) => ({
      protected: encoded.protected,
      signature: encoded.signature,
    })),
  })
  return { text, signatures }
}

interface Verification {
  readonly findKey: (kid: string) => Promise<PublicKey | undefined>
  readonly purpose: SignaturePurpose
}

async function verifySignature(
  jws: StrictJws,
  index: number,
  { findKey, purpose }: Verification,
): Promise<DepositorSignature> {
  const { kid, alg } = parseHeader(jws, index, purpose)
  const key = await findKey(kid)
  if (key === undefined) {
    throw new InvalidSignature(index, `key ${quoted(kid)}`, 'a key registered for this project')
  }
  const algorithms = algorithmsOf(key)
  if (!algorithms.includes(alg)) {
    throw new InvalidSignature(index, `alg ${quoted(alg)}`, algorithms.join(' or '))
  }
  if (!(await isSignedBy(jws, key))) {
    throw new InvalidSignature(index, 'a signature that does not verify', 'one over these bytes')
  }
  return { kid, alg, sha256: await hexDigest('SHA-256', jws.signature) }
}

/** Exactly the four members of docs/format.md, section 8: no `crit`, no `b64`, no key. */
function parseHeader(
  { headerBytes }: StrictJws,
  index: number,
  { typ, cty }: SignaturePurpose,
): { kid: string; alg: string } {
  const members = parseStrictJson(headerBytes)
  const { alg, kid } = members
  if (typeof alg !== 'string' || typeof kid !== 'string') {
    throw new InvalidSignature(index, 'no alg or kid', 'alg and kid as strings')
  }
  const expected = { alg, cty, kid, typ }
  if (!hasExactly(members, expected)) {
    const found = quoted(canonicalText(members))
    throw new InvalidSignature(index, `header ${found}`, canonicalText(expected))
  }
  return { kid, alg }
}
