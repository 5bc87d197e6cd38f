import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { canonicalBytes } from '../../src/record/canonical-json.ts'
import { digestOf } from '../../src/record/digest.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { minimalRun } from '../record-fixtures.ts'
import { receiveBytes } from './received-answer.ts'
import {
  openRegistryUnderTest,
  registryUrl,
  type RegistryUnderTest,
} from './registry-under-test.ts'
import { digestOfText } from './run-with-outputs.ts'

const recordType = 'application/vnd.stele.record+json'
const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
const record = minimalRun({ title: 'Wärmeleitung <b>in einem Stab</b>' })
const exactBytes = Buffer.from(canonicalBytes(record))
const digest = await digestOf(exactBytes)
const hex = digest.slice('sha256:'.length)

let registry: RegistryUnderTest

before(async () => {
  registry = await openRegistryUnderTest()
  await deposit(record)
})
after(() => registry[Symbol.asyncDispose]())

describe('GET /records/{digest}/record.json', () => {
  it('gives the exact bytes, which have the digest, for ever', async () => {
    const answer = await bytesAt(`/records/${digest}/record.json`)
    assert.deepEqual(answer.body, exactBytes)
    assert.equal(answer.headers['content-type'], recordType)
    assert.equal(answer.headers['etag'], `"${hex}"`)
    assert.equal(answer.headers['cache-control'], 'public, max-age=31536000, immutable')
  })

  it('gives a part, and nothing to a client that has it', async () => {
    const part = await bytesAt(`/records/${digest}/record.json`).set('range', 'bytes=1-9')
    const known = await bytesAt(`/records/${digest}/record.json`).set('if-none-match', `"${hex}"`)
    assert.equal(part.status, 206)
    assert.deepEqual(part.body, exactBytes.subarray(1, 10))
    assert.equal(known.status, 304)
  })
})

describe('GET /records/{digest}', () => {
  for (const [accept, type] of [
    [undefined, 'text/html; charset=utf-8'],
    ['*/*', 'text/html; charset=utf-8'],
    [browser, 'text/html; charset=utf-8'],
    ['text/*', 'text/html; charset=utf-8'],
    ['application/json', 'application/json'],
    ['application/*', recordType],
    [recordType, recordType],
    [`${recordType};q=0.5, application/json;q=0.4`, recordType],
    ['application/x-bibtex', 'application/x-bibtex; charset=utf-8'],
    ['text/x-bibliography', 'text/x-bibliography; charset=utf-8'],
    ['text/html;q=0, */*', recordType],
    ['image/png, application/x-bibtex;q=0.1', 'application/x-bibtex; charset=utf-8'],
    ['APPLICATION/JSON', 'application/json'],
  ] as const) {
    it(`answers Accept ${accept ?? '(none)'} with ${type}`, async () => {
      const asked = request(registry.app).get(`/records/${digest}`)
      const answer = await (accept === undefined ? asked : asked.set('accept', accept))
      assert.equal(answer.status, 200)
      assert.equal(answer.headers['content-type'], type)
      assert.match(answer.headers['vary'] ?? '', /\baccept\b/i)
    })
  }

  for (const accept of ['image/png', 'text/html;q=0', 'application/ld+xml', 'text/html;q=x']) {
    it(`refuses Accept ${accept}`, async () => {
      const answer = await request(registry.app).get(`/records/${digest}`).set('accept', accept)
      assert.equal(answer.status, 406)
      assert.equal(answer.body.code, 'not-acceptable')
    })
  }

  it('gives the exact bytes as JSON, under both of its types', async () => {
    for (const accept of [recordType, 'application/json']) {
      const answer = await bytesAt(`/records/${digest}`).set('accept', accept)
      assert.deepEqual(answer.body, exactBytes)
      assert.equal(answer.headers['content-location'], `/records/${digest}/record.json`)
    }
  })

  it('gives a page that shows the whole digest and the title as text', async () => {
    const { text } = await request(registry.app).get(`/records/${digest}`).set('accept', browser)
    assert.ok(text.includes(digest))
    assert.ok(text.includes('Wärmeleitung &lt;b&gt;in einem Stab&lt;/b&gt;'))
    assert.equal(text.match(/<script/gi)?.length, 1)
  })

  it('gives citations with the digest and the address', async () => {
    for (const accept of ['application/x-bibtex', 'text/x-bibliography']) {
      const answer = await bytesAt(`/records/${digest}`).set('accept', accept)
      assert.ok(String(answer.body).includes(`${registryUrl}/records/${digest}`))
    }
  })

  it('links to what else there is, for programs', async () => {
    const { headers } = await request(registry.app).head(`/records/${digest}`)
    assert.ok(headers['link']?.includes(`<${registryUrl}/records/${digest}>; rel="cite-as"`))
    assert.ok(headers['link']?.includes('rel="describedby"'))
  })

  for (const path of ['', '/record.json', '/receipt', '/signatures', '/bundle.tar']) {
    it(`answers 404 for a record that nobody deposited: ${path}`, async () => {
      const answer = await request(registry.app).get(`/records/${digestOfText('never')}${path}`)
      assert.equal(answer.status, 404)
      assert.equal(answer.body.code, 'unknown-record')
    })

    it(`answers 400 for what is no digest: ${path}`, async () => {
      const answer = await request(registry.app).get(`/records/sha256:${hex.toUpperCase()}${path}`)
      assert.equal(answer.status, 400)
      assert.equal(answer.body.code, 'malformed-digest')
    })
  }

  it('shows the replays of a record on its page', async () => {
    const relations = [{ type: 'replayOf', target: digest }]
    const replay = await deposit(minimalRun({ title: 'The same again, elsewhere', relations }))
    const { text } = await request(registry.app).get(`/records/${digest}`).set('accept', browser)
    assert.ok(text.includes(`href="/records/${replay}"`))
    assert.ok(text.includes('The same again, elsewhere'))
  })
})

