import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import request from 'supertest'
import { recordJsonSchema } from '../../src/record/json-schema.ts'
import { limits } from '../../src/record/limits.ts'
import { minimalRun } from '../record-fixtures.ts'
import { receiveBytes } from './received-answer.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'

const runnerFile = join(import.meta.dirname, '../../runner/dist/stele.pyz')

describe('An operator', () => {
  it('sees that the process is alive and that deposits are possible', async () => {
    await using registry = await openRegistryUnderTest()
    const health = await request(registry.app).get('/healthz')
    const readiness = await request(registry.app).get('/readyz')
    assert.deepEqual([health.status, health.body], [200, { status: 'ok' }])
    assert.deepEqual([readiness.status, readiness.body], [200, { status: 'ready' }])
    assert.equal(readiness.headers['cache-control'], 'no-store')
  })

  it('sees when the service is stopping, while it is still alive', async () => {
    await using registry = await openRegistryUnderTest()
    registry.registry.drain('the service is stopping')
    const readiness = await request(registry.app).get('/readyz')
    assert.equal(readiness.status, 503)
    assert.equal(readiness.body.code, 'not-ready')
    assert.equal(readiness.headers['retry-after'], '5')
    assert.equal((await request(registry.app).get('/healthz')).status, 200)
  })

  it('sees when the catalog does not answer', async () => {
    await using registry = await openRegistryUnderTest()
    registry.registry.catalog.listRecords = async () => {
      throw new Error('the catalog is broken')
    }
    const readiness = await request(registry.app).get('/readyz')
    assert.equal(readiness.status, 503)
    assert.match(readiness.body.detail, /catalog/)
  })

  it('finds requests and deposits counted by pattern, never by path', async () => {
    await using registry = await openRegistryUnderTest()
    const { digest } = (await deposit(registry)).body
    await deposit(registry)
    await request(registry.app).get(`/records/${digest}`)
    const { text, headers } = await request(registry.app).get('/metrics')
    assert.match(headers['content-type'] ?? '', /^text\/plain/)
    assert.match(text, /^stele_deposits_total\{outcome="added"\} 1$/m)
    assert.match(text, /^stele_deposits_total\{outcome="already-there"\} 1$/m)
    assert.match(text, /^stele_log_size 3$/m)
    assert.match(text, /_count\{method="POST",route="\/records",status="201"\} 1$/m)
    assert.match(text, /_count\{method="GET",route="\/records\/:digest",status="200"\} 1$/m)
    assert.ok(!text.includes(digest))
  })
})

describe('A client', () => {
  it('can ask for every limit', async () => {
    await using registry = await openRegistryUnderTest()
    const answer = await request(registry.app).get('/limits')
    assert.deepEqual(answer.body, limits)
  })

  it('can fetch the schema of a record', async () => {
    await using registry = await openRegistryUnderTest()
    const answer = await request(registry.app)
      .get('/schema/record-1.json')
      .buffer(true)
      .parse(receiveBytes)
    assert.equal(answer.headers['content-type'], 'application/schema+json')
    assert.deepEqual(JSON.parse(String(answer.body)), recordJsonSchema())
  })

  it('can fetch the runner, and from the vault too', async () => {
    await using registry = await openRegistryUnderTest()
    const shipped = readFileSync(runnerFile)
    const runner = await bytesAt(registry, '/runner/stele.pyz')
    const line = await request(registry.app).get('/runner/stele.pyz.sha256')
    const blob = await bytesAt(registry, `/blobs/sha256:${line.text.slice(0, 64)}`)
    assert.deepEqual(runner, shipped)
    assert.deepEqual(blob, shipped)
  })

  it('that is a crawler is kept from blobs and bundles', async () => {
    await using registry = await openRegistryUnderTest()
    const { text } = await request(registry.app).get('/robots.txt')
    assert.match(text, /^Disallow: \/blobs\/$/m)
  })
})

function deposit({ app, bearer }: RegistryUnderTest) {
  return request(app).post('/records').set('authorization', bearer).send(minimalRun())
}

async function bytesAt({ app }: RegistryUnderTest, path: string): Promise<unknown> {
  return (await request(app).get(path).buffer(true).parse(receiveBytes)).body
}
