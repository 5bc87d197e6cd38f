import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { withdrawalEvent } from '../record-event-fixtures.ts'
import { minimalCollection, minimalRun } from '../record-fixtures.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'

const now = '2026-11-22T10:00:00Z'

let registry: RegistryUnderTest
let standing: string
let withdrawn: string
let planDigest: string
let collection: string

before(async () => {
  registry = await openRegistryUnderTest({ clock: () => new Date(now) })
  const first = await deposit(minimalRun({ title: 'A run that stands' }))
  standing = first['digest']
  planDigest = first['planDigest']
  const relations = [{ type: 'replayOf', target: standing }]
  withdrawn = (await deposit(minimalRun({ title: 'A replay that went', relations })))['digest']
  collection = (await deposit(minimalCollection({ members: [standing, withdrawn] })))['digest']
  await request(registry.app)
    .post(`/records/${withdrawn}/events`)
    .set('authorization', registry.bearer)
    .send(withdrawalEvent(withdrawn))
    .expect(201)
})
after(() => registry[Symbol.asyncDispose]())

describe('A list', () => {
  it('leaves withdrawn records out, also of a search and of a plan', async () => {
    const lists = ['/records?kind=run', '/records?q=run&kind=run', `/plans/${planDigest}`]
    const found = await Promise.all(lists.map((path) => digestsAt(path)))
    assert.deepEqual(found, [[standing], [standing], [standing]])
  })

  it('has them among the others, with the time, when they are asked for', async () => {
    const { body } = await asJson('/records?kind=run&withdrawn=included')
    const ofPlan = await digestsAt(`/plans/${planDigest}?withdrawn=included`)
    assert.deepEqual(
      body.items.map((item: JsonObject) => [item['digest'], item['withdrawnAt']]),
      [
        [withdrawn, now],
        [standing, null],
      ],
    )
    assert.deepEqual(ofPlan, [withdrawn, standing])
  })

  it('takes no other word for that', async () => {
    const { status, body } = await asJson('/records?withdrawn=yes')
    assert.deepEqual([status, body.code], [400, 'invalid-parameter'])
  })

  it('marks them for people', async () => {
    const usual = await asPage('/records')
    const whole = await asPage('/records?withdrawn=included')
    assert.doesNotMatch(usual, /A replay that went/)
    assert.match(whole, /A replay that went<\/a>\s*<span class="badge withdrawn">/)
  })
})

describe('The start page', () => {
  it('leaves withdrawn records out', async () => {
    const page = await asPage('/')
    assert.match(page, /A run that stands/)
    assert.doesNotMatch(page, /A replay that went/)
  })
})

describe('The page of a record', () => {
  it('marks what was withdrawn among those that name it', async () => {
    const page = await asPage(`/records/${standing}`)
    assert.match(page, /Replayed by[^]*A replay that went<\/a> <span class="badge withdrawn">/)
  })

  it('marks what was withdrawn among those it names', async () => {
    const page = await asPage(`/records/${collection}`)
    assert.match(page, /A replay that went<\/a> <span class="badge withdrawn">/)
    assert.doesNotMatch(page, /A run that stands<\/a> <span class="badge withdrawn">/)
  })
})

async function deposit(document: JsonObject): Promise<{ digest: string; planDigest: string }> {
  const sent = request(registry.app).post('/records').set('authorization', registry.bearer)
  return (await sent.send(document).expect(201)).body
}

function asJson(path: string) {
  return request(registry.app).get(path).set('accept', 'application/json')
}

async function asPage(path: string): Promise<string> {
  return (await request(registry.app).get(path).set('accept', 'text/html').expect(200)).text
}

async function digestsAt(path: string): Promise<string[]> {
  const { body } = await asJson(path)
  return body.items.map(({ digest }: { digest: string }) => digest)
}
