import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { withdrawalEvent } from '../record-event-fixtures.ts'
import { temporaryDirectory } from '../vault/temporary-vault.ts'
import { receiveBytes } from './received-answer.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'
import { digestOfText, runWithOutputs } from './run-with-outputs.ts'

const alone = 'only the withdrawn record names it\n'
const shared = 'another record names it too\n'
const unnamed = 'no record names it\n'

let registry: RegistryUnderTest
let other: string

before(async () => {
  registry = await openRegistryUnderTest()
  for (const text of [alone, shared, unnamed]) await put(text)
  const record = await deposit(runWithOutputs([alone, shared]))
  other = await deposit(runWithOutputs([shared], { title: 'Still there' }))
  await withdraw(record)
})
after(() => registry[Symbol.asyncDispose]())

describe('A blob that only withdrawn records name', () => {
  it('is not given out', async () => {
    const answer = await request(registry.app).get(`/blobs/${digestOfText(alone)}`)
    assert.deepEqual([answer.status, answer.body.code], [410, 'withdrawn'])
  })

  it('is not given out to HEAD, in part, or to a client that has it', async () => {
    const path = `/blobs/${digestOfText(alone)}`
    const etag = `"${digestOfText(alone).slice('sha256:'.length)}"`
    const answers = [
      await request(registry.app).head(path),
      await request(registry.app).get(path).set('range', 'bytes=0-3'),
      await request(registry.app).get(path).set('if-none-match', etag),
    ]
    assert.deepEqual(
      answers.map(({ status }) => status),
      [410, 410, 410],
    )
  })

  it('is there all the same for those who deposit', async () => {
    const digests = [digestOfText(alone), digestOfText('missing')]
    const asked = await request(registry.app).post('/blobs/missing').send({ digests })
    assert.deepEqual(asked.body, { missing: [digestOfText('missing')] })
    await put(alone, 200)
  })

  it('is given out again when a new record names it', async () => {
    await using own = await openRegistryUnderTest()
    await put(alone, 201, own)
    await withdraw(await deposit(runWithOutputs([alone]), own), own)
    await deposit(runWithOutputs([alone], { title: 'A corrected record' }), own)
    const answer = await request(own.app)
      .get(`/blobs/${digestOfText(alone)}`)
      .buffer(true)
    assert.equal(answer.status, 200)
    assert.equal(String(answer.body), alone)
  })

  it('stays so when the registry is opened again', async () => {
    const directory = await temporaryDirectory()
    const choices = { directory, database: `sqlite:${join(directory, 'catalog.sqlite')}` }
    const record = await withdrawIn(choices)
    await using own = await openRegistryUnderTest(choices)
    const blob = await request(own.app).get(`/blobs/${digestOfText(alone)}`)
    const tombstone = await request(own.app).get(`/records/${record}`)
    assert.deepEqual([blob.status, tombstone.status], [410, 410])
  })
})

describe('A blob that another record or no record names', () => {
  for (const text of [shared, unnamed]) {
    it(`is given out as before: ${text.trim()}`, async () => {
      const answer = await request(registry.app)
        .get(`/blobs/${digestOfText(text)}`)
        .buffer(true)
      assert.equal(answer.status, 200)
      assert.equal(String(answer.body), text)
    })
  }

  it('is in the bundle of that record', async () => {
    const answer = await request(registry.app)
      .get(`/records/${other}/bundle.tar?profile=full`)
      .buffer(true)
      .parse(receiveBytes)
    assert.equal(answer.status, 200)
    assert.ok(answer.body.includes(shared))
  })
})

async function withdrawIn(choices: { directory: string; database: string }): Promise<string> {
  await using own = await openRegistryUnderTest(choices)
  await put(alone, 201, own)
  const record = await deposit(runWithOutputs([alone]), own)
  await withdraw(record, own)
  return record
}

async function put(text: string, status = 201, on: RegistryUnderTest = registry): Promise<void> {
  await request(on.app)
    .put(`/blobs/${digestOfText(text)}`)
    .set('authorization', on.bearer)
    .set('content-type', 'application/octet-stream')
    .send(text)
    .expect(status)
}

async function deposit(document: JsonObject, on: RegistryUnderTest = registry): Promise<string> {
  const sent = request(on.app).post('/records').set('authorization', on.bearer)
  return (await sent.send(document).expect(201)).body.digest
}

async function withdraw(record: string, on: RegistryUnderTest = registry): Promise<void> {
  await request(on.app)
    .post(`/records/${record}/events`)
    .set('authorization', on.bearer)
    .send(withdrawalEvent(record))
    .expect(201)
}