describe('The beginning of a digest', () => {
  for (const prefix of [hex.slice(0, 12), hex.slice(0, 63), `sha256:${hex.slice(0, 20)}`]) {
    it(`leads to the one record that has it: ${prefix}`, async () => {
      const answer = await request(registry.app).get(`/records/${prefix}`)
      assert.equal(answer.status, 307)
      assert.equal(answer.headers['location'], `/records/${digest}`)
      assert.equal(answer.headers['cache-control'], 'no-cache')
    })
  }

  it('leads nowhere when no record has it', async () => {
    const answer = await request(registry.app).get(`/records/${'0'.repeat(12)}`)
    assert.equal(answer.status, 404)
    assert.equal(answer.body.code, 'unknown-record')
  })

  it('offers a choice when several records have it', async () => {
    const others = [digest, digestOfText('a stand-in')]
    const { catalog } = registry.registry
    const findByPrefix = catalog.findByPrefix.bind(catalog)
    catalog.findByPrefix = async () => others
    const answer = await request(registry.app).get(`/records/${hex.slice(0, 12)}`)
    catalog.findByPrefix = findByPrefix
    assert.equal(answer.status, 300)
    assert.deepEqual(answer.body, { digests: others })
    assert.equal(
      answer.headers['link'],
      others.map((other) => `</records/${other}>; rel="alternate"`).join(', '),
    )
  })

  for (const prefix of [hex.slice(0, 11), hex.slice(0, 12).toUpperCase(), `${hex}0`, 'sha256:']) {
    it(`is not taken for one: ${prefix.slice(0, 14)}`, async () => {
      const answer = await request(registry.app).get(`/records/${prefix}`)
      assert.equal(answer.status, 400)
      assert.equal(answer.body.code, 'malformed-digest')
    })
  }
})

async function deposit(document: JsonObject): Promise<string> {
  const sent = request(registry.app).post('/records').set('authorization', registry.bearer)
  return (await sent.send(document).expect(201)).body.digest
}

function bytesAt(path: string) {
  return request(registry.app).get(path).buffer(true).parse(receiveBytes)
}
