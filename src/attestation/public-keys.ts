import type { CryptoKey, JWK } from 'jose'
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint'
import { importJWK } from 'jose/key/import'
import { Refusal } from '../record/refusal.ts'
import { base64urlFault } from './base64url.ts'

/** Public half of a signature key, as published in a JWK Set. */
export interface PublicKey {
  readonly kty: 'OKP' | 'EC'
  readonly crv: 'Ed25519' | 'P-256'
  readonly x: string
  readonly y?: string
  readonly kid: string
  readonly alg: 'EdDSA' | 'ES256'
  readonly use: 'sig'
}

/** What a key in a registry's key set is for: member `role` of its JWK. */
export type RoleInKeySet = 'receipt' | 'depositor'

/** A key as it stands in such a set. */
export interface KeyInSet extends PublicKey {
  readonly role: RoleInKeySet
}

/** A key as a reader finds it in a key set. */
export interface ListedKey extends PublicKey {
  /** When its time as a receipt key ended: RFC 3339 in UTC, whole seconds. */
  readonly retiredAt?: string
}

export class UnusableKey extends Refusal {
  override readonly code = 'unusable-key'
  constructor(found: string) {
    super(`found ${found}, expected a public Ed25519 or P-256 key as a JWK`)
  }
}

/**
 * The public part of a JWK, with its thumbprint as `kid`.
 *
 * @throws UnusableKey for private keys and for other key types.
 * @see RFC 7517; RFC 7638; RFC 8037
 */
export async function parsePublicKey(jwk: JWK): Promise<PublicKey> {
  if (jwk.d !== undefined) throw new UnusableKey('a private key')
  const { x, y } = jwk
  if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519' && typeof x === 'string') {
    const kid = await thumbprintOf({ kty: 'OKP', crv: 'Ed25519', x })
    return { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' }
  }
  if (jwk.kty === 'EC' && jwk.crv === 'P-256' && typeof x === 'string' && typeof y === 'string') {
    const kid = await thumbprintOf({ kty: 'EC', crv: 'P-256', x, y })
    return { kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' }
  }
  throw new UnusableKey(`a key of type ${jwk.kty ?? '(none)'} ${jwk.crv ?? ''}`.trim())
}

/** Names of the algorithms a key may be used with; Ed25519 has an old and a new one. */
export function algorithmsOf(key: PublicKey): readonly string[] {
  return key.crv === 'Ed25519' ? ['EdDSA', 'Ed25519'] : ['ES256']
}

export async function verificationKeyOf(key: PublicKey): Promise<CryptoKey> {
  const imported = await importJWK({ ...key, alg: key.alg })
  if (imported instanceof Uint8Array) throw new UnusableKey('a symmetric key')
  return imported
}

async function thumbprintOf(jwk: JWK): Promise<string> {
  try {
    await importJWK(jwk, jwk.kty === 'OKP' ? 'EdDSA' : 'ES256')
  } catch {
    throw new UnusableKey('coordinates that are no point of the curve')
  }
  // A thumbprint is over the text of the coordinates: one key must not have several.
  for (const coordinate of [jwk.x, jwk.y]) {
    if (coordinate !== undefined && base64urlFault(coordinate) !== undefined) {
      throw new UnusableKey('another spelling of the coordinates')
    }
  }
  return calculateJwkThumbprint(jwk, 'sha256')
}
