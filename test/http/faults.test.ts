import assert from 'node:assert/strict'
import { truncate, chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import request from 'supertest'
import { depositSigned } from '../browser/deposits.ts'
import { interceptedStores } from '../publication/intercepted-stores.ts'
import { minimalRun } from '../record-fixtures.ts'
import { eventually } from './eventually.ts'
import { RawConnection, requestHead } from './raw-connection.ts'
import { keyEntries, openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'
import { digestOfText } from './run-with-outputs.ts'

/** More bytes than the buffers between two ends of a connection hold. */
const longerThanBuffers = 32 << 20

describe('A fault of the service', () => {
  it('is shown as 500 without detail, and logged with its cause', async () => {
    await using registry = await openRegistryUnderTest()
    breakLists(registry)
    const answer = await request(registry.app).get('/records')
    assert.equal(answer.status, 500)
    assert.deepEqual(answer.body, {
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
      code: 'internal-error',
      detail: 'the registry failed; nothing of this request was accepted',
    })
    const [fault] = faultsIn(registry)
    assert.match(fault?.err?.stack ?? '', /the catalog is broken/)
    assert.equal(fault?.path, '/records')
  })

  it('is logged also when the request had a body', async () => {
    await using registry = await openRegistryUnderTest()
    registry.registry.catalog.addRecords = async () => {
      throw new Error('the catalog is broken')
    }
    const answer = await deposit(registry)
    assert.equal(answer.status, 500)
    assert.doesNotMatch(answer.text, /catalog/)
    assert.equal(faultsIn(registry)[0]?.err?.message, 'the catalog is broken')
  })

  it('in the middle of a deposit is over when its cause is', async () => {
    await using registry = await openRegistryUnderTest()
    const { catalog } = registry.registry
    const addRecords = catalog.addRecords.bind(catalog)
    catalog.addRecords = async () => {
      throw new Error('the catalog is broken')
    }
    const failed = await Promise.all([deposit(registry), deposit(registry)])
    catalog.addRecords = addRecords
    const answer = await deposit(registry)
    assert.deepEqual(
      failed.map(({ status }) => status),
      [500, 500],
    )
    assert.equal(answer.status, 201)
    assert.equal(answer.body.logIndex, keyEntries)
  })

  it('shows a browser a page without detail', async () => {
    await using registry = await openRegistryUnderTest()
    breakLists(registry)
    const answer = await request(registry.app).get('/').set('accept', 'text/html')
    assert.equal(answer.status, 500)
    assert.match(answer.headers['content-type'] ?? '', /^text\/html/)
    assert.doesNotMatch(answer.text, /broken|\.ts:|node_modules/)
  })

  it('in a part of a page is answered, and ends nothing else', async () => {
    let isBroken = false
    await using registry = await openRegistryUnderTest(
      interceptedStores(async (call, work) => {
        if (isBroken && call === 'catalog.blobsOf') throw new Error('the catalog is broken')
        // Other parts of the page take longer.
        if (call === 'accessList.findDepositorKey') await setImmediate()
        return work()
      }),
    )
    const digest = await depositSigned(registry)
    isBroken = true
    const answer = await request(registry.app).get(`/records/${digest}`).set('accept', 'text/html')
    assert.equal(answer.status, 500)
    assert.equal(faultsIn(registry)[0]?.err?.message, 'the catalog is broken')
  })

  it('never gives out a record whose bytes were altered', async () => {
    await using registry = await openRegistryUnderTest()
    const { digest } = (await deposit(registry)).body
    const hex = String(digest).slice('sha256:'.length)
    const file = join(registry.directory, 'blobs/records/sha256', hex.slice(0, 2), `${hex}.json`)
    await chmod(file, 0o600)
    await writeFile(file, (await readFile(file, 'utf8')).replace('one stage', 'two stage'))
    const answer = await request(registry.app).get(`/records/${digest}/record.json`)
    assert.equal(answer.status, 500)
    assert.match(faultsIn(registry)[0]?.err?.message ?? '', /was altered on disk/)
  })

  it('in the middle of an answer breaks the connection instead of ending the body', async () => {
    await using registry = await openRegistryUnderTest()
    const digest = await put(registry, 'x'.repeat(longerThanBuffers))
    const connection = await RawConnection.open(await registry.listen())
    await connection.send(requestHead(`GET /blobs/${digest}`, {}))
    await connection.head()
    connection.pause()
    const hex = digest.slice('sha256:'.length)
    const file = join(registry.directory, 'blobs/blobs/sha256', hex.slice(0, 2), hex)
    await truncate(file, 0)
    connection.resume()
    const answer = await connection.answer()
    assert.ok(answer.length < longerThanBuffers)
    await eventually(async () =>
      assert.match(faultsIn(registry)[0]?.err?.message ?? '', /a stored file ends at \d+/),
    )
  })
})

describe('A client that goes away', () => {
  it('in the middle of an answer is no fault of the service', async () => {
    await using registry = await openRegistryUnderTest()
    const digest = await put(registry, 'x'.repeat(longerThanBuffers))
    const connection = await RawConnection.open(await registry.listen())
    await connection.send(requestHead(`GET /blobs/${digest}`, {}))
    await connection.head()
    connection.vanish()
    await eventually(async () =>
      assert.match(await metricsOf(registry), /route="\/blobs\/:digest"/),
    )
    assert.deepEqual(faultsIn(registry), [])
  })
})

interface LoggedFault {
  readonly level: number
  readonly path?: string
  readonly err?: { readonly message: string; readonly stack: string }
}

function faultsIn(registry: RegistryUnderTest): LoggedFault[] {
  const lines = registry.log().split('\n')
  return lines
    .filter((line) => line !== '')
    .map(parseLine)
    .filter(({ level }) => level >= 50)
}

function parseLine(line: string): LoggedFault {
  return JSON.parse(line)
}

function breakLists({ registry }: RegistryUnderTest): void {
  registry.catalog.listRecords = async () => {
    throw new Error('the catalog is broken')
  }
}

function deposit({ app, bearer }: RegistryUnderTest) {
  return request(app).post('/records').set('authorization', bearer).send(minimalRun())
}

async function put({ app, bearer }: RegistryUnderTest, text: string): Promise<string> {
  const digest = digestOfText(text)
  const sent = request(app).put(`/blobs/${digest}`).set('authorization', bearer)
  await sent.set('content-type', 'application/octet-stream').send(text).expect(201)
  return digest
}

async function metricsOf({ app }: RegistryUnderTest): Promise<string> {
  return (await request(app).get('/metrics')).text
}
