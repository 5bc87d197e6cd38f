import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { canonicalText } from '../../src/record/canonical-json.ts'
import { parseDigest } from '../../src/record/digest.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { citationEvent, noteEvent, stateEvent } from '../record-event-fixtures.ts'
import { minimalPlan, minimalRun } from '../record-fixtures.ts'
import { digestOfText } from '../vault/byte-streams.ts'
import { temporaryDirectory } from '../vault/temporary-vault.ts'
import { receiveBytes } from './received-answer.ts'
import { keyEntries, openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'

const now = new Date('2026-11-21T10:00:00Z')

let registry: RegistryUnderTest
let record: string

before(async () => {
  registry = await openRegistryUnderTest({ clock: () => now })
  record = await deposit(minimalRun())
})
after(() => registry[Symbol.asyncDispose]())

describe('POST /records/{digest}/events', () => {
  it('accepts a statement and gives it a name, a place in the log, a receipt and a proof', async () => {
    await using own = await openRegistryUnderTest({ clock: () => now })
    const about = await deposit(minimalRun(), own)
    const event = stateEvent(about)
    const digest = await digestOfText(canonicalText(event))
    const answer = await post(about, event, { on: own })
    assert.equal(answer.status, 201)
    assert.equal(answer.headers['location'], `/events/${digest}`)
    const { receipt, proof, ...rest } = answer.body
    const acceptedAt = '2026-11-21T10:00:00Z'
    assert.deepEqual(rest, { digest, logIndex: keyEntries + 1, acceptedAt })
    assert.deepEqual(Object.keys(receipt), ['payload', 'protected', 'signature'])
    assert.match(proof, /^c2sp\.org\/tlog-proof@v1\n/)
  })

  it('answers the same statement again with its first place, time, receipt and proof', async () => {
    let time = now
    await using own = await openRegistryUnderTest({ clock: () => time })
    const about = await deposit(minimalRun(), own)
    const first = await post(about, stateEvent(about), { on: own })
    time = new Date('2026-11-21T11:00:00Z')
    const other = await post(about, noteEvent(about), { on: own })
    const second = await post(about, `\n${JSON.stringify(stateEvent(about), null, 2)}`, { on: own })
    assert.deepEqual([first.status, other.status, second.status], [201, 201, 200])
    assert.deepEqual(second.body, first.body)
    assert.equal(other.body.logIndex, first.body.logIndex + 1)
  })

  it('gives twenty that come at the same time twenty places without a gap', async () => {
    await using own = await openRegistryUnderTest()
    const [one, two] = [await deposit(minimalRun(), own), await deposit(minimalPlan(), own)]
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const about = index % 2 === 0 ? one : two
        return post(about, noteEvent(about, { value: `note ${index}` }), { on: own })
      }),
    )
    assert.deepEqual(
      answers.map((answer) => answer.body.logIndex).sort((a, b) => a - b),
      Array.from({ length: 20 }, (_, number) => keyEntries + 2 + number),
    )
  })

  it('gives one place and one receipt to the same statement that comes many times at once', async () => {
    const event = noteEvent(record, { value: 'said by five' })
    const answers = await Promise.all(Array.from({ length: 5 }, () => post(record, event)))
    const statuses = answers.map((answer) => answer.status).sort((a, b) => a - b)
    assert.deepEqual(statuses, [200, 200, 200, 200, 201])
    assert.equal(new Set(answers.map(({ body }) => JSON.stringify(body))).size, 1)
  })

  it('keeps the bytes in the store, under the name it answers', async () => {
    const event = noteEvent(record, { value: 'kept' })
    const { digest } = (await post(record, event)).body
    const hex = parseDigest(digest).slice('sha256:'.length)
    assert.ok((await registry.files()).includes(`events/sha256/${hex.slice(0, 2)}/${hex}.json`))
  })

  it('leaves the record, its digest and its documents as they are', async () => {
    const was = await bytesOf(`/records/${record}/record.json`)
    const receiptWas = await bytesOf(`/records/${record}/receipt`)
    await post(record, stateEvent(record, { value: 'archive' }))
    assert.deepEqual(await bytesOf(`/records/${record}/record.json`), was)
    assert.deepEqual(await bytesOf(`/records/${record}/receipt`), receiptWas)
  })

  it('takes the token of the record’s project', async () => {
    const bearer = `Bearer ${await registry.makeToken({ project: 'Example project' })}`
    const answer = await post(record, noteEvent(record, { value: 'ours' }), { bearer })
    assert.equal(answer.status, 201)
  })
})

