import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import request from 'supertest'
import { minimalRun } from '../record-fixtures.ts'
import { firstBearer, startService } from './service-process.ts'
import { temporaryData } from './temporary-data.ts'

describe('The shipped examples', () => {
  it('are deposited into an empty registry, once', async () => {
    await using data = await temporaryData()
    await using service = await startService(data.path, { STELE_EXAMPLES: 'on' })
    const first = await request(service.url).get('/records')
    await service.process.end('SIGTERM')
    await using again = await startService(data.path, { STELE_EXAMPLES: 'on' })
    const second = await request(again.url).get('/records')
    assert.ok(first.body.items.length > 0)
    assert.ok(service.process.output.includes(`(${first.body.items.length} record`))
    assert.deepEqual(second.body, first.body)
  })

  it('come with all their files', async () => {
    await using data = await temporaryData()
    await using service = await startService(data.path, { STELE_EXAMPLES: 'on' })
    const { body } = await request(service.url).get('/records')
    for (const { digest } of body.items) {
      const bundle = await request(service.url).head(`/records/${digest}/bundle.tar?profile=full`)
      assert.equal(bundle.status, 200)
      assert.ok(Number(bundle.headers['content-length']) > 10_000)
    }
  })

  it('are not deposited beside records of others, nor when nobody asks', async () => {
    await using data = await temporaryData()
    await using service = await startService(data.path)
    assert.deepEqual((await request(service.url).get('/records')).body.items, [])
    const sent = request(service.url).post('/records')
    await sent
      .set('authorization', await firstBearer(data.path))
      .send(minimalRun())
      .expect(201)
    await service.process.end('SIGTERM')
    await using again = await startService(data.path, { STELE_EXAMPLES: 'on' })
    const { body } = await request(again.url).get('/records')
    assert.equal(body.items.length, 1)
  })
})
