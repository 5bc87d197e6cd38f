import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createPublicKey, verify } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { flattenedVerify, generateKeyPair, importJWK, type JWK } from 'jose'
import { parseDepositorSignatures } from '../../src/attestation/depositor-signature.ts'
import { signReceipt, type ReceiptFacts } from '../../src/attestation/receipt.ts'
import { KeySigner } from '../../src/attestation/signer.ts'
import { canonicalText } from '../../src/record/canonical-json.ts'
import { parseDigest } from '../../src/record/digest.ts'
import { parseStrictJson } from '../../src/record/strict-json.ts'
import { requireInFull } from '../tools.ts'

// RFC 8032, section 7.1, test 1, as JWK.
const rfcKey: JWK & { d: string } = {
  kty: 'OKP',
  crv: 'Ed25519',
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
}

async function signerOf({ d, ...jwk }: JWK & { d: string }): Promise<KeySigner> {
  const [publicKey, privateKey] = await Promise.all([
    importJWK(jwk, 'EdDSA', { extractable: true }),
    importJWK({ ...jwk, d }, 'EdDSA'),
  ])
  assert.ok(publicKey instanceof CryptoKey && privateKey instanceof CryptoKey)
  return KeySigner.of({ publicKey, privateKey })
}

const facts: ReceiptFacts = {
  issuer: 'https://registry.example.org',
  record: {
    digest: parseDigest(`sha256:${'ab'.repeat(32)}`),
    sha512: 'cd'.repeat(64),
    byteLength: 1234,
  },
  blobs: { count: 7, bytes: 123_456 },
  depositorKeys: ['kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k'],
  log: { origin: 'registry.example.org/log', index: 42, leafHash: 'ef'.repeat(32) },
  runner: parseDigest(`sha256:${'01'.repeat(32)}`),
  issuedAt: 1_795_168_800,
}

const payloadText =
  '{"blobs":{"bytes":123456,"count":7},' +
  `"bundle":{"format":1,"runner":"sha256:${'01'.repeat(32)}"},` +
  '"depositor":{"keys":["kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"]},' +
  '"iat":1795168800,"iss":"https://registry.example.org",' +
  `"log":{"index":42,"leafHash":"${'ef'.repeat(32)}","origin":"registry.example.org/log"},` +
  '"policy":"1","record":{"mediaType":"application/vnd.stele.record+json",' +
  `"sha256":"${'ab'.repeat(32)}","sha512":"${'cd'.repeat(64)}","size":1234}}`

const signer = await signerOf(rfcKey)
const receipt = await signReceipt(facts, signer)

function partsOf(text: string) {
  const { protected: header, payload, signature } = parseStrictJson(new TextEncoder().encode(text))
  assert.ok(typeof header === 'string' && typeof payload === 'string')
  assert.ok(typeof signature === 'string')
  return { header, payload, signature }
}

const { header, payload, signature } = partsOf(receipt)
const signed = Buffer.from(`${header}.${payload}`)
const textOf = (encoded: string) => Buffer.from(encoded, 'base64url').toString()

describe('a receipt', () => {
  it('says what docs/format.md, section 7 shows, in canonical form', () => {
    assert.equal(textOf(payload), payloadText)
    assert.equal(
      textOf(header),
      '{"alg":"EdDSA","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k","typ":"stele-receipt+jws"}',
    )
    assert.equal(receipt, canonicalText({ protected: header, payload, signature }))
  })

  it('names no depositor when nobody signed', async () => {
    const { payload } = partsOf(await signReceipt({ ...facts, depositorKeys: [] }, signer))
    assert.doesNotMatch(textOf(payload), /depositor/)
  })

  it('has the same bytes for the same facts, also from another process with the key', async () => {
    const again = await signReceipt(structuredClone(facts), await signerOf(rfcKey))
    assert.equal(again, receipt)
  })

  it('has other bytes for other facts', async () => {
    const others = [
      { ...facts, issuedAt: facts.issuedAt + 1 },
      { ...facts, log: { ...facts.log, index: 43 } },
      { ...facts, blobs: { count: 7, bytes: 123_457 } },
    ]
    const receipts = await Promise.all(others.map((other) => signReceipt(other, signer)))
    assert.equal(new Set([...receipts, receipt]).size, 4)
  })

  it('is verified by jose', async () => {
    const key = await importJWK({ ...signer.publicKey }, 'EdDSA')
    const verified = await flattenedVerify({ protected: header, payload, signature }, key, {
      algorithms: ['EdDSA'],
    })
    assert.equal(new TextDecoder().decode(verified.payload), payloadText)
  })

  it('is verified by node:crypto', () => {
    const { kty, crv, x } = signer.publicKey
    const key = createPublicKey({ key: { kty, crv, x }, format: 'jwk' })
    assert.ok(verify(null, signed, key, Buffer.from(signature, 'base64url')))
  })

  it('is verified by OpenSSL, and not when a byte of it changes', requireInFull('openssl'), () => {
    assert.equal(verifiedByOpenssl(signed), 0)
    assert.notEqual(verifiedByOpenssl(Buffer.concat([signed, Buffer.from('A')])), 0)
  })

  it('is not verified with another key', async () => {
    const { publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' })
    const jws = { protected: header, payload, signature }
    await assert.rejects(flattenedVerify(jws, publicKey, { algorithms: ['EdDSA'] }), {
      code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    })
  })

  it('is no depositor signature, even where its key is registered', async () => {
    const document = JSON.stringify({ protected: header, signature })
    await assert.rejects(
      parseDepositorSignatures(
        new TextEncoder().encode(document),
        Buffer.from(payloadText),
        async () => signer.publicKey,
      ),
      /InvalidSignature: signature 0: found header/,
    )
  })
})

function verifiedByOpenssl(bytes: Buffer): number | null {
  const { kty, crv, x } = signer.publicKey
  const key = createPublicKey({ key: { kty, crv, x }, format: 'jwk' })
  const directory = mkdtempSync(join(tmpdir(), 'stele-receipt-'))
  try {
    const file = (name: string) => join(directory, name)
    writeFileSync(file('key.pem'), key.export({ type: 'spki', format: 'pem' }))
    writeFileSync(file('signed'), bytes)
    writeFileSync(file('signature'), Buffer.from(signature, 'base64url'))
    const options = ['-verify', '-pubin', '-rawin', '-inkey', file('key.pem')]
    const files = ['-in', file('signed'), '-sigfile', file('signature')]
    return spawnSync('openssl', ['pkeyutl', ...options, ...files]).status
  } finally {
    rmSync(directory, { recursive: true })
  }
}
