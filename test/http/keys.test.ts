import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { depositorKeyLeaf } from '../../src/log/leaf.ts'
import { canonicalBytes } from '../../src/record/canonical-json.ts'
import { hexDigest } from '../../src/record/digest.ts'
import { newDepositor, signWith, type Depositor } from '../attestation/depositors.ts'
import { minimalRun } from '../record-fixtures.ts'
import { askNonce, project, registerKey, revokeKey } from './key-registration.ts'
import { filePart, formOf, formType } from './multipart-form.ts'
import { receiveBytes } from './received-answer.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'

const morning = new Date('2026-11-23T08:00:00Z')
const noon = new Date('2026-11-23T12:00:00Z')
const evening = new Date('2026-11-23T18:00:00Z')

let now = morning
let registry: RegistryUnderTest

before(async () => {
  registry = await openRegistryUnderTest({ clock: () => now })
})
after(() => registry[Symbol.asyncDispose]())

describe('POST /depositor-keys/nonce', () => {
  it('gives a text that is good for five minutes, and says whose the token is', async () => {
    now = morning
    const authorization = `Bearer ${await registry.makeToken({ project })}`
    const answer = await askNonce(registry, authorization)
    assert.equal(answer.status, 200)
    assert.equal(answer.headers['cache-control'], 'no-store')
    assert.match(answer.body.nonce, /^[A-Za-z0-9_-]{54}$/)
    assert.equal(answer.body.expiresAt, '2026-11-23T08:05:00.000Z')
    assert.equal(answer.body.project, project)
  })

  it('gives nothing without a token', async () => {
    const answer = await request(registry.app).post('/depositor-keys/nonce')
    assert.equal(answer.body.code, 'token-required')
  })
})

describe('POST /depositor-keys', () => {
  for (const alg of ['EdDSA', 'ES256'] as const) {
    it(`binds a key for ${alg} to the project, in the log`, async () => {
      now = noon
      const ada = await newDepositor(alg)
      const { kid } = ada.publicKey
      const answer = await registerKey(registry, ada)
      assert.equal(answer.status, 201)
      assert.equal(answer.headers['location'], `/depositor-keys/${kid}`)
      const { logIndex, ...facts } = answer.body
      assert.deepEqual(facts, { kid, project, addedAt: '2026-11-23T12:00:00Z' })
      const projectSha256 = await hexDigest('SHA-256', Buffer.from(project))
      const at = '2026-11-23T12:00:00Z'
      const leaf = depositorKeyLeaf({ action: 'bound', kid, projectSha256, at })
      assert.deepEqual(await publishedEntry(logIndex), Buffer.from(leaf))
    })
  }

  it('takes either name of Ed25519', async () => {
    const answer = await registerKey(registry, await newDepositor('EdDSA'), {
      header: { alg: 'Ed25519' },
    })
    assert.equal(answer.status, 201)
  })

  it('answers the first place and time when a key is sent again', async () => {
    const ada = await newDepositor('EdDSA')
    now = morning
    const first = await registerKey(registry, ada)
    now = noon
    const again = await registerKey(registry, ada)
    assert.deepEqual([first.status, again.status], [201, 200])
    assert.deepEqual(again.body, first.body)
  })

  it('lets the token of a project bind a key to that project', async () => {
    const authorization = `Bearer ${await registry.makeToken({ project })}`
    const ada = await newDepositor('EdDSA')
    assert.equal((await registerKey(registry, ada, { authorization })).status, 201)
    assert.equal((await depositSigned(ada, 'By the key of a project')).status, 201)
  })

  it('lets the token for every project bind a key to every project', async () => {
    const ada = await newDepositor('EdDSA')
    const answer = await registerKey(registry, ada, { stated: { project: '*' } })
    assert.equal(answer.body.project, '*')
    assert.equal((await depositSigned(ada, 'By the key of all projects')).status, 201)
  })
})

