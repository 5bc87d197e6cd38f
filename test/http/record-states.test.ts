import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { noteEvent, stateEvent } from '../record-event-fixtures.ts'
import { minimalRun } from '../record-fixtures.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'

let registry: RegistryUnderTest
let archived: string
let silent: string

before(async () => {
  registry = await openRegistryUnderTest()
  archived = await deposit('Twice stated')
  silent = await deposit('Never stated')
  await state(archived, stateEvent(archived, { value: 'release' }))
  await state(archived, stateEvent(archived, { value: 'archive' }))
  await state(silent, noteEvent(silent))
})
after(() => registry[Symbol.asyncDispose]())

describe('The state of a record', () => {
  it('is among what the list says of it, null when nobody stated any', async () => {
    const { body } = await request(registry.app).get('/records').set('accept', 'application/json')
    assert.deepEqual(
      body.items.map(({ digest, state: found }: JsonObject) => [digest, found]),
      [
        [silent, null],
        [archived, 'archive'],
      ],
    )
  })

  it('is something to search by, with other facets and text', async () => {
    const found = await digestsAt('/records?state=archive&q=twice&kind=run')
    const former = await digestsAt('/records?state=release')
    assert.deepEqual(found, [archived])
    assert.deepEqual(former, [])
  })

  it('must be one of the four', async () => {
    const answer = await request(registry.app).get('/records?state=published')
    assert.deepEqual([answer.status, answer.body.code], [400, 'invalid-parameter'])
  })

  it('stays chosen on the pages of a list', async () => {
    const page = await request(registry.app)
      .get('/records?state=archive')
      .set('accept', 'text/html')
    assert.match(page.text, /State: <strong>archive<\/strong>/)
    assert.match(page.text, /Twice stated/)
    assert.doesNotMatch(page.text, /Never stated/)
  })

  it('stands on the page of the record, with all that was stated', async () => {
    const page = await request(registry.app).get(`/records/${archived}`).set('accept', 'text/html')
    assert.match(page.text, /<h1[^>]*>Twice stated <span class="badge state">archive<\/span>/)
    assert.match(page.text, /<section id="events"[^]*archive[^]*release[^]*<\/section>/)
  })
})

async function deposit(title: string): Promise<string> {
  const answer = await request(registry.app)
    .post('/records')
    .set('authorization', registry.bearer)
    .send(minimalRun({ title }))
  return answer.body.digest
}

async function state(record: string, event: JsonObject): Promise<void> {
  await request(registry.app)
    .post(`/records/${record}/events`)
    .set('authorization', registry.bearer)
    .send(event)
    .expect(201)
}

async function digestsAt(path: string): Promise<string[]> {
  const { body } = await request(registry.app).get(path).set('accept', 'application/json')
  return body.items.map(({ digest }: { digest: string }) => digest)
}
