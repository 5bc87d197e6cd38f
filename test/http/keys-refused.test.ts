import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { limits } from '../../src/record/limits.ts'
import { newDepositor, signWith, type Depositor } from '../attestation/depositors.ts'
import {
  askNonce,
  project,
  registerKey,
  revokeKey,
  type RegistrationChanges,
} from './key-registration.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'

const ada = await newDepositor('EdDSA')
const mallory = await newDepositor('EdDSA')
const curve = await newDepositor('ES256')

let now = new Date('2026-11-23T08:00:00Z')
let registry: RegistryUnderTest

before(async () => {
  registry = await openRegistryUnderTest({ clock: () => now })
})
after(() => registry[Symbol.asyncDispose]())

const otherCurve = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey

describe('A key is not registered', () => {
  const unusable = [422, 'unusable-key'] as const
  const unproven = [422, 'invalid-key-proof'] as const
  for (const [why, changes, [status, code]] of [
    ['with its private part', { body: { jwk: jwkOf(ada) } }, unusable],
    ['of type RSA', { body: { jwk: publicJwk(rsa) } }, unusable],
    ['of a curve we do not use', { body: { jwk: publicJwk(otherCurve) } }, unusable],
    ['that is a secret', { body: { jwk: { kty: 'oct', k: 'c2VjcmV0' } } }, unusable],
    [
      'that is no point of its curve',
      { body: { jwk: { ...publicPart(curve), y: 'AA' } } },
      unusable,
    ],
    ['for which somebody else signs', { signer: mallory }, unproven],
    ['that somebody else has proved', { body: { jwk: publicPart(mallory) } }, unproven],
    ['for another registry', { stated: { registry: 'https://elsewhere.example.org' } }, unproven],
    [
      'for a registry with a slash',
      { stated: { registry: 'https://registry.example.org/' } },
      unproven,
    ],
    ['with a statement about another key', { stated: { kid: mallory.publicKey.kid } }, unproven],
    ['with a statement that says more', { stated: { role: 'operator' } }, unproven],
    ['with a project that is no text', { stated: { project: 7 } }, unproven],
    ['with a project that has no name', { stated: { project: '' } }, unproven],
    ['with a project on two lines', { stated: { project: 'a\nb' } }, unproven],
    ['with a signature over a record', { header: { typ: 'stele-deposit+jws' } }, unproven],
    ['with a receipt', { header: { typ: 'stele-receipt+jws' } }, unproven],
    ['with a header that brings a key', { header: { jwk: publicPart(ada) } }, unproven],
    ['with a critical header', { header: { crit: ['b64'], b64: false } }, unproven],
    ['with no algorithm', { header: { alg: 'none' } }, unproven],
    ['with its public part as a secret', { header: { alg: 'HS256' } }, unproven],
    ['with another algorithm', { header: { alg: 'ES256' } }, unproven],
    ['with the name of another key', { header: { kid: mallory.publicKey.kid } }, unproven],
    ['with an unprotected header', { proof: { header: {} } }, unproven],
    ['with a signature that is none', { proof: { signature: '' } }, unproven],
    ['with a proof that is no object', { body: { proof: 'proof' } }, unproven],
    ['with a body that says more', { body: { project } }, unproven],
    ['with a nonce of one’s own', { stated: { nonce: 'A'.repeat(54) } }, [422, 'invalid-nonce']],
    ['with no nonce', { stated: { nonce: '' } }, [422, 'invalid-nonce']],
  ] as const satisfies readonly (readonly [
    string,
    RegistrationChanges,
    readonly [number, string],
  ])[]) {
    it(why, async () => {
      const answer = await registerKey(registry, ada, changes)
      assert.deepEqual([answer.status, answer.body.code], [status, code])
      await refusedIsUnknown(ada)
    })
  }

  it('with a statement in another form', async () => {
    const { nonce } = (await askNonce(registry)).body
    const { kid, alg } = ada.publicKey
    const registryUrl = 'https://registry.example.org'
    const text = JSON.stringify({ registry: registryUrl, project, nonce, kid }, null, 1)
    const header = { alg, kid, typ: 'stele-key-possession+jws' }
    const { protected: encoded, signature } = signWith(ada, Buffer.from(text), header)
    const payload = Buffer.from(text).toString('base64url')
    const proof = { payload, protected: encoded, signature }
    const answer = await send(JSON.stringify({ jwk: publicPart(ada), proof }))
    assert.deepEqual([answer.status, answer.body.code], [422, 'invalid-key-proof'])
    await refusedIsUnknown(ada)
  })

  it('with a nonce that has expired', async () => {
    const { nonce } = (await askNonce(registry)).body
    now = new Date(now.getTime() + limits.keyNonceMs + 1)
    const answer = await registerKey(registry, ada, { stated: { nonce } })
    assert.equal(answer.body.code, 'invalid-nonce')
    assert.match(answer.body.detail, /found a nonce that has expired/)
    await refusedIsUnknown(ada)
  })

  it('with the nonce of another token', async () => {
    const authorization = `Bearer ${await registry.makeToken({ project })}`
    const { nonce } = (await askNonce(registry, authorization)).body
    const answer = await registerKey(registry, ada, { stated: { nonce } })
    assert.equal(answer.body.code, 'invalid-nonce')
    await refusedIsUnknown(ada)
  })

  it('with the nonce of an earlier process', async () => {
    await using earlier = await openRegistryUnderTest({ clock: () => now })
    const { nonce } = (await askNonce(earlier)).body
    const answer = await registerKey(registry, ada, { stated: { nonce } })
    assert.equal(answer.body.code, 'invalid-nonce')
  })

  it('for a project that is not that of the token', async () => {
    const authorization = `Bearer ${await registry.makeToken({ project: 'Another project' })}`
    for (const wanted of [project, '*']) {
      const answer = await registerKey(registry, ada, {
        authorization,
        stated: { project: wanted },
      })
      assert.deepEqual([answer.status, answer.body.code], [403, 'wrong-project'])
    }
    await refusedIsUnknown(ada)
  })

  it('without a token', async () => {
    const answer = await request(registry.app).post('/depositor-keys').send({})
    assert.deepEqual([answer.status, answer.body.code], [401, 'token-required'])
  })

  it('from a body that is too large, or no JSON', async () => {
    const large = await send(' '.repeat(limits.keyRegistrationBytes + 1))
    assert.deepEqual([large.status, large.body.code], [413, 'body-too-large'])
    assert.equal((await send('jwk')).body.code, 'invalid-json')
    assert.equal((await send('{}')).body.code, 'invalid-key-proof')
  })

  it('a second time, once it was revoked', async () => {
    const bo = await newDepositor('EdDSA')
    await registerKey(registry, bo)
    await revokeKey(registry, bo)
    const answer = await registerKey(registry, bo)
    assert.deepEqual([answer.status, answer.body.code], [409, 'revoked-key'])
  })
})

