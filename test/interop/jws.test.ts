import assert from 'node:assert/strict'
import { createHash, createPrivateKey } from 'node:crypto'
import { describe, it } from 'node:test'
import { FlattenedSign, generateKeyPair, GeneralSign, importJWK } from 'jose'
import { parseDepositorSignatures } from '../../src/attestation/depositor-signature.ts'
import { parsePublicKey, type PublicKey } from '../../src/attestation/public-keys.ts'
import { signReceipt } from '../../src/attestation/receipt.ts'
import { KeySigner } from '../../src/attestation/signer.ts'
import { parseDigest } from '../../src/record/digest.ts'
import { headerOf, newDepositor, type Depositor } from '../attestation/depositors.ts'
import { requireInFull } from '../tools.ts'
import { checkDeposit, checkReceipt, requireJwcrypto, signWithJwcrypto } from './jwcrypto.ts'
import {
  newOpensslKey,
  signWithOpenssl,
  verifyWithOpenssl,
  type FlattenedSignature,
} from './openssl.ts'

const record = Buffer.from('{"title":"A run of one stage"}')
const otherRecord = Buffer.from('{"title":"A run of two stages"}')
const payload = record.toString('base64url')

const ada = await newDepositor('EdDSA')
const bo = await newDepositor('ES256')
const depositors = [ada, bo]
const keys = { keys: depositors.map(({ publicKey }) => publicKey) }

const registry = await KeySigner.of(await generateKeyPair('EdDSA', { crv: 'Ed25519' }))
const registryKeys = { keys: [registry.publicKey] }
const receipt = await signReceipt(factsOf(record), registry)

const badReceipts = [
  ['for another record', { record: otherRecord }, /another record/],
  [
    'with one changed letter',
    { receipt: receipt.replace('"payload":"e', '"payload":"f') },
    /Verification failed/,
  ],
  ['of somebody else', { keys: { keys: [ada.publicKey] } }, /an unknown key/],
  ['in the name of the registry', { receipt: await forgedReceipt() }, /Verification failed/],
  ['that is none', { receipt: await statementOf('stele-deposit+jws') }, /another purpose/],
] as const

const goodSignatures = [
  ['a receipt', registry.publicKey, parseFlattened(receipt)],
  ['a depositor signature with EdDSA', ada.publicKey, await flattened(ada)],
  ['a depositor signature with ES256', bo.publicKey, await flattened(bo)],
] as const

describe('jwcrypto accepts', requireJwcrypto(), () => {
  it('a receipt, and reads what it says', async () => {
    const { exitCode, stdout, stderr } = await checkReceipt({ keys: registryKeys, receipt, record })
    assert.equal(stderr, '')
    assert.equal(exitCode, 0)
    assert.deepEqual(JSON.parse(String(stdout)), parsePayload(receipt))
  })

  for (const depositor of depositors) {
    it(`a depositor signature that jose made with ${depositor.publicKey.alg}`, async () => {
      const { kid, alg } = depositor.publicKey
      const signatures = await storedSignatures([depositor])
      const { exitCode, stdout, stderr } = await checkDeposit({ keys, signatures, record })
      assert.equal(stderr, '')
      assert.equal(exitCode, 0)
      assert.deepEqual(JSON.parse(String(stdout)), [{ kid, alg }])
    })
  }

  it('the signatures of two depositors', async () => {
    const signatures = await storedSignatures(depositors)
    const { stdout } = await checkDeposit({ keys, signatures, record })
    assert.equal(JSON.parse(String(stdout)).length, 2)
  })
})

describe('jwcrypto refuses', requireJwcrypto(), () => {
  for (const [what, changes, reason] of badReceipts) {
    it(`a receipt ${what}`, async () => {
      const evidence = { keys: registryKeys, receipt, record, ...changes }
      const { exitCode, stderr } = await checkReceipt(evidence)
      assert.match(stderr, reason)
      assert.equal(exitCode, 1)
    })
  }

  it('a good signature beside a bad one', async () => {
    const [good, other] = JSON.parse(await storedSignatures(depositors)).signatures
    const signatures = JSON.stringify({
      signatures: [good, { ...other, signature: good.signature }],
    })
    const { exitCode, stderr } = await checkDeposit({ keys, signatures, record })
    assert.match(stderr, /Verification failed/)
    assert.equal(exitCode, 1)
  })

  for (const depositor of depositors) {
    it(`a signature over other bytes with ${depositor.publicKey.alg}`, async () => {
      const signatures = await storedSignatures([depositor])
      const outcome = await checkDeposit({ keys, signatures, record: otherRecord })
      assert.match(outcome.stderr, /Verification failed/)
      assert.equal(outcome.exitCode, 1)
    })
  }
})

