import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { limits } from '../../src/record/limits.ts'
import { digestOfText } from '../vault/byte-streams.ts'
import { noteEvent, stateEvent, withdrawalEvent } from '../record-event-fixtures.ts'
import { minimalRun } from '../record-fixtures.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'

let registry: RegistryUnderTest
let record: string
let filesBefore: string[]

before(async () => {
  registry = await openRegistryUnderTest()
  const deposited = await request(registry.app)
    .post('/records')
    .set('authorization', registry.bearer)
    .send(minimalRun())
  record = deposited.body.digest
  filesBefore = await registry.files()
})
after(() => registry[Symbol.asyncDispose]())

describe('POST /records/{digest}/events, refused,', () => {
  it('says that a token is needed', async () => {
    const answer = await request(registry.app)
      .post(`/records/${record}/events`)
      .send(stateEvent(record))
    await assertRefused(answer, 401, 'token-required')
  })

  it('says that a token is not valid', async () => {
    const expired = await registry.makeToken({ days: 1, now: new Date('2020-01-01T00:00:00Z') })
    const answer = await post({ bearer: `Bearer ${expired}` })
    await assertRefused(answer, 401, 'invalid-token')
  })

  it('says that the token belongs to another project', async () => {
    const text = await registry.makeToken({ project: 'Another project' })
    const answer = await post({ bearer: `Bearer ${text}` })
    await assertRefused(answer, 403, 'wrong-project')
  })

  it('says that the path names no digest', async () => {
    await assertRefused(await post({ about: 'sha256:abc' }), 400, 'malformed-digest')
  })

  it('says that there is no such record', async () => {
    const about = await digestOfText('no record')
    const answer = await post({ about, body: JSON.stringify(stateEvent(about)) })
    await assertRefused(answer, 404, 'unknown-record')
  })

  for (const [name, value] of [
    ['content-type', 'text/plain'],
    ['content-type', 'application/json; charset=iso-8859-1'],
    ['content-encoding', 'gzip'],
  ] as const) {
    it(`says that it does not take the ${name} ${value}`, async () => {
      const answer = await post({ fields: { [name]: value } })
      await assertRefused(answer, 415, 'unsupported-media-type')
    })
  }

  it('says that the body is too large', async () => {
    const value = 'x'.repeat(limits.eventBytes)
    const answer = await post({ body: JSON.stringify(noteEvent(record, { value })) })
    await assertRefused(answer, 413, 'body-too-large')
  })

  for (const body of ['', '[]', '{"schema":', '{"value":1.5}', '{"type":"note","type":"state"}']) {
    it(`says that ${JSON.stringify(body)} is not JSON of the profile`, async () => {
      await assertRefused(await post({ body }), 400, 'invalid-json')
    })
  }

  it('says where an event breaks the rules', async () => {
    const body = JSON.stringify(stateEvent(record, { value: 'published', by: 'Ada Example' }))
    const answer = await post({ body })
    await assertRefused(answer, 422, 'invalid-event')
    assert.deepEqual(
      answer.body.findings.map(({ pointer, rule }: Record<string, string>) => [pointer, rule]),
      [
        ['/value', 'not-one-of'],
        ['/by', 'unknown-field'],
      ],
    )
  })

  it('says that the event is about another record', async () => {
    const other = await digestOfText('another record')
    const answer = await post({ body: JSON.stringify(stateEvent(other)) })
    await assertRefused(answer, 422, 'invalid-event')
    assert.deepEqual(answer.body.findings, [
      {
        pointer: '/record',
        rule: 'another-record',
        found: other,
        expected: record,
        severity: 'error',
      },
    ])
  })

  it('says where something private stands, and neither repeats nor logs it', async () => {
    const body = JSON.stringify(noteEvent(record, { value: 'Ask ada@example.org.' }))
    const answer = await post({ body })
    await assertRefused(answer, 422, 'invalid-event')
    assert.equal(answer.body.findings[0].rule, 'e-mail-address')
    assert.doesNotMatch(answer.text + registry.log(), /ada@example/)
  })

  it('withdraws nothing when the explanation says something private', async () => {
    const value = { reason: 'personal-data', explanation: 'It named ada@example.org.' }
    const answer = await post({ body: JSON.stringify(withdrawalEvent(record, { value })) })
    await assertRefused(answer, 422, 'invalid-event')
    assert.equal(answer.body.findings[0].pointer, '/value/explanation')
    assert.equal((await request(registry.app).get(`/records/${record}`)).status, 200)
  })
})

async function assertRefused(answer: request.Response, status: number, code: string) {
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.body.code, code)
  assert.equal(answer.headers['content-type'], 'application/problem+json')
  const { body: listed } = await request(registry.app).get(`/records/${record}/events`)
  assert.deepEqual(listed.items, [])
  assert.deepEqual(await registry.files(), filesBefore)
}

interface Refusable {
  readonly about?: string
  readonly body?: string
  readonly bearer?: string
  readonly fields?: Readonly<Record<string, string>>
}

/** Posts an event that would be accepted, but for what is given. */
function post({ about, body, bearer, fields = {} }: Refusable) {
  return request(registry.app)
    .post(`/records/${about ?? record}/events`)
    .set('authorization', bearer ?? registry.bearer)
    .set({ 'content-type': 'application/json', ...fields })
    .send(body ?? JSON.stringify(stateEvent(record)))
}