describe('A key is not revoked', () => {
  it('with the token of another project, whatever project it names', async () => {
    const bo = await newDepositor('EdDSA')
    await registerKey(registry, bo)
    const authorization = `Bearer ${await registry.makeToken({ project: 'Another project' })}`
    const named = await revokeKey(registry, bo, { authorization })
    assert.deepEqual([named.status, named.body.code], [403, 'wrong-project'])
    const own = await revokeKey(registry, bo, { authorization, project: 'Another project' })
    assert.deepEqual([own.status, own.body.code], [404, 'unknown-key'])
    const { body } = await request(registry.app).get(`/depositor-keys/${bo.publicKey.kid}`)
    assert.equal(body.projects[0].revokedAt, null)
  })

  it('when nobody registered it', async () => {
    const answer = await revokeKey(registry, mallory)
    assert.deepEqual([answer.status, answer.body.code], [404, 'unknown-key'])
  })

  it('without a token', async () => {
    const path = `/depositor-keys/${ada.publicKey.kid}/revocation`
    assert.equal((await request(registry.app).post(path)).body.code, 'token-required')
  })
})

async function refusedIsUnknown({ publicKey: { kid } }: Depositor): Promise<void> {
  const answer = await request(registry.app).get(`/depositor-keys/${kid}`)
  assert.equal(answer.status, 404)
}

function send(body: string) {
  return request(registry.app)
    .post('/depositor-keys')
    .set({ authorization: registry.bearer, 'content-type': 'application/json' })
    .send(body)
}

function publicPart({ publicKey }: Depositor): Record<string, string> {
  const { kid: _kid, alg: _alg, use: _use, ...jwk } = publicKey
  return { ...jwk }
}

function jwkOf({ privateKey }: Depositor): Record<string, string> {
  return stringsOf(privateKey.export({ format: 'jwk' }))
}

function publicJwk(key: typeof otherCurve): Record<string, string> {
  return stringsOf(key.export({ format: 'jwk' }))
}

function stringsOf(members: object): Record<string, string> {
  return JSON.parse(JSON.stringify(members))
}
