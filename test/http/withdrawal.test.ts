import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { decodeEntryBundle } from '../../src/log/entry-bundle.ts'
import { canonicalBytes } from '../../src/record/canonical-json.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { newDepositor, signWith } from '../attestation/depositors.ts'
import { noteEvent, withdrawalEvent } from '../record-event-fixtures.ts'
import { minimalRun } from '../record-fixtures.ts'
import { bindKey } from './bound-keys.ts'
import { filePart, formOf, formType } from './multipart-form.ts'
import { receiveBytes } from './received-answer.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
const now = '2026-11-22T10:00:00Z'
const explanation = 'The mesh was that of another case.'
const title = 'Signed and withdrawn'
const signedDocuments = ['receipt', 'proof', 'signatures']

/** Of the answer to a deposit or an event. */
interface Accepted {
  readonly digest: string
  readonly logIndex: number
  readonly receipt: JsonObject
  readonly proof: string
}

let registry: RegistryUnderTest
let record: string
let firstAnswer: Accepted
let documentsBefore: Buffer[]
let withdrawal: Accepted

before(async () => {
  registry = await openRegistryUnderTest({ clock: () => new Date(now) })
  firstAnswer = await depositSigned(minimalRun({ title }))
  record = firstAnswer.digest
  documentsBefore = await Promise.all(signedDocuments.map((name) => bytesAt(name)))
  withdrawal = await state(record, withdrawalEvent(record))
})
after(() => registry[Symbol.asyncDispose]())

describe('A withdrawn record', () => {
  for (const [path, accept] of [
    ['', 'application/json'],
    ['', 'application/vnd.stele.record+json'],
    ['', 'application/x-bibtex'],
    ['', 'text/x-bibliography'],
    ['', '*/*'],
    ['/record.json', '*/*'],
    ['/bundle.tar', '*/*'],
    ['/bundle.tar?profile=thin', 'application/x-tar'],
  ] as const) {
    it(`is refused to programs: ${path} as ${accept}`, async () => {
      const answer = await get(`/records/${record}${path}`, accept)
      assert.equal(answer.status, 410)
      assert.equal(answer.headers['content-type'], 'application/problem+json')
      assert.equal(answer.headers['cache-control'], 'no-store')
      const { code, reason, withdrawnAt, event } = answer.body
      assert.deepEqual(
        { code, reason, withdrawnAt, event },
        { code: 'withdrawn', reason: 'erroneous', withdrawnAt: now, event: withdrawal.digest },
      )
    })
  }

  for (const path of ['', '/record.json', '/bundle.tar']) {
    it(`has a tombstone for people: ${path}`, async () => {
      const answer = await get(`/records/${record}${path}`, browser)
      assert.equal(answer.status, 410)
      assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8')
      assert.equal(answer.headers['cache-control'], 'no-cache')
      for (const shown of [record, title, explanation, 'something in it is wrong']) {
        assert.ok(answer.text.includes(shown), shown)
      }
      assert.ok(answer.text.includes(`href="/records/${record}/signatures"`))
    })
  }

  it('is refused to HEAD and to a client that has it', async () => {
    const head = await request(registry.app).head(`/records/${record}`)
    const etag = `"${record.slice('sha256:'.length)}"`
    const again = await request(registry.app)
      .get(`/records/${record}/record.json`)
      .set('if-none-match', etag)
    assert.deepEqual([head.status, head.text, again.status], [410, undefined, 410])
  })

  it('is found by the beginning of its digest all the same', async () => {
    const answer = await get(`/records/${record.slice('sha256:'.length, 30)}`)
    assert.deepEqual([answer.status, answer.headers['location']], [307, `/records/${record}`])
  })

  it('keeps what was signed and logged about it', async () => {
    const documents = await Promise.all(signedDocuments.map((name) => bytesAt(name)))
    assert.deepEqual(documents, documentsBefore)
  })

  it('can be read about in its events, and the withdrawal by itself', async () => {
    const events = await get(`/records/${record}/events`)
    const event = await get(`/events/${withdrawal.digest}`)
    assert.equal(events.status, 200)
    assert.deepEqual(events.body.items[0].value, { reason: 'erroneous', explanation })
    assert.deepEqual(event.body, withdrawalEvent(record))
  })

  it('is answered with its first receipt when it is deposited again, and stays withdrawn', async () => {
    const again = await deposit(minimalRun({ title }))
    const { receipt, proof, logIndex } = firstAnswer
    assert.equal(again.status, 200)
    assert.deepEqual(
      [again.body.receipt, again.body.proof, again.body.logIndex],
      [receipt, proof, logIndex],
    )
    assert.equal((await get(`/records/${record}`)).status, 410)
  })

  it('may be spoken about and withdrawn again, and the first withdrawal counts', async () => {
    const other = (await deposit(minimalRun({ title: 'Withdrawn twice' }))).body.digest
    const first = await state(other, withdrawalEvent(other))
    await state(other, noteEvent(other, { value: 'The corrected run follows.' }))
    const value = { reason: 'rights', explanation: 'It was not ours.' }
    await state(other, withdrawalEvent(other, { value }))
    const refused = await get(`/records/${other}`)
    const tombstone = await get(`/records/${other}`, browser)
    assert.deepEqual([refused.body.reason, refused.body.event], ['erroneous', first.digest])
    assert.match(tombstone.text, /something in it is wrong[^]*The corrected run follows\./)
  })
})

