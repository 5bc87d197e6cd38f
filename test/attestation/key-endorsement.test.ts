import { exportJWK, generateKeyPair } from 'jose'
import assert from 'node:assert/strict'
import { verify, createPublicKey } from 'node:crypto'
import { describe, it } from 'node:test'
import { endorse, isEndorsedBy } from '../../src/attestation/key-endorsement.ts'
import { parsePublicKey } from '../../src/attestation/public-keys.ts'
import { KeySigner } from '../../src/attestation/signer.ts'
import { MalformedJws } from '../../src/attestation/strict-jws.ts'
import { canonicalText } from '../../src/record/canonical-json.ts'
import { newDepositor } from './depositors.ts'

const keys = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
const signer = await KeySigner.of(keys)
const publicKey = await parsePublicKey(await exportJWK(keys.publicKey))
const statement = { role: 'log', action: 'introduced', kid: 'new', at: '2026-11-23T08:00:00Z' }

describe('the word of a key for the next one', () => {
  it('is good for exactly what it was given for', async () => {
    const endorsement = await endorse(statement, signer)
    assert.equal(endorsement.kid, publicKey.kid)
    assert.equal(await isEndorsedBy(endorsement, statement, publicKey), true)
    const later = { ...statement, at: '2026-11-23T08:00:01Z' }
    assert.equal(await isEndorsedBy(endorsement, later, publicKey), false)
  })

  it('is a JWS over the canonical form, without its payload', async () => {
    const { protected: header, signature } = await endorse(statement, signer)
    const payload = Buffer.from(canonicalText(statement)).toString('base64url')
    const key = createPublicKey({ key: { ...publicKey }, format: 'jwk' })
    const bytes = Buffer.from(signature, 'base64url')
    assert.ok(verify(null, Buffer.from(`${header}.${payload}`), key, bytes))
    assert.equal(
      Buffer.from(header, 'base64url').toString(),
      `{"alg":"EdDSA","kid":"${publicKey.kid}","typ":"stele-key+jws"}`,
    )
  })

  it('is not that of another key', async () => {
    const endorsement = await endorse(statement, signer)
    const other = (await newDepositor('EdDSA')).publicKey
    assert.equal(await isEndorsedBy(endorsement, statement, other), false)
    const claimed = { ...endorsement, kid: other.kid }
    assert.equal(await isEndorsedBy(claimed, statement, other), false)
    assert.equal(await isEndorsedBy(claimed, statement, publicKey), false)
  })

  it('cannot be made of what the key signed as a receipt', async () => {
    const bytes = Buffer.from(canonicalText(statement))
    const signed = await signer.sign(bytes, 'stele-receipt+jws')
    const { protected: header = '', signature } = signed
    const receipt = { kid: publicKey.kid, protected: header, signature }
    assert.equal(await isEndorsedBy(receipt, statement, publicKey), false)
  })

  it('has one spelling', async () => {
    const endorsement = await endorse(statement, signer)
    const padded = { ...endorsement, signature: `${endorsement.signature}=` }
    await assert.rejects(isEndorsedBy(padded, statement, publicKey), MalformedJws)
  })
})
