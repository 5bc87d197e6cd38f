import { createECDH, createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { canonicalText } from '../../src/record/canonical-json.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'

/** A key for tests: the same name always gives the same key and the same signatures. */
export interface TestKey {
  readonly alg: 'EdDSA' | 'ES256'
  readonly jwk: JsonObject
  /** RFC 7638 thumbprint. */
  readonly kid: string
  /** The raw point; of Ed25519 only what a note's key needs. */
  readonly publicBytes: Buffer
  readonly sign: (bytes: Uint8Array) => Buffer
}

// A PKCS #8 key of Ed25519 up to the seed (RFC 8410, section 7).
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex')

export function ed25519Key(name: string): TestKey {
  const key = Buffer.concat([pkcs8Head, sha256(`test key ${name}`)])
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  return ed25519KeyOf(Buffer.from(x, 'base64url'), (bytes) => sign(null, bytes, privateKey))
}

export function ed25519KeyOf(publicBytes: Buffer, signWith: TestKey['sign']): TestKey {
  const jwk = { crv: 'Ed25519', kty: 'OKP', x: publicBytes.toString('base64url') }
  const kid = thumbprintOf(jwk)
  return {
    alg: 'EdDSA',
    jwk: { ...jwk, alg: 'EdDSA', kid, use: 'sig' },
    kid,
    publicBytes,
    sign: signWith,
  }
}

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** Signs with a nonce that follows from the message: right for tests, where bytes must not change. */
export function p256Key(name: string): TestKey {
  const secret = scalarOf(sha256(`test key ${name}`))
  const point = pointOf(secret)
  const [x, y] = [point.subarray(1, 33), point.subarray(33)]
  const jwk = { crv: 'P-256', kty: 'EC', x: x.toString('base64url'), y: y.toString('base64url') }
  return {
    alg: 'ES256',
    jwk: { ...jwk, alg: 'ES256', kid: thumbprintOf(jwk), use: 'sig' },
    kid: thumbprintOf(jwk),
    publicBytes: point,
    sign: (bytes) => {
      const nonce = scalarOf(sha256(`${name} ${sha256(bytes).toString('hex')}`))
      const r = scalarOf(pointOf(nonce).subarray(1, 33))
      const s = (inverseOf(nonce) * (scalarOf(sha256(bytes)) + r * secret)) % order
      return Buffer.concat([bytesOf(r), bytesOf(s)])
    },
  }
}

/** The other signature that ECDSA accepts for the same message: (r, n − s). */
export function mirrored(signature: Buffer): Buffer {
  const s = scalarOf(signature.subarray(32))
  return Buffer.concat([signature.subarray(0, 32), bytesOf(order - s)])
}

export function sha256(bytes: Uint8Array | string): Buffer {
  return createHash('sha256').update(bytes).digest()
}

function thumbprintOf(jwk: JsonObject): string {
  return sha256(canonicalText(jwk)).toString('base64url')
}

function scalarOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`) % order
}

function bytesOf(scalar: bigint): Buffer {
  return Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex')
}

function pointOf(scalar: bigint): Buffer {
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(bytesOf(scalar))
  return curve.getPublicKey()
}

/** By Fermat: the order is prime. */
function inverseOf(scalar: bigint): bigint {
  let result = 1n
  let power = scalar
  for (let exponent = order - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * power) % order
    power = (power * power) % order
  }
  return result
}