describe('A withdrawal', () => {
  it('is an entry of the log of its own kind, with a reason and digests', async () => {
    const index = withdrawal.logIndex
    const width = index + 1
    const before = await bytesOf(`/log/tile/entries/000.p/${width}`)
    const leaf = JSON.parse(String(Buffer.from(decodeEntryBundle(before)[index] ?? [])))
    assert.equal(leaf.kind, 'withdrawal')
    assert.equal(leaf.spec.reason, 'erroneous')
    assert.equal(leaf.spec.record.sha256, record.slice('sha256:'.length))
    assert.equal(leaf.spec.event.sha256, withdrawal.digest.slice('sha256:'.length))
    assert.deepEqual(Object.keys(leaf.spec).sort(), [
      'event',
      'reason',
      'receivedAt',
      'record',
      'signatures',
    ])
  })

  it('needs a token of the project', async () => {
    const other = (await deposit(minimalRun({ title: 'Ours' }))).body.digest
    const bearer = `Bearer ${await registry.makeToken({ project: 'Another project' })}`
    const answer = await request(registry.app)
      .post(`/records/${other}/events`)
      .set('authorization', bearer)
      .send(withdrawalEvent(other))
    assert.deepEqual([answer.status, answer.body.code], [403, 'wrong-project'])
    assert.equal((await get(`/records/${other}`)).status, 200)
  })
})

function get(path: string, accept = '*/*') {
  return request(registry.app).get(path).set('accept', accept)
}

async function bytesOf(path: string): Promise<Buffer> {
  const answer = await request(registry.app).get(path).buffer(true).parse(receiveBytes)
  assert.equal(answer.status, 200)
  return answer.body
}

function bytesAt(name: string): Promise<Buffer> {
  return bytesOf(`/records/${record}/${name}`)
}

function deposit(document: JsonObject) {
  return request(registry.app).post('/records').set('authorization', registry.bearer).send(document)
}

async function depositSigned(document: JsonObject): Promise<Accepted> {
  const depositor = await newDepositor('EdDSA')
  await bindKey(registry, depositor, { project: 'Example project' })
  const bytes = canonicalBytes(document)
  const { protected: header, signature } = signWith(depositor, bytes)
  const signed = JSON.stringify({ protected: header, signature })
  const answer = await request(registry.app)
    .post('/records')
    .set('authorization', registry.bearer)
    .set('content-type', formType)
    .send(formOf(filePart('record', bytes), filePart('signature', signed)))
  assert.equal(answer.status, 201, answer.text)
  return answer.body
}

async function state(about: string, event: JsonObject): Promise<Accepted> {
  const answer = await request(registry.app)
    .post(`/records/${about}/events`)
    .set('authorization', registry.bearer)
    .send(event)
  assert.equal(answer.status, 201, answer.text)
  return answer.body
}