describe('GET /records/{digest}/events', () => {
  it('lists what was stated, oldest first, page by page', async () => {
    const about = await deposit(minimalRun({ title: 'Stated thrice' }))
    const events = [stateEvent(about), citationEvent(about), noteEvent(about)]
    const answers: JsonObject[] = []
    for (const event of events) answers.push((await post(about, event)).body)
    const first = await request(registry.app).get(`/records/${about}/events?limit=2`)
    const rest = await request(registry.app).get(
      `/records/${about}/events?limit=2&cursor=${first.body.next}`,
    )
    const expected = events.map(({ type, value, statedAt }, index) => {
      const { receipt: _receipt, proof: _proof, ...place } = answers[index] ?? {}
      return { ...place, type, value, statedAt, signedBy: [] }
    })
    assert.deepEqual([...first.body.items, ...rest.body.items], expected)
    assert.equal(first.body.items.length, 2)
    assert.equal(rest.body.next, null)
  })

  it('is empty for a record nobody said anything about', async () => {
    const about = await deposit(minimalRun({ title: 'Silent' }))
    const answer = await request(registry.app).get(`/records/${about}/events`)
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.body, { items: [], next: null })
  })

  for (const [query, status, code] of [
    ['?cursor=-1', 400, 'invalid-parameter'],
    ['?cursor=abc', 400, 'invalid-parameter'],
    ['?limit=0', 400, 'invalid-parameter'],
    ['?limit=101', 400, 'invalid-parameter'],
  ] as const) {
    it(`refuses ${query}`, async () => {
      const answer = await request(registry.app).get(`/records/${record}/events${query}`)
      assert.deepEqual([answer.status, answer.body.code], [status, code])
    })
  }

  it('answers 404 for a record that is not here', async () => {
    const unknown = await digestOfText('no record')
    const answer = await request(registry.app).get(`/records/${unknown}/events`)
    assert.deepEqual([answer.status, answer.body.code], [404, 'unknown-record'])
  })
})

describe('GET /events/{digest}', () => {
  it('gives the exact bytes, for ever', async () => {
    const event = noteEvent(record, { value: 'Größe: 3 µm ☀' })
    const { digest } = (await post(record, event)).body
    const answer = await request(registry.app)
      .get(`/events/${digest}`)
      .buffer(true)
      .parse(receiveBytes)
    assert.equal(String(answer.body), canonicalText(event))
    assert.equal(answer.headers['content-type'], 'application/json')
    assert.equal(answer.headers['etag'], `"${digest.slice('sha256:'.length)}"`)
    assert.match(answer.headers['cache-control'] ?? '', /immutable/)
  })

  it('answers 404 for what nobody stated, also when a record has that digest', async () => {
    const unknown = await request(registry.app).get(`/events/${await digestOfText('nothing')}`)
    const other = await request(registry.app).get(`/events/${record}`)
    assert.deepEqual([unknown.status, unknown.body.code], [404, 'unknown-event'])
    assert.deepEqual([other.status, other.body.code], [404, 'unknown-event'])
  })
})

describe('Events of a registry that is opened again', () => {
  it('are the same bytes in the same places, and the next one follows', async () => {
    const directory = await temporaryDirectory()
    const choices = { directory, database: `sqlite:${join(directory, 'catalog.sqlite')}` }
    const { about, listed } = await stateOnce(choices)
    await using again = await openRegistryUnderTest(choices)
    const answer = await request(again.app).get(`/records/${about}/events`)
    const exact = await request(again.app).get(`/events/${listed.items[0].digest}`)
    const next = await post(about, noteEvent(about), { on: again })
    assert.deepEqual(answer.body, listed)
    assert.deepEqual(exact.body, stateEvent(about))
    assert.equal(next.body.logIndex, listed.items[0].logIndex + 1)
  })
})

async function stateOnce(choices: { directory: string; database: string }) {
  await using own = await openRegistryUnderTest(choices)
  const about = await deposit(minimalRun(), own)
  await post(about, stateEvent(about), { on: own })
  return { about, listed: (await request(own.app).get(`/records/${about}/events`)).body }
}

async function deposit(document: JsonObject, on: RegistryUnderTest = registry): Promise<string> {
  const answer = await request(on.app)
    .post('/records')
    .set('authorization', on.bearer)
    .send(document)
  assert.equal(answer.status, 201, answer.text)
  return answer.body.digest
}

function post(
  about: string,
  event: JsonObject | string,
  { on = registry, bearer = on.bearer }: { on?: RegistryUnderTest; bearer?: string } = {},
) {
  return request(on.app)
    .post(`/records/${about}/events`)
    .set('authorization', bearer)
    .set('content-type', 'application/json')
    .send(event)
}

async function bytesOf(path: string): Promise<Buffer> {
  const answer = await request(registry.app).get(path).buffer(true).parse(receiveBytes)
  return answer.body
}