describe('The registry accepts a signature', () => {
  for (const alg of ['EdDSA', 'ES256'] as const) {
    it(`that jwcrypto made with ${alg}, over these bytes alone`, requireJwcrypto(), async () => {
      const { key, signature } = await signWithJwcrypto(alg, record)
      const publicKey = await parsePublicKey(key)
      const { signatures } = await verify(signature, record, publicKey)
      assert.deepEqual(
        signatures.map(({ kid, alg }) => ({ kid, alg })),
        [{ kid: publicKey.kid, alg }],
      )
      await assert.rejects(verify(signature, otherRecord, publicKey), /does not verify/)
    })

    it(`that openssl made with ${alg}, over these bytes alone`, requireOpenssl(), async () => {
      const key = await newOpensslKey(alg)
      const publicKey = await parsePublicKey(key.jwk)
      const privateKey = createPrivateKey(key.privateKey)
      const header = encoded(JSON.stringify(headerOf({ publicKey, privateKey })))
      const signature = await signWithOpenssl(key, `${header}.${payload}`)
      const made = { protected: header, signature }
      assert.equal((await verify(made, record, publicKey)).signatures.length, 1)
      await assert.rejects(verify(made, otherRecord, publicKey), /does not verify/)
    })
  }
})

describe('openssl', requireOpenssl(), () => {
  for (const [what, key, made] of goodSignatures) {
    it(`accepts ${what}`, async () => {
      const { exitCode, stderr } = await verifyWithOpenssl(key, made)
      assert.equal(stderr, '')
      assert.equal(exitCode, 0)
    })

    it(`refuses ${what} over other bytes`, async () => {
      const changed = { ...made, payload: otherRecord.toString('base64url') }
      const { exitCode, stdout } = await verifyWithOpenssl(key, changed)
      assert.match(String(stdout), /verification failure/i)
      assert.equal(exitCode, 1)
    })
  }
})

function requireOpenssl() {
  return requireInFull('openssl')
}

/** What the registry stores of the signatures that jose made. */
async function storedSignatures(depositors: readonly Depositor[]): Promise<string> {
  const sign = new GeneralSign(record)
  for (const depositor of depositors) {
    const jwk = depositor.privateKey.export({ format: 'jwk' })
    const key = await importJWK(jwk, depositor.publicKey.alg)
    sign.addSignature(key).setProtectedHeader(headerOf(depositor))
  }
  const { signatures } = await sign.sign()
  const document = Buffer.from(JSON.stringify({ signatures }))
  const findKey = async (kid: string) => keys.keys.find((key) => key.kid === kid)
  return (await parseDepositorSignatures(document, record, findKey)).text
}

async function verify(signature: object, record: Buffer, key: PublicKey) {
  const document = Buffer.from(JSON.stringify(signature))
  return parseDepositorSignatures(document, record, async (kid) =>
    kid === key.kid ? key : undefined,
  )
}

async function flattened(depositor: Depositor): Promise<FlattenedSignature> {
  const [made] = JSON.parse(await storedSignatures([depositor])).signatures
  return { ...made, payload }
}

/** A receipt that another key signed under the name of the registry's. */
async function forgedReceipt(): Promise<string> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' })
  return signReceipt(factsOf(record), {
    publicKey: registry.publicKey,
    sign: (payload, typ) =>
      new FlattenedSign(payload)
        .setProtectedHeader({ alg: 'EdDSA', kid: registry.publicKey.kid, typ })
        .sign(privateKey),
  })
}

/** What a receipt says, signed by the registry for another purpose. */
async function statementOf(typ: string): Promise<string> {
  return JSON.stringify(await registry.sign(Buffer.from(parseFlattened(receipt).payload), typ))
}

function factsOf(record: Buffer) {
  const digest = parseDigest(`sha256:${createHash('sha256').update(record).digest('hex')}`)
  const sha512 = createHash('sha512').update(record).digest('hex')
  return {
    issuer: 'https://registry.example.org',
    record: { digest, sha512, byteLength: record.length },
    blobs: { count: 0, bytes: 0 },
    depositorKeys: [],
    log: { origin: 'registry.example.org/log', index: 7, leafHash: '0'.repeat(64) },
    runner: digest,
    issuedAt: 1_700_000_000,
  }
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url')
}

function parseFlattened(jws: string): FlattenedSignature {
  return JSON.parse(jws)
}

function parsePayload(jws: string): unknown {
  return JSON.parse(Buffer.from(parseFlattened(jws).payload, 'base64url').toString())
}
