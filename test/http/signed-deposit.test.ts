import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { canonicalBytes, canonicalText } from '../../src/record/canonical-json.ts'
import { digestOf } from '../../src/record/digest.ts'
import { limits } from '../../src/record/limits.ts'
import { headerOf, newDepositor, signWith, type Signature } from '../attestation/depositors.ts'
import { minimalRun } from '../record-fixtures.ts'
import { bindKey, revokeKey } from './bound-keys.ts'
import { filePart, formOf, formType } from './multipart-form.ts'
import { receiveBytes } from './received-answer.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'

const project = 'Example project'
const ada = await newDepositor('EdDSA')
const bo = await newDepositor('ES256')
const revoked = await newDepositor('EdDSA')
const neighbour = await newDepositor('EdDSA')
const stranger = await newDepositor('EdDSA')

let registry: RegistryUnderTest

before(async () => {
  registry = await openRegistryUnderTest()
  await bindKey(registry, ada, { project })
  await bindKey(registry, bo, { project: '*' })
  await bindKey(registry, neighbour, { project: 'Another project' })
  await bindKey(registry, revoked, { project })
  await revokeKey(registry, revoked, { project })
})
after(() => registry[Symbol.asyncDispose]())

describe('A signed deposit', () => {
  it('is accepted and its signatures are given out, in the bundle too', async () => {
    const bytes = canonicalBytes(minimalRun({ title: 'Signed by two' }))
    const signatures = [signWith(ada, bytes), signWith(bo, bytes)]
    const answer = await deposit(bytes, { signatures })
    assert.equal(answer.status, 201)
    const stored = await bytesAt(`/records/${answer.body.digest}/signatures`)
    assert.equal(String(stored), canonicalText({ signatures: signatures.map(asJson) }))
    const bundle = await bytesAt(`/records/${answer.body.digest}/bundle.tar?profile=thin`)
    assert.ok(bundle.includes(stored))
    for (const { publicKey } of [ada, bo]) {
      const { kid, kty } = publicKey
      assert.ok(bundle.includes(`"kid":"${kid}","kty":"${kty}","role":"depositor"`))
      assert.ok(payloadOf(answer.body.receipt).includes(publicKey.kid))
    }
  })

  it('has one key for its receipt in the bundle', async () => {
    const bytes = canonicalBytes(minimalRun({ title: 'Signed by one of two' }))
    const { body } = await deposit(bytes, asJson(signWith(ada, bytes)))
    const bundle = await bytesAt(`/records/${body.digest}/bundle.tar?profile=thin`)
    const header = JSON.parse(Buffer.from(body.receipt.protected, 'base64url').toString())
    const forReceipts = String(bundle).match(/"kid":"[\w-]+","kty":"OKP","role":"receipt"/g)
    assert.deepEqual(forReceipts, [`"kid":"${header.kid}","kty":"OKP","role":"receipt"`])
  })

  it('may be signed in the flattened form of a JWS', async () => {
    const bytes = canonicalBytes(minimalRun({ title: 'Signed by one' }))
    const answer = await deposit(bytes, asJson(signWith(ada, bytes)))
    assert.equal(answer.status, 201)
  })

  it('has the same bundle after its key was revoked', async () => {
    const carol = await newDepositor('EdDSA')
    await bindKey(registry, carol, { project })
    const bytes = canonicalBytes(minimalRun({ title: 'Signed before' }))
    const { digest } = (await deposit(bytes, asJson(signWith(carol, bytes)))).body
    const before = await bytesAt(`/records/${digest}/bundle.tar`)
    await revokeKey(registry, carol, { project })
    assert.deepEqual(await bytesAt(`/records/${digest}/bundle.tar`), before)
  })

  it('that had no signature has none to give out', async () => {
    const { digest } = (await deposit(canonicalBytes(minimalRun()))).body
    const answer = await request(registry.app).get(`/records/${digest}/signatures`)
    assert.equal(answer.status, 404)
  })
})

