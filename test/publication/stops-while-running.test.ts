import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import request from 'supertest'
import { eventually } from '../http/eventually.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from '../http/registry-under-test.ts'
import { minimalRun } from '../record-fixtures.ts'
import { temporaryData } from '../service/temporary-data.ts'
import { catalogIn, everythingIn, inCatalog } from './damaged-data.ts'
import { fillLog } from './fill-log.ts'

describe('A registry that is running', () => {
  it('stops when somebody else has signed a checkpoint of its log', async () => {
    await using data = await temporaryData()
    await using registry = await openIn(data.path)
    const before = await deposit(registry, 'Before').expect(201)
    signElsewhere(data.path, 1000)
    const during = await deposit(registry, 'During')
    assert.deepEqual([during.status, during.body.code], [503, 'publication-delayed'])
    await assertStopped(registry, /found a checkpoint of size 1000, expected none before that of/)
    await assertReadable(registry, before.body.digest)
  })

  it('stops before it signs for an entry that was altered, and publishes nothing of it', async () => {
    await using data = await temporaryData()
    await using registry = await openIn(data.path)
    const before = await deposit(registry, 'Before').expect(201)
    const kept = await registry.files()
    enterAltered(data.path, 3)
    await eventually(() => assertStopped(registry, /entry 3 of the catalog was altered/))
    await assertReadable(registry, before.body.digest)
    assert.deepEqual(await registry.files(), kept)
  })

  it('does not take up again by itself what it stopped for', async () => {
    await using data = await temporaryData()
    {
      await using registry = await openIn(data.path)
      await deposit(registry, 'Before').expect(201)
      signElsewhere(data.path, 1000)
      await deposit(registry, 'During').expect(503)
    }
    const kept = await everythingIn(data.path)
    await using registry = await openIn(data.path)
    await assertStopped(
      registry,
      /the first 1000 entries of the catalog do not have the root it signed for/,
    )
    assert.deepEqual(await everythingIn(data.path), kept)
  })

  it('publishes what another process enters, without a deposit', async () => {
    await using data = await temporaryData()
    await using registry = await openIn(data.path)
    fillLog(catalogIn(data.path), 40)
    await eventually(async () => {
      const { text } = await request(registry.app).get('/log/checkpoint')
      assert.equal(text.split('\n')[1], '40')
    })
  })
})

function openIn(directory: string): Promise<RegistryUnderTest> {
  return openRegistryUnderTest({ directory, database: `sqlite:${catalogIn(directory)}` })
}

function deposit({ app, bearer }: RegistryUnderTest, title: string): request.Test {
  return request(app).post('/records').set('authorization', bearer).send(minimalRun({ title }))
}

async function assertStopped(registry: RegistryUnderTest, words: RegExp): Promise<void> {
  const ready = await request(registry.app).get('/readyz')
  assert.deepEqual([ready.status, ready.body.code], [503, 'not-ready'])
  assert.match(ready.body.detail, words)
  const { status, body } = await deposit(registry, 'After')
  assert.deepEqual([status, body.code], [503, 'log-stopped'])
  assert.match(body.detail, words)
}

async function assertReadable({ app }: RegistryUnderTest, digest: string): Promise<void> {
  for (const path of ['/record.json', '/receipt', '/proof', '/bundle.tar']) {
    assert.equal((await request(app).get(`/records/${digest}${path}`)).status, 200, path)
  }
  const { text } = await request(app).get('/log/checkpoint')
  assert.equal(text.split('\n')[1], '3')
}

/** What a second publisher of the log would leave. */
function signElsewhere(directory: string, size: number): void {
  const rename =
    'replace(note, char(10) || size || char(10), char(10) || CAST(? AS INTEGER) || char(10))'
  inCatalog(directory, (database) =>
    database
      .prepare(
        `INSERT INTO checkpoint SELECT ?, root, ${rename}
         FROM checkpoint ORDER BY size DESC LIMIT 1`,
      )
      .run(size, size),
  )
}

/** An entry with the hash of other bytes. */
function enterAltered(directory: string, index: number): void {
  inCatalog(directory, (database) =>
    database
      .prepare("INSERT INTO log_entry (log_index, kind, leaf, leaf_hash) VALUES (?, 'key', ?, ?)")
      .run(index, Buffer.from('altered'), 'a'.repeat(64)),
  )
}
