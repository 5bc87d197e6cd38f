import assert from 'node:assert/strict'
import { cp, readFile, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import request from 'supertest'
import { minimalRun } from '../record-fixtures.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from '../http/registry-under-test.ts'
import { temporaryDirectory } from '../vault/temporary-vault.ts'

const catalogFile = 'catalog.sqlite'

async function openIn(directory: string): Promise<RegistryUnderTest> {
  return openRegistryUnderTest({ directory, database: `sqlite:${join(directory, catalogFile)}` })
}

async function deposit({ app, bearer }: RegistryUnderTest, title: string): Promise<number> {
  const { status } = await request(app)
    .post('/records')
    .set('Authorization', bearer)
    .set('Content-Type', 'application/json')
    .send(JSON.stringify(minimalRun({ title })))
  return status
}

async function readiness({ app }: RegistryUnderTest): Promise<string> {
  const { status, text } = await request(app).get('/readyz')
  return `${status} ${text}`
}

describe('What was signed last', () => {
  it('is remembered beside the keys', async () => {
    const directory = await temporaryDirectory()
    const registry = await openIn(directory)
    await deposit(registry, 'One')
    const { text } = await request(registry.app).get('/log/checkpoint')
    await registry[Symbol.asyncDispose]()
    assert.equal(await readFile(join(directory, 'keys', 'log.signed'), 'utf8'), text)
  })

  it('stops a log whose catalog and store were restored from one old backup', async () => {
    const [directory, backup] = [await temporaryDirectory(), await temporaryDirectory()]
    const before = await openIn(directory)
    await deposit(before, 'One')
    await before[Symbol.asyncDispose]()
    await cp(directory, backup, { recursive: true })
    const later = await openIn(directory)
    await deposit(later, 'Lost with the disk')
    await later[Symbol.asyncDispose]()

    for (const name of [catalogFile, 'blobs']) {
      await rm(join(directory, name), { recursive: true })
      await cp(join(backup, name), join(directory, name), { recursive: true })
    }
    await using restored = await openIn(directory)
    assert.equal(await deposit(restored, 'In the place of the lost one'), 503)
    assert.match(await readiness(restored), /^503 .*a checkpoint of 4 entries was signed/)
    assert.equal((await request(restored.app).get('/records')).body.items.length, 1)
  })

  it('is written again where the file is gone', async () => {
    const directory = await temporaryDirectory()
    const before = await openIn(directory)
    await deposit(before, 'One')
    await before[Symbol.asyncDispose]()
    await rm(join(directory, 'keys', 'log.signed'))
    const after = await openIn(directory)
    assert.equal(await deposit(after, 'Two'), 201)
    await after[Symbol.asyncDispose]()
    assert.match(await readFile(join(directory, 'keys', 'log.signed'), 'utf8'), /\/log\n4\n/)
  })

  it('stops the log when the file was damaged, and says which', async () => {
    const directory = await temporaryDirectory()
    const before = await openIn(directory)
    await deposit(before, 'One')
    await before[Symbol.asyncDispose]()
    await truncate(join(directory, 'keys', 'log.signed'), 20)
    await using after = await openIn(directory)
    assert.match(await readiness(after), /^503 .*log\.signed holds no checkpoint/)
  })
})
