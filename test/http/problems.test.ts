import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'
import { digestOfText } from './run-with-outputs.ts'

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'
const absent = digestOfText('absent')

let registry: RegistryUnderTest

before(async () => {
  registry = await openRegistryUnderTest()
})
after(async () => {
  assert.doesNotMatch(registry.log(), /"level":50/)
  await registry[Symbol.asyncDispose]()
})

describe('A refusal', () => {
  it('is problem+json for a program, with a code to branch on', async () => {
    const answer = await request(registry.app).get(`/records/${absent}`).set('accept', '*/*')
    assert.equal(answer.status, 404)
    assert.equal(answer.headers['content-type'], 'application/problem+json')
    assert.equal(answer.headers['cache-control'], 'no-store')
    assert.deepEqual(answer.body, {
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      code: 'unknown-record',
      detail: `no record "${absent}" here`,
    })
  })

  for (const accept of [undefined, 'application/json', 'application/problem+json', 'image/png']) {
    it(`is problem+json also for Accept ${accept ?? '(none)'}`, async () => {
      const asked = request(registry.app).get('/nowhere')
      const answer = await (accept === undefined ? asked : asked.set('accept', accept))
      assert.equal(answer.headers['content-type'], 'application/problem+json')
      assert.equal(answer.body.code, 'not-found')
    })
  }

  it('is a page for a browser', async () => {
    const answer = await request(registry.app).get(`/records/${absent}`).set('accept', browser)
    assert.equal(answer.status, 404)
    assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8')
    assert.match(answer.text, /<code>unknown-record<\/code>/)
  })

  it('repeats what was asked without becoming markup', async () => {
    const path = '/%3Cscript%3Ealert(1)%3C/script%3E'
    const answer = await request(registry.app).get(path).set('accept', browser)
    assert.equal(answer.status, 404)
    assert.doesNotMatch(answer.text, /<script/i)
  })

  it('repeats no more than 80 characters of what was asked', async () => {
    const answer = await request(registry.app).get(`/${'x'.repeat(5000)}`)
    assert.equal(answer.status, 404)
    assert.ok(answer.body.detail.length < 200)
  })

  it('has no body in answer to HEAD', async () => {
    const answer = await request(registry.app).head(`/blobs/${absent}`)
    assert.equal(answer.status, 404)
    assert.equal(answer.text, undefined)
  })
})

describe('A path', () => {
  for (const path of [
    '/nowhere',
    '/blobs',
    '//records',
    '/Records',
    '/records.json',
    `/records/${absent}/nothing`,
    '/.env',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/runner/../package.json',
    '/style.css/x',
  ]) {
    it(`that serves nothing is answered with 404: ${path}`, async () => {
      const answer = await request(registry.app).get(path)
      assert.equal(answer.status, 404)
      assert.equal(answer.body.code, 'not-found')
    })
  }

  for (const path of ['/records/%ff', '/blobs/%E0%A4%A', '/plans/%', '/records/%c0%af']) {
    it(`that is no text is answered with 400: ${path}`, async () => {
      const answer = await request(registry.app).get(path)
      assert.equal(answer.status, 400)
      assert.equal(answer.body.code, 'invalid-parameter')
    })
  }
})

describe('A method', () => {
  for (const [method, path, allow] of [
    ['delete', `/blobs/${absent}`, 'PUT, GET, HEAD'],
    ['post', `/blobs/${absent}`, 'PUT, GET, HEAD'],
    ['patch', `/records/${absent}`, 'GET, HEAD'],
    ['put', '/records', 'GET, POST, HEAD'],
    ['delete', '/', 'GET, HEAD'],
    ['options', '/limits', 'GET, HEAD'],
  ] as const) {
    it(`that a path does not have is refused: ${method} ${path.slice(0, 14)}`, async () => {
      const answer = await request(registry.app)[method](path)
      assert.equal(answer.status, 405)
      assert.equal(answer.body.code, 'method-not-allowed')
      assert.equal(answer.headers['allow'], allow)
    })
  }

  for (const path of ['/', '/records', '/limits', '/healthz', '/readyz', '/runner/stele.pyz']) {
    it(`HEAD has the fields of GET and no body: ${path}`, async () => {
      const whole = await request(registry.app).get(path)
      const answer = await request(registry.app).head(path)
      assert.equal(answer.status, 200)
      assert.equal(answer.headers['content-type'], whole.headers['content-type'])
      assert.equal(answer.headers['content-length'], whole.headers['content-length'])
      assert.equal(answer.text, undefined)
    })
  }
})

describe('Every answer', () => {
  for (const path of ['/', '/nowhere', `/blobs/${absent}`, '/limits', '/openapi.yaml']) {
    it(`keeps browsers from guessing types and from running scripts: ${path.slice(0, 14)}`, async () => {
      const { headers } = await request(registry.app).get(path)
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.match(headers['content-security-policy'] ?? '', /default-src 'none'/)
      assert.doesNotMatch(headers['content-security-policy'] ?? '', /script-src/)
      assert.equal(headers['x-powered-by'], undefined)
    })
  }
})
