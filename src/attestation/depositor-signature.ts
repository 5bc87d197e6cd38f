import * as base64url from 'jose/base64url'
import { flattenedVerify } from 'jose/jws/flattened/verify'
import { canonicalBytes, canonicalText } from '../record/canonical-json.ts'
import { hexDigest } from '../record/digest.ts'
import { limits } from '../record/limits.ts'
import { eventMediaType, recordMediaType } from '../record/record-digests.ts'
import { quoted, Refusal } from '../record/refusal.ts'
import { parseStrictJson, type JsonObject, type JsonValue } from '../record/strict-json.ts'
import { algorithmsOf, verificationKeyOf, type PublicKey } from './public-keys.ts'

export const depositorSignatureType = 'stele-deposit+jws'

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
 * @param document - JWS JSON, general or flattened, payload detached.
 * @param recordBytes - what was signed, exactly.
 * @param findKey - the depositor's registered key of that thumbprint. Keys inside
 *   the document are never used.
 * @throws InvalidSignature, InvalidJson
 * @see RFC 7515, section 7.2; docs/format.md, section 8
 */
export async function parseDepositorSignatures(
  document: Uint8Array,
  recordBytes: Uint8Array,
  findKey: (kid: string) => Promise<PublicKey | undefined>,
  purpose: SignaturePurpose = recordSignature,
): Promise<DepositorSignatures> {
  const entries = entriesOf(parseStrictJson(document))
  const payload = base64url.encode(recordBytes)
  const signatures: DepositorSignature[] = []
  for (const [index, entry] of entries.entries()) {
    signatures.push(await verifyEntry(entry, index, { payload, findKey, purpose }))
  }
  const text = canonicalText({
    signatures: entries.map(({ header, signature }) => ({ protected: header, signature })),
  })
  return { text, signatures }
}

interface SignatureEntry {
  /** The protected header as it was signed, in base64url. */
  readonly header: string
  readonly signature: string
}

function entriesOf(document: JsonObject): SignatureEntry[] {
  const isGeneral = Array.isArray(document['signatures'])
  const list: JsonValue[] = isGeneral ? arrayAt(document, 'signatures') : [document]
  refuseOtherMembers(document, isGeneral ? ['signatures'] : ['protected', 'signature'], 0)
  if (list.length === 0 || list.length > limits.signaturesPerRecord) {
    const expected = `1 to ${limits.signaturesPerRecord} signatures`
    throw new InvalidSignature(0, `${list.length} signatures`, expected)
  }
  return list.map((entry, index) => {
    if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) {
      throw new InvalidSignature(index, 'no object', 'an object')
    }
    refuseOtherMembers(entry, ['protected', 'signature'], index)
    return {
      header: base64urlAt(entry, 'protected', index),
      signature: base64urlAt(entry, 'signature', index),
    }
  })
}

function arrayAt(document: JsonObject, name: string): JsonValue[] {
  const value = document[name]
  return Array.isArray(value) ? value : []
}

function refuseOtherMembers(object: JsonObject, allowed: readonly string[], index: number): void {
  const other = Object.keys(object).find((name) => !allowed.includes(name))
  if (other === undefined) return
  throw new InvalidSignature(index, `the member ${quoted(other)}`, `only ${allowed.join(', ')}`)
}

function base64urlAt(entry: JsonObject, name: string, index: number): string {
  const value = entry[name]
  const expected = `${name} in base64url without padding`
  // One letter more than a multiple of four encodes nothing.
  if (typeof value !== 'string' || !/^[A-Za-z0-9_-]+$/.test(value) || value.length % 4 === 1) {
    throw new InvalidSignature(index, 'something else', expected)
  }
  if (base64url.encode(base64url.decode(value)) !== value) {
    throw new InvalidSignature(index, 'stray bits at the end', expected)
  }
  return value
}

interface Signed {
  /** In base64url. */
  readonly payload: string
  readonly findKey: (kid: string) => Promise<PublicKey | undefined>
  readonly purpose: SignaturePurpose
}

async function verifyEntry(
  { header, signature }: SignatureEntry,
  index: number,
  { payload, findKey, purpose }: Signed,
): Promise<DepositorSignature> {
  const { kid, alg } = parseHeader(header, index, purpose)
  const key = await findKey(kid)
  if (key === undefined) {
    throw new InvalidSignature(index, `key ${quoted(kid)}`, 'a key registered for this project')
  }
  const algorithms = algorithmsOf(key)
  if (!algorithms.includes(alg)) {
    throw new InvalidSignature(index, `alg ${quoted(alg)}`, algorithms.join(' or '))
  }
  try {
    const verificationKey = await verificationKeyOf(key)
    await flattenedVerify({ protected: header, payload, signature }, verificationKey, {
      algorithms: [alg],
    })
  } catch {
    throw new InvalidSignature(index, 'a signature that does not verify', 'one over these bytes')
  }
  return { kid, alg, sha256: await hexDigest('SHA-256', base64url.decode(signature)) }
}

/** Exactly the four members of docs/format.md, section 8: no `crit`, no `b64`, no key. */
function parseHeader(
  header: string,
  index: number,
  { typ, cty }: SignaturePurpose,
): { kid: string; alg: string } {
  const members = parseStrictJson(base64url.decode(header))
  const { alg, kid } = members
  if (typeof alg !== 'string' || typeof kid !== 'string') {
    throw new InvalidSignature(index, 'no alg or kid', 'alg and kid as strings')
  }
  const expected = { alg, cty, kid, typ }
  if (canonicalText(members) !== canonicalText(expected)) {
    const found = quoted(new TextDecoder().decode(canonicalBytes(members)))
    throw new InvalidSignature(index, `header ${found}`, canonicalText(expected))
  }
  return { kid, alg }
}
