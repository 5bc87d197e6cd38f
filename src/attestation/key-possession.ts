import { FlattenedSign, importJWK, type JWK } from 'jose'
import { canonicalBytes, canonicalText } from '../record/canonical-json.ts'
import { quoted, Refusal } from '../record/refusal.ts'
import { InvalidJson, parseStrictJson, type JsonObject } from '../record/strict-json.ts'
import { algorithmsOf, parsePublicKey, UnusableKey, type PublicKey } from './public-keys.ts'
import {
  hasExactly,
  isSignedBy,
  MalformedJws,
  parseFlattenedJws,
  type StrictJws,
} from './strict-jws.ts'

export const keyPossessionType = 'stele-key-possession+jws'

/** What somebody states who registers a key: that they have it, here, for this, now. */
export interface KeyPossession {
  /** URL of the registry, without a slash at the end: a statement is of no use to another one. */
  readonly registry: string
  /** Project whose records will be signed; `*` stands for every project. */
  readonly project: string
  /** RFC 7638 thumbprint. */
  readonly kid: string
  /** Text that the registry has just given. */
  readonly nonce: string
}

/** What was sent does not show that the sender has the key. */
export class InvalidKeyProof extends Refusal {
  override readonly code = 'invalid-key-proof'
  constructor(found: string, expected: string) {
    super(`found ${found}, expected ${expected}`)
  }
}

/**
 * Signs the statement with the key that it is about: a JWS in flattened JSON
 * serialisation, in canonical form.
 *
 * @param privateJwk - Ed25519 or P-256, with its private part.
 * @throws UnusableKey for other keys.
 * @see RFC 7515, section 7.2.2; docs/format.md, section 14
 */
export async function proveKeyPossession(
  facts: Omit<KeyPossession, 'kid'>,
  privateJwk: JWK,
): Promise<{ readonly publicKey: PublicKey; readonly proof: string }> {
  const { d: _private, ...publicJwk } = privateJwk
  const publicKey = await parsePublicKey(publicJwk)
  const { alg, kid } = publicKey
  const payload = canonicalBytes({ ...facts, kid })
  const key = await privateKeyOf(privateJwk, alg)
  const header = { alg, kid, typ: keyPossessionType }
  const jws = await new FlattenedSign(payload).setProtectedHeader(header).sign(key)
  const { protected: encoded = '', signature } = jws
  return {
    publicKey,
    proof: canonicalText({ payload: jws.payload, protected: encoded, signature }),
  }
}

async function privateKeyOf(privateJwk: JWK, alg: string) {
  try {
    return await importJWK(privateJwk, alg)
  } catch {
    throw new UnusableKey('a private part that fits no key')
  }
}

/**
 * What the holder of a key states. The signature is good and the key is the one
 * stated; whether registry, project and nonce are right is for the caller to say.
 *
 * @param proof - a JWS in flattened JSON serialisation, with no other members.
 * @throws InvalidKeyProof
 */
export async function parseKeyPossession(
  proof: JsonObject,
  key: PublicKey,
): Promise<KeyPossession> {
  const jws = flattenedOf(proof)
  const { kid } = key
  const headers = algorithmsOf(key).map((alg) => ({ alg, kid, typ: keyPossessionType }))
  if (!headers.some((header) => hasExactly(jws.header, header))) {
    const found = jws.header === undefined ? 'none' : quoted(canonicalText(jws.header))
    throw new InvalidKeyProof(`the header ${found}`, canonicalText(headers[0] ?? {}))
  }
  if (!(await isSignedBy(jws, key))) {
    throw new InvalidKeyProof('a signature that does not verify', `one of the key ${kid}`)
  }
  return statementOf(jws.payload, kid)
}

function flattenedOf(proof: JsonObject): StrictJws {
  try {
    return parseFlattenedJws(canonicalBytes(proof))
  } catch (error) {
    if (!(error instanceof MalformedJws)) throw error
    throw new InvalidKeyProof('a proof that is no JWS', 'payload, protected and signature alone')
  }
}

function statementOf(payload: Uint8Array, expectedKid: string): KeyPossession {
  const expected = 'kid, nonce, project and registry as texts, in canonical form'
  const members = membersOf(payload)
  const { kid, nonce, project, registry } = members ?? {}
  if (
    typeof kid !== 'string' ||
    typeof nonce !== 'string' ||
    typeof project !== 'string' ||
    typeof registry !== 'string'
  ) {
    throw new InvalidKeyProof('a payload that lacks something', expected)
  }
  const stated = { kid, nonce, project, registry }
  if (canonicalText(stated) !== new TextDecoder().decode(payload)) {
    throw new InvalidKeyProof('a payload of another form', expected)
  }
  if (kid !== expectedKid) throw new InvalidKeyProof(`the key ${quoted(kid)}`, expectedKid)
  return stated
}

function membersOf(payload: Uint8Array): JsonObject | undefined {
  try {
    return parseStrictJson(payload)
  } catch (error) {
    if (error instanceof InvalidJson) return undefined
    throw error
  }
}