describe('GET /depositor-keys/{kid}', () => {
  it('says for each project since when and until when the key may sign', async () => {
    const ada = await newDepositor('EdDSA')
    const { kid } = ada.publicKey
    now = morning
    const bound = await registerKey(registry, ada)
    const other = await registerKey(registry, ada, { stated: { project: 'Another project' } })
    now = noon
    const revoked = await revokeKey(registry, ada)
    const answer = await request(registry.app).get(`/depositor-keys/${kid}`)
    assert.equal(answer.status, 200)
    assert.equal(answer.headers['cache-control'], 'no-cache')
    const addedAt = '2026-11-23T08:00:00Z'
    const revokedAt = '2026-11-23T12:00:00Z'
    assert.deepEqual(answer.body, {
      kid,
      jwk: ada.publicKey,
      projects: [
        {
          project,
          addedAt,
          logIndex: bound.body.logIndex,
          revokedAt,
          revokedLogIndex: revoked.body.logIndex,
        },
        {
          project: 'Another project',
          addedAt,
          logIndex: other.body.logIndex,
          revokedAt: null,
          revokedLogIndex: null,
        },
      ],
    })
  })

  it('says nothing of a key that nobody registered', async () => {
    const { publicKey } = await newDepositor('EdDSA')
    const answer = await request(registry.app).get(`/depositor-keys/${publicKey.kid}`)
    assert.deepEqual([answer.status, answer.body.code], [404, 'unknown-key'])
  })
})

describe('POST /depositor-keys/{kid}/revocation', () => {
  it('ends a key, in the log, and keeps the first time', async () => {
    const ada = await newDepositor('EdDSA')
    const { kid } = ada.publicKey
    now = morning
    await registerKey(registry, ada)
    const authorization = `Bearer ${await registry.makeToken({ project })}`
    now = noon
    const first = await revokeKey(registry, ada, { authorization })
    now = evening
    const again = await revokeKey(registry, ada)
    assert.deepEqual([first.status, again.status], [201, 200])
    assert.deepEqual(again.body, first.body)
    const at = '2026-11-23T12:00:00Z'
    const projectSha256 = await hexDigest('SHA-256', Buffer.from(project))
    const leaf = depositorKeyLeaf({ action: 'revoked', kid, projectSha256, at })
    assert.deepEqual(await publishedEntry(first.body.logIndex), Buffer.from(leaf))
  })

  it('is for the project of the token when it names none', async () => {
    const ada = await newDepositor('EdDSA')
    await registerKey(registry, ada)
    const authorization = `Bearer ${await registry.makeToken({ project })}`
    const { kid } = ada.publicKey
    const sent = request(registry.app).post(`/depositor-keys/${kid}/revocation`)
    assert.equal((await sent.set({ authorization })).body.project, project)
  })
})

describe('A signature is good only while its key is bound', () => {
  it('not before the key was registered', async () => {
    const ada = await newDepositor('EdDSA')
    now = morning
    assert.equal((await depositSigned(ada, 'Too early')).body.code, 'invalid-signature')
    now = noon
    await registerKey(registry, ada)
    assert.equal((await depositSigned(ada, 'Too early')).status, 201)
  })

  it('not after it was revoked, and what it signed before stays', async () => {
    const ada = await newDepositor('EdDSA')
    now = morning
    await registerKey(registry, ada)
    const { digest } = (await depositSigned(ada, 'In time')).body
    const before = await bytesAt(`/records/${digest}/signatures`)
    now = noon
    await revokeKey(registry, ada)
    assert.equal((await depositSigned(ada, 'Too late')).body.code, 'invalid-signature')
    assert.deepEqual(await bytesAt(`/records/${digest}/signatures`), before)
    assert.ok((await bytesAt(`/records/${digest}/bundle.tar`)).includes(ada.publicKey.kid))
  })

  it('not for the project of somebody else', async () => {
    const bo = await newDepositor('EdDSA')
    await registerKey(registry, bo, { stated: { project: 'Another project' } })
    assert.equal((await depositSigned(bo, 'Of another')).body.code, 'invalid-signature')
  })
})

/** The exact bytes of an entry, from the bundle that the newest checkpoint has. */
async function publishedEntry(logIndex: number): Promise<Buffer> {
  const [, size] = String(await bytesAt('/log/checkpoint')).split('\n')
  assert.ok(logIndex < Number(size))
  let rest = await bytesAt(`/log/tile/entries/000.p/${size}`)
  for (let skipped = 0; skipped < logIndex; skipped += 1) {
    rest = rest.subarray(2 + rest.readUInt16BE())
  }
  return rest.subarray(2, 2 + rest.readUInt16BE())
}

async function depositSigned(depositor: Depositor, title: string) {
  const bytes = canonicalBytes(minimalRun({ title }))
  const { protected: header, signature } = signWith(depositor, bytes)
  const document = JSON.stringify({ protected: header, signature })
  return request(registry.app)
    .post('/records')
    .set({ authorization: registry.bearer, 'content-type': formType })
    .send(formOf(filePart('record', bytes), filePart('signature', document)))
}

async function bytesAt(path: string): Promise<Buffer> {
  const answer = await request(registry.app).get(path).buffer(true).parse(receiveBytes).expect(200)
  assert.ok(Buffer.isBuffer(answer.body))
  return answer.body
}
