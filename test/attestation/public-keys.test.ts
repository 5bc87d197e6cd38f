import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import type { JWK } from 'jose'
import { algorithmsOf, parsePublicKey, UnusableKey } from '../../src/attestation/public-keys.ts'

const ed25519: JWK = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })
const p256: JWK = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
  format: 'jwk',
})
const bytes = (byte: number, length = 32) => Buffer.alloc(length, byte).toString('base64url')

describe('a public key', () => {
  it('has the thumbprint of RFC 8037, appendix A.3', async () => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }
    const { kid } = await parsePublicKey(jwk)
    assert.equal(kid, 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k')
  })

  it('keeps nothing but what a reader needs', async () => {
    const named = { ...p256, kid: 'mine', alg: 'ES512', use: 'enc', ext: true, owner: 'Ada' }
    const { kid, ...key } = await parsePublicKey(named)
    const { kty, crv, x, y } = p256
    assert.deepEqual(key, { kty, crv, x, y, alg: 'ES256', use: 'sig' })
    assert.match(kid, /^[\w-]{43}$/)
  })

  it('may be used with the algorithms of its type only', async () => {
    assert.deepEqual(algorithmsOf(await parsePublicKey(ed25519)), ['EdDSA', 'Ed25519'])
    assert.deepEqual(algorithmsOf(await parsePublicKey(p256)), ['ES256'])
  })
})

describe('a key is refused', () => {
  const privateKey = (type: 'ed25519' | 'ec'): JWK =>
    type === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
      : generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const refused: readonly (readonly [string, JWK, RegExp])[] = [
    ['that is private', privateKey('ed25519'), /a private key/],
    ['that is private (EC)', privateKey('ec'), /a private key/],
    ['that is symmetric', { kty: 'oct', k: bytes(1) }, /type oct/],
    ['for RSA', { kty: 'RSA', n: bytes(1, 256), e: 'AQAB' }, /type RSA/],
    ['of the curve P-384', { ...p256, crv: 'P-384' }, /EC P-384/],
    ['of the curve secp256k1', { ...p256, crv: 'secp256k1' }, /EC secp256k1/],
    ['for key agreement', { ...ed25519, crv: 'X25519' }, /OKP X25519/],
    ['with the type of another curve', { ...ed25519, kty: 'EC' }, /EC Ed25519/],
    ['without a type', {}, /\(none\)/],
    ['without coordinates', { kty: 'EC', crv: 'P-256', x: bytes(1) }, /EC P-256/],
    ['off the curve', { ...p256, y: bytes(2) }, /no point of the curve/],
    ['with the coordinates exchanged', { ...p256, x: p256.y ?? '', y: p256.x ?? '' }, /no point/],
    ['at infinity', { ...p256, x: bytes(0), y: bytes(0) }, /no point of the curve/],
    ['that is short', { ...ed25519, x: bytes(1, 31) }, /no point of the curve/],
    ['that is long', { ...ed25519, x: bytes(1, 33) }, /no point of the curve/],
    ['that is empty', { ...ed25519, x: '' }, /no point of the curve/],
    ['that is not base64url', { ...ed25519, x: '?'.repeat(43) }, /no point of the curve/],
    // One key would have several thumbprints, and revoking one would leave the others.
    ['with padding', { ...ed25519, x: `${ed25519.x}=` }, /another spelling/],
    ['with stray bits', { ...ed25519, x: bytes(7).slice(0, -1) + 'd' }, /another spelling/],
    ['with a space', { ...p256, y: ` ${p256.y}` }, /another spelling/],
  ]
  for (const [what, jwk, reason] of refused) {
    it(what, async () => {
      await assert.rejects(parsePublicKey(jwk), (error) => {
        assert.ok(error instanceof UnusableKey)
        assert.match(error.message, reason)
        return true
      })
    })
  }

  it('without its private part in the message', async () => {
    const key = privateKey('ed25519')
    await assert.rejects(
      parsePublicKey(key),
      (error) => error instanceof UnusableKey && !error.message.includes(String(key.d)),
    )
  })
})
