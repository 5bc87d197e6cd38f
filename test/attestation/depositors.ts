import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { parsePublicKey, type PublicKey } from '../../src/attestation/public-keys.ts'

/** Somebody with a key of their own. */
export interface Depositor {
  readonly publicKey: PublicKey
  readonly privateKey: KeyObject
}

/** One entry of a JWS in general JSON serialisation, payload detached. */
export interface Signature {
  readonly protected: string
  readonly signature: string
}

export async function newDepositor(alg: 'EdDSA' | 'ES256'): Promise<Depositor> {
  const { publicKey, privateKey } =
    alg === 'EdDSA'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = publicKey.export({ format: 'jwk' })
  return { publicKey: await parsePublicKey(jwk), privateKey }
}

/** The header that docs/format.md, section 8 asks for. */
export function headerOf({ publicKey }: Depositor): Record<'alg' | 'cty' | 'kid' | 'typ', string> {
  return {
    alg: publicKey.alg,
    cty: 'application/vnd.stele.record+json',
    kid: publicKey.kid,
    typ: 'stele-deposit+jws',
  }
}

/**
 * Signs with `node:crypto` alone, so that any header can be signed, also one that
 * no JOSE library writes. An HS… algorithm uses the public key as the secret.
 */
export function signWith(
  depositor: Depositor,
  payload: Uint8Array,
  header: Record<string, unknown> | string = headerOf(depositor),
): Signature {
  const headerText = typeof header === 'string' ? header : JSON.stringify(header)
  const encodedHeader = Buffer.from(headerText).toString('base64url')
  const signed = Buffer.from(`${encodedHeader}.${Buffer.from(payload).toString('base64url')}`)
  const isHmac = headerText.includes('"HS256"')
  const signature = isHmac ? hmacWithPublicKey(depositor, signed) : signatureOf(depositor, signed)
  return { protected: encodedHeader, signature: signature.toString('base64url') }
}

function signatureOf({ publicKey, privateKey }: Depositor, signed: Buffer): Buffer {
  return publicKey.kty === 'OKP'
    ? sign(null, signed, privateKey)
    : sign('sha256', signed, { key: privateKey, dsaEncoding: 'ieee-p1363' })
}

function hmacWithPublicKey({ publicKey }: Depositor, signed: Buffer): Buffer {
  return createHmac('sha256', Buffer.from(publicKey.x, 'base64url')).update(signed).digest()
}
