import { base64url } from 'jose'
import { canonicalBytes } from '../record/canonical-json.ts'
import type { JsonObject } from '../record/strict-json.ts'
import type { PublicKey } from './public-keys.ts'
import type { Signer } from './signer.ts'
import { hasExactly, isSignedBy, parseFlattenedJws } from './strict-jws.ts'

export const keyEndorsementType = 'stele-key+jws'

/** A JWS without its payload, and whose it is. */
export interface KeyEndorsement {
  /** RFC 7638 thumbprint of the key that signed. */
  readonly kid: string
  readonly protected: string
  readonly signature: string
}

/**
 * The word of a key of the registry for the one that follows it.
 *
 * @param statement - what the log says of the new key; its canonical form is signed.
 * @see RFC 7515, section 7.2.2; docs/format.md, section 14
 */
export async function endorse(statement: JsonObject, signer: Signer): Promise<KeyEndorsement> {
  const signed = await signer.sign(canonicalBytes(statement), keyEndorsementType)
  const { protected: header = '', signature } = signed
  return { kid: signer.publicKey.kid, protected: header, signature }
}

/**
 * Whether the key gave its word for exactly this statement.
 *
 * @throws MalformedJws when the endorsement is none.
 */
export async function isEndorsedBy(
  endorsement: KeyEndorsement,
  statement: JsonObject,
  key: PublicKey,
): Promise<boolean> {
  const { kid, protected: header, signature } = endorsement
  const payload = base64url.encode(canonicalBytes(statement))
  const jws = parseFlattenedJws(canonicalBytes({ payload, protected: header, signature }))
  const isOfKey = kid === key.kid && hasExactly(jws.header, headerOf(kid))
  return isOfKey && (await isSignedBy(jws, key))
}

function headerOf(kid: string): JsonObject {
  return { alg: 'EdDSA', kid, typ: keyEndorsementType }
}
