import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { limits } from '../../src/record/limits.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'
import { digestOfText } from './run-with-outputs.ts'

const here = digestOfText('here')
const absent = digestOfText('absent')
const alsoAbsent = digestOfText('also absent')

let registry: RegistryUnderTest

before(async () => {
  registry = await openRegistryUnderTest()
  await request(registry.app)
    .put(`/blobs/${here}`)
    .set('authorization', registry.bearer)
    .send(Buffer.from('here'))
    .expect(201)
})
after(() => registry[Symbol.asyncDispose]())

describe('POST /blobs/missing', () => {
  it('names those that are not here, in the order of the question', async () => {
    const answer = await ask(JSON.stringify({ digests: [alsoAbsent, here, absent] }))
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.body, { missing: [alsoAbsent, absent] })
  })

  it('names a digest once however often it was asked for', async () => {
    const answer = await ask(JSON.stringify({ digests: [absent, here, absent, here, absent] }))
    assert.deepEqual(answer.body, { missing: [absent] })
  })

  it('answers an empty question', async () => {
    const answer = await ask(JSON.stringify({ digests: [] }))
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.body, { missing: [] })
  })

  it('answers for thousands of digests at once', async () => {
    const digests = Array.from({ length: 5000 }, (_, index) => hexNumber(index))
    const answer = await ask(JSON.stringify({ digests }))
    assert.deepEqual(answer.body, { missing: digests })
  })

  it('refuses more digests than the limit', async () => {
    const digests = Array.from({ length: limits.missingQueryDigests + 1 }, () => absent)
    const answer = await ask(JSON.stringify({ digests }))
    assert.equal(answer.status, 400)
    assert.equal(answer.body.code, 'invalid-parameter')
  })

  it('refuses a body of more bytes than the limit', async () => {
    const answer = await ask(' '.repeat(limits.missingQueryBytes + 1))
    assert.equal(answer.status, 413)
    assert.equal(answer.body.code, 'body-too-large')
  })

  for (const [body, code] of [
    ['', 'invalid-json'],
    ['{"digests":[', 'invalid-json'],
    ['{"digests":[],"digests":[]}', 'invalid-json'],
    [`["${absent}"]`, 'invalid-json'],
    ['{}', 'invalid-parameter'],
    ['{"digests":{}}', 'invalid-parameter'],
    ['{"digests":[null]}', 'invalid-parameter'],
    [`{"digests":["${absent.toUpperCase()}"]}`, 'invalid-parameter'],
    [`{"digests":["${absent}","${absent.slice(0, -1)}"]}`, 'invalid-parameter'],
  ] as const) {
    it(`refuses ${body === '' ? 'an empty body' : body.slice(0, 40)} as ${code}`, async () => {
      const answer = await ask(body)
      assert.equal(answer.status, 400)
      assert.equal(answer.body.code, code)
    })
  }
})

function ask(body: string) {
  return request(registry.app)
    .post('/blobs/missing')
    .set('content-type', 'application/json')
    .send(body)
}

function hexNumber(number: number): string {
  return `sha256:${number.toString(16).padStart(64, '0')}`
}
