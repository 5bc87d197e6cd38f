import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import request from 'supertest'
import { canonicalBytes } from '../../src/record/canonical-json.ts'
import { digestOf } from '../../src/record/digest.ts'
import { StorageFull } from '../../src/vault/blob-store.ts'
import { interceptedStores } from '../publication/intercepted-stores.ts'
import { minimalRun } from '../record-fixtures.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'

const full = new StorageFull(new Error('ENOSPC'))
const digest = await digestOf(canonicalBytes(minimalRun()))
const profiles = ['thin', 'standard', 'full']

describe('A record that is accepted', () => {
  it('and waits for its checkpoint can be read, but for its proof and bundles', async () => {
    const isDelayed = { checkpoint: true }
    await using registry = await openRegistryUnderTest(
      interceptedStores(async (call, work) => {
        if (call === 'log.publish' && isDelayed.checkpoint) throw full
        return work()
      }),
    )
    await assertDelayed(registry, { proof: 404, receipt: 200 })
    isDelayed.checkpoint = false
    await assertThere(registry)
  })

  it('and waits for its receipt can be read, but for that and bundles', async () => {
    const receipts = { documents: 0 }
    await using registry = await openRegistryUnderTest(
      interceptedStores(async (call, work) => {
        if (call === 'documents.putAll') receipts.documents += 1
        if (call === 'documents.putAll' && receipts.documents === 2) throw full
        return work()
      }),
    )
    receipts.documents = 0
    await assertDelayed(registry, { proof: 200, receipt: 404 })
    await assertThere(registry)
  })
})

async function assertDelayed(
  registry: RegistryUnderTest,
  expected: { readonly proof: number; readonly receipt: number },
): Promise<void> {
  const { app } = registry
  const deposit = await send(registry)
  assert.deepEqual([deposit.status, deposit.body.code], [503, 'publication-delayed'])
  const page = await request(app).get(`/records/${digest}`).set('accept', 'text/html')
  assert.equal(page.status, 200)
  assert.doesNotMatch(page.text, /<a href="[^"]*bundle\.tar/)
  for (const profile of profiles) {
    const bundle = await request(app).get(`/records/${digest}/bundle.tar?profile=${profile}`)
    assert.deepEqual([bundle.status, bundle.body.code], [503, 'publication-delayed'])
    assert.match(bundle.body.detail, /its receipt or proof is not there yet; try again soon/)
    assert.equal(bundle.headers['cache-control'], 'no-store')
  }
  assert.equal((await request(app).get(`/records/${digest}/proof`)).status, expected.proof)
  assert.equal((await request(app).get(`/records/${digest}/receipt`)).status, expected.receipt)
  assert.equal((await request(app).get(`/records/${digest}/record.json`)).status, 200)
  assert.equal((await request(app).get('/records')).body.items.length, 1)
}

async function assertThere(registry: RegistryUnderTest): Promise<void> {
  const { app } = registry
  assert.equal((await send(registry)).status, 200)
  const page = await request(app).get(`/records/${digest}`).set('accept', 'text/html')
  for (const profile of profiles) {
    assert.ok(page.text.includes(`<a href="/records/${digest}/bundle.tar?profile=${profile}"`))
    const bundle = await request(app).get(`/records/${digest}/bundle.tar?profile=${profile}`)
    assert.equal(bundle.status, 200)
  }
}

function send({ app, bearer }: RegistryUnderTest) {
  return request(app).post('/records').set('authorization', bearer).send(minimalRun())
}
