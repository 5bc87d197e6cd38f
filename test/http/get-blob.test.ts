import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { digestOf } from '../../src/record/digest.ts'
import { receiveBytes } from './received-answer.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'
import { digestOfText } from './run-with-outputs.ts'

const bytes = Buffer.from('0123456789abcdefghij')
const digest = await digestOf(bytes)
const etag = `"${digest.slice('sha256:'.length)}"`
const emptyDigest = digestOfText('')

let registry: RegistryUnderTest

before(async () => {
  registry = await openRegistryUnderTest()
  await put(digest, bytes)
  await put(emptyDigest, Buffer.alloc(0))
})
after(() => registry[Symbol.asyncDispose]())

describe('GET /blobs/{digest}', () => {
  it('gives the bytes with a strong tag, for ever, and their digest', async () => {
    const answer = await get({})
    const sha256 = createHash('sha256').update(bytes).digest('base64')
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.body, bytes)
    assert.equal(answer.headers['content-length'], '20')
    assert.equal(answer.headers['etag'], etag)
    assert.equal(answer.headers['accept-ranges'], 'bytes')
    assert.equal(answer.headers['cache-control'], 'public, max-age=31536000, immutable')
    assert.equal(answer.headers['repr-digest'], `sha-256=:${sha256}:`)
    assert.equal(answer.headers['content-type'], 'application/octet-stream')
    assert.equal(answer.headers['x-content-type-options'], 'nosniff')
  })

  it('answers HEAD with the same fields and no bytes', async () => {
    const whole = await get({})
    const answer = await request(registry.app).head(`/blobs/${digest}`)
    assert.equal(answer.status, 200)
    assert.deepEqual(fieldsOf(answer.headers), fieldsOf(whole.headers))
    assert.equal(answer.text, undefined)
  })

  for (const [range, part, contentRange] of [
    ['bytes=0-0', '0', 'bytes 0-0/20'],
    ['bytes=5-9', '56789', 'bytes 5-9/20'],
    ['bytes=15-', 'fghij', 'bytes 15-19/20'],
    ['bytes=18-99', 'ij', 'bytes 18-19/20'],
    ['bytes=-3', 'hij', 'bytes 17-19/20'],
    ['bytes=-99', '0123456789abcdefghij', 'bytes 0-19/20'],
    ['BYTES=0-1', '01', 'bytes 0-1/20'],
  ] as const) {
    it(`gives ${contentRange} for the range ${range}`, async () => {
      const answer = await get({ range })
      assert.equal(answer.status, 206)
      assert.equal(String(answer.body), part)
      assert.equal(answer.headers['content-range'], contentRange)
      assert.equal(answer.headers['content-length'], String(part.length))
      assert.equal(answer.headers['etag'], etag)
    })
  }

  for (const range of [
    'bytes=0-1,5-9',
    'bytes=9-5',
    'bytes=-',
    'bytes=',
    'bytes=a-b',
    'bytes=1 2-15',
    'bytes=+1-2',
    'bytes 0-5',
    'items=0-5',
    '0-5',
  ]) {
    it(`gives the whole blob for the range ${JSON.stringify(range)}`, async () => {
      const answer = await get({ range })
      assert.equal(answer.status, 200)
      assert.deepEqual(answer.body, bytes)
      assert.equal(answer.headers['content-range'], undefined)
    })
  }

  for (const range of ['bytes=20-', 'bytes=20-30', 'bytes=-0', 'bytes=999999999999999-']) {
    it(`refuses the range ${range} and says how long the blob is`, async () => {
      const answer = await request(registry.app).get(`/blobs/${digest}`).set('range', range)
      assert.equal(answer.status, 416)
      assert.equal(answer.body.code, 'range-not-satisfiable')
      assert.equal(answer.headers['content-range'], 'bytes */20')
    })
  }

  it('gives an empty blob, of which no range can be had', async () => {
    const whole = await request(registry.app).get(`/blobs/${emptyDigest}`)
    const range = await request(registry.app).get(`/blobs/${emptyDigest}`).set('range', 'bytes=0-')
    assert.equal(whole.status, 200)
    assert.equal(whole.headers['content-length'], '0')
    assert.equal(range.status, 416)
    assert.equal(range.headers['content-range'], 'bytes */0')
  })

  it('takes no notice of a range in a HEAD request', async () => {
    const answer = await request(registry.app).head(`/blobs/${digest}`).set('range', 'bytes=0-4')
    assert.equal(answer.status, 200)
    assert.equal(answer.headers['content-length'], '20')
  })

  it('answers 404 for bytes that nobody stored', async () => {
    const answer = await request(registry.app).get(`/blobs/${digestOfText('never stored')}`)
    assert.equal(answer.status, 404)
    assert.equal(answer.body.code, 'unknown-blob')
  })
})

describe('A client that has a blob, or a part of it', () => {
  for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    it(`is told so when it sends If-None-Match ${tag.slice(0, 12)}`, async () => {
      const answer = await get({ 'if-none-match': tag })
      assert.equal(answer.status, 304)
      assert.equal(answer.headers['etag'], etag)
      assert.deepEqual(answer.body, Buffer.alloc(0))
    })
  }

  it('is not told of a length of 0 with 304', async () => {
    const answer = await get({ 'if-none-match': etag })
    assert.equal(answer.headers['content-length'], undefined)
  })

  it('gets the blob when If-None-Match names other bytes', async () => {
    const answer = await get({ 'if-none-match': `"${'0'.repeat(64)}"` })
    assert.equal(answer.status, 200)
  })

  it('gets the rest when If-Range names these bytes', async () => {
    const answer = await get({ range: 'bytes=10-', 'if-range': etag })
    assert.equal(answer.status, 206)
    assert.equal(String(answer.body), 'abcdefghij')
  })

  for (const validator of [
    `"${'0'.repeat(64)}"`,
    `W/${etag}`,
    etag.replaceAll('"', ''),
    'Fri, 20 Nov 2026 10:00:00 GMT',
  ]) {
    it(`gets the whole when If-Range is ${validator.slice(0, 12)}`, async () => {
      const answer = await get({ range: 'bytes=10-', 'if-range': validator })
      assert.equal(answer.status, 200)
      assert.deepEqual(answer.body, bytes)
    })
  }

  it('gets the whole, not a refusal, when If-Range fails for a range out of reach', async () => {
    const answer = await get({ range: 'bytes=99-', 'if-range': `"${'0'.repeat(64)}"` })
    assert.equal(answer.status, 200)
  })
})

function get(fields: Readonly<Record<string, string>>) {
  return request(registry.app).get(`/blobs/${digest}`).set(fields).buffer(true).parse(receiveBytes)
}

async function put(name: string, body: Buffer): Promise<void> {
  await request(registry.app)
    .put(`/blobs/${name}`)
    .set('authorization', registry.bearer)
    .set('content-type', 'application/octet-stream')
    .send(body)
    .expect(201)
}

function fieldsOf(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { date: _date, ...rest } = headers
  return rest
}