describe('A signed record that is not canonical is refused, with the digest it would have', () => {
  const canonical = canonicalText(minimalRun({ title: 'A/b' }))
  for (const [what, text] of [
    ['a space', canonical.replace('"title":', '"title": ')],
    ['a line end', `${canonical}\n`],
    ['another order', canonical.replace(/^\{("authors":.*?\]),(.*)\}$/, '{$2,$1}')],
    ['an escaped letter', canonical.replace('"A/b"', '"\\u0041/b"')],
    ['an escaped slash', canonical.replace('"A/b"', '"A\\/b"')],
  ] as const) {
    it(`because of ${what}`, async () => {
      const bytes = Buffer.from(text)
      const answer = await deposit(bytes, asJson(signWith(ada, bytes)))
      assert.equal(answer.status, 422)
      assert.equal(answer.body.code, 'not-canonical')
      assert.equal(answer.body.canonicalDigest, await digestOf(Buffer.from(canonical)))
      assert.equal(text.slice(0, answer.body.offset), canonical.slice(0, answer.body.offset))
      assert.notEqual(text[answer.body.offset], canonical[answer.body.offset])
    })
  }
})

describe('A deposit with a signature that is not good is refused', () => {
  const bytes = canonicalBytes(minimalRun({ title: 'Never accepted' }))
  const good = signWith(ada, bytes)
  const withHeader = (changes: Record<string, unknown>) =>
    signWith(ada, bytes, { ...headerOf(ada), ...changes })
  for (const [why, document] of [
    ['it signs other bytes', signWith(ada, canonicalBytes(minimalRun()))],
    ['its key is not registered', signWith(stranger, bytes)],
    ['its key is registered for another project', signWith(neighbour, bytes)],
    ['its key is revoked', signWith(revoked, bytes)],
    ['it is one of a receipt', withHeader({ typ: 'stele-receipt+jws' })],
    ['it brings its own key', withHeader({ jwk: ada.publicKey })],
    ['its header is critical', withHeader({ crit: ['b64'], b64: false })],
    ['it is made with the public key as a secret', withHeader({ alg: 'HS256' })],
    ['it is none', withHeader({ alg: 'none' })],
    ['it has an unprotected header', { ...good, header: { kid: ada.publicKey.kid } }],
    ['it brings a payload', { ...good, payload: Buffer.from(bytes).toString('base64url') }],
    ['one of two is not good', { signatures: [good, signWith(stranger, bytes)] }],
    ['there is none', { signatures: [] }],
    [
      'there are too many',
      { signatures: Array.from({ length: limits.signaturesPerRecord + 1 }, () => good) },
    ],
  ] as const) {
    it(`because ${why}`, async () => {
      const before = await registry.files()
      const answer = await deposit(bytes, document)
      assert.equal(answer.status, 422)
      assert.equal(answer.body.code, 'invalid-signature')
      assert.deepEqual(await registry.files(), before)
    })
  }

  it('because it is no JSON', async () => {
    const answer = await deposit(bytes, 'none')
    assert.equal(answer.status, 400)
    assert.equal(answer.body.code, 'invalid-json')
  })
})

function deposit(record: Uint8Array, signature?: unknown) {
  const text = typeof signature === 'string' ? signature : JSON.stringify(signature)
  const parts = [filePart('record', record)]
  if (signature !== undefined) parts.push(filePart('signature', text))
  return request(registry.app)
    .post('/records')
    .set('authorization', registry.bearer)
    .set('content-type', formType)
    .send(formOf(...parts))
}

async function bytesAt(path: string): Promise<Buffer> {
  const answer = await request(registry.app).get(path).buffer(true).parse(receiveBytes).expect(200)
  assert.ok(Buffer.isBuffer(answer.body))
  return answer.body
}

function asJson({ protected: header, signature }: Signature) {
  return { protected: header, signature }
}

function payloadOf(receipt: { payload: string }): string {
  return Buffer.from(receipt.payload, 'base64url').toString()
}
