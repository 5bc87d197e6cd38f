import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { minimalRun } from '../record-fixtures.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'

let registry: RegistryUnderTest
let page: request.Response
let script: string

before(async () => {
  registry = await openRegistryUnderTest()
  const deposit = request(registry.app).post('/records').set('authorization', registry.bearer)
  const { digest } = (await deposit.send(minimalRun())).body
  page = await request(registry.app).get(`/records/${digest}`).set('accept', 'text/html')
  script = /<script type="module" src="([^"]*)"><\/script>/.exec(page.text)?.[1] ?? ''
})
after(() => registry[Symbol.asyncDispose]())

describe('The page of a record', () => {
  it('may run scripts from the registry, which may read from the registry', () => {
    const policy = page.headers['content-security-policy'] ?? ''
    assert.match(policy, /^default-src 'none';/)
    assert.match(policy, /; script-src 'self'; connect-src 'self'$/)
  })

  it('has a script that stays the same for ever', async () => {
    const answer = await request(registry.app).get(script)
    assert.equal(answer.status, 200)
    assert.equal(answer.headers['content-type'], 'text/javascript; charset=utf-8')
    assert.match(answer.headers['cache-control'] ?? '', /immutable/)
    assert.match(answer.text, /from '|import\('/)
  })

  it('leads to the instructions for a check without scripts', async () => {
    assert.match(page.text, /<a href="\/verify-by-hand\.md">/)
    const answer = await request(registry.app).get('/verify-by-hand.md')
    const file = path.join(import.meta.dirname, '../../docs/verify-by-hand.md')
    assert.equal(answer.text, readFileSync(file, 'utf8'))
    assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8')
  })
})

describe('What is no page of a record', () => {
  for (const address of ['/', '/records', '/nowhere', '/healthz']) {
    it(`may run no script: ${address}`, async () => {
      const answer = await request(registry.app).get(address).set('accept', 'text/html')
      const policy = answer.headers['content-security-policy'] ?? ''
      assert.match(policy, /default-src 'none'/)
      assert.doesNotMatch(policy, /script-src|connect-src/)
    })
  }
})
