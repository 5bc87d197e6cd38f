import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  InvalidKeyProof,
  parseKeyPossession,
  proveKeyPossession,
} from '../../src/attestation/key-possession.ts'
import { UnusableKey } from '../../src/attestation/public-keys.ts'
import { newDepositor, type Depositor } from './depositors.ts'

const facts = { registry: 'https://registry.example.org', project: 'rods', nonce: 'abc' }

describe('a proof that somebody has a key', () => {
  for (const alg of ['EdDSA', 'ES256'] as const) {
    it(`says for which registry, project and nonce it is, by ${alg}`, async () => {
      const ada = await newDepositor(alg)
      const { publicKey, proof } = await proveKeyPossession(facts, privateJwkOf(ada))
      assert.deepEqual(publicKey, ada.publicKey)
      const stated = await parseKeyPossession(documentOf(proof), ada.publicKey)
      assert.deepEqual(stated, { ...facts, kid: ada.publicKey.kid })
    })
  }

  it('has exactly the header of the format', async () => {
    const ada = await newDepositor('EdDSA')
    const { proof } = await proveKeyPossession(facts, privateJwkOf(ada))
    const { protected: header } = documentOf(proof)
    assert.equal(
      Buffer.from(header, 'base64url').toString(),
      `{"alg":"EdDSA","kid":"${ada.publicKey.kid}","typ":"stele-key-possession+jws"}`,
    )
  })

  it('is none for another key', async () => {
    const [ada, bo] = [await newDepositor('EdDSA'), await newDepositor('EdDSA')]
    const { proof } = await proveKeyPossession(facts, privateJwkOf(ada))
    await assert.rejects(parseKeyPossession(documentOf(proof), bo.publicKey), InvalidKeyProof)
  })

  it('is none when a bit of its signature is another', async () => {
    const ada = await newDepositor('EdDSA')
    const { proof } = await proveKeyPossession(facts, privateJwkOf(ada))
    const document = documentOf(proof)
    const signature = Buffer.from(document.signature, 'base64url')
    signature.writeUInt8(signature.readUInt8(0) ^ 1, 0)
    const altered = { ...document, signature: signature.toString('base64url') }
    await assert.rejects(parseKeyPossession(altered, ada.publicKey), InvalidKeyProof)
  })

  it('cannot be made with a key that is none of ours, or has a broken private part', async () => {
    const ada = privateJwkOf(await newDepositor('EdDSA'))
    await assert.rejects(proveKeyPossession(facts, { kty: 'oct', k: 'AAAA' }), UnusableKey)
    await assert.rejects(proveKeyPossession(facts, { ...ada, d: 'AAAA' }), UnusableKey)
  })
})

function documentOf(text: string): Record<'payload' | 'protected' | 'signature', string> {
  return JSON.parse(text)
}

function privateJwkOf({ privateKey }: Depositor): Record<string, string> {
  return JSON.parse(JSON.stringify(privateKey.export({ format: 'jwk' })))
}
