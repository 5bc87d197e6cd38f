import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { createLocalJWKSet, flattenedVerify } from 'jose'
import request from 'supertest'
import { canonicalBytes } from '../../src/record/canonical-json.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { minimalRun } from '../record-fixtures.ts'
import { receiveBytes } from './received-answer.ts'
import {
  keyEntries,
  openRegistryUnderTest,
  registryUrl,
  type RegistryUnderTest,
} from './registry-under-test.ts'
import { digestOfText, runWithOutputs } from './run-with-outputs.ts'

describe('A receipt', () => {
  it('verifies against the published keys and says what was accepted', async () => {
    const clock = () => new Date('2026-11-20T10:00:00.999Z')
    await using registry = await openRegistryUnderTest({ clock })
    const bytes = canonicalBytes(minimalRun())
    const { receipt, digest } = await deposit(registry, minimalRun())
    const { payload, protectedHeader } = await verified(registry, receipt)
    assert.equal(protectedHeader?.typ, 'stele-receipt+jws')
    assert.equal(protectedHeader?.alg, 'EdDSA')
    assert.equal(payload.iss, registryUrl)
    assert.equal(payload.iat, Date.parse('2026-11-20T10:00:00Z') / 1000)
    assert.equal(payload.log.index, keyEntries)
    assert.equal(payload.log.origin, 'registry.example.org/log')
    assert.equal(`sha256:${payload.record.sha256}`, digest)
    assert.equal(payload.record.sha512, createHash('sha512').update(bytes).digest('hex'))
    assert.equal(payload.record.size, bytes.byteLength)
  })

  it('counts the distinct blobs of the record and their bytes', async () => {
    await using registry = await openRegistryUnderTest()
    for (const text of ['one\n', 'three\n']) await put(registry, text)
    const { receipt } = await deposit(registry, runWithOutputs(['one\n', 'three\n', 'one\n']))
    const { payload } = await verified(registry, receipt)
    assert.deepEqual(payload.blobs, { bytes: 10, count: 2 })
  })

  it('is given out byte for byte as it was answered', async () => {
    await using registry = await openRegistryUnderTest()
    const { receipt, digest } = await deposit(registry, minimalRun())
    const answer = await request(registry.app)
      .get(`/records/${digest}/receipt`)
      .buffer(true)
      .parse(receiveBytes)
    assert.equal(answer.headers['content-type'], 'application/jose+json')
    assert.equal(String(answer.body), JSON.stringify(receipt))
  })

  it('does not verify when a letter of it is changed', async () => {
    await using registry = await openRegistryUnderTest()
    const { receipt } = await deposit(registry, minimalRun())
    const changed = { ...receipt, payload: receipt.payload.replace(/^./, 'f') }
    await assert.rejects(verified(registry, changed), /signature verification failed/)
  })

  it('pins the runner that the registry serves', async () => {
    await using registry = await openRegistryUnderTest()
    const { receipt } = await deposit(registry, minimalRun())
    const { payload } = await verified(registry, receipt)
    const runner = await request(registry.app)
      .get('/runner/stele.pyz')
      .buffer(true)
      .parse(receiveBytes)
    const hex = createHash('sha256').update(runner.body).digest('hex')
    const line = await request(registry.app).get('/runner/stele.pyz.sha256')
    assert.equal(payload.bundle.runner, `sha256:${hex}`)
    assert.equal(line.text, `${hex}  stele.pyz\n`)
  })
})

describe('The published keys', () => {
  it('hold nothing private', async () => {
    await using registry = await openRegistryUnderTest()
    const answer = await request(registry.app).get('/.well-known/jwks.json')
    assert.equal(answer.status, 200)
    assert.deepEqual(
      answer.body.keys.map((key: object) => Object.keys(key).sort()),
      [['alg', 'crv', 'introducedAt', 'kid', 'kty', 'role', 'use', 'x']],
    )
  })
})

interface Receipt {
  readonly payload: string
  readonly protected: string
  readonly signature: string
}

/** What docs/format.md, section 7 says of a payload. */
interface ReceiptPayload {
  readonly iss: string
  readonly iat: number
  readonly blobs: { readonly bytes: number; readonly count: number }
  readonly bundle: { readonly runner: string }
  readonly log: { readonly index: number; readonly origin: string }
  readonly record: { readonly sha256: string; readonly sha512: string; readonly size: number }
}

async function verified({ app }: RegistryUnderTest, receipt: Receipt) {
  const answer = await request(app).get('/.well-known/jwks.json').buffer(true).parse(receiveBytes)
  const keys = createLocalJWKSet(JSON.parse(String(answer.body)))
  const { payload, protectedHeader } = await flattenedVerify(receipt, keys)
  return { payload: parsePayload(payload), protectedHeader }
}

function parsePayload(payload: Uint8Array): ReceiptPayload {
  return JSON.parse(Buffer.from(payload).toString())
}

async function deposit(
  { app, bearer }: RegistryUnderTest,
  record: JsonObject,
): Promise<{ digest: string; receipt: Receipt }> {
  const sent = request(app).post('/records').set('authorization', bearer)
  return (await sent.send(record).expect(201)).body
}

async function put({ app, bearer }: RegistryUnderTest, text: string): Promise<void> {
  await request(app)
    .put(`/blobs/${digestOfText(text)}`)
    .set('authorization', bearer)
    .set('content-type', 'application/octet-stream')
    .send(text)
    .expect(201)
}
