import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { eventually } from '../http/eventually.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from '../http/registry-under-test.ts'
import { fillLog } from '../publication/fill-log.ts'
import { LogReader } from '../publication/log-reader.ts'
import { newLogKey, openPublishedLog } from '../publication/published-log.ts'
import { temporaryData } from '../service/temporary-data.ts'
import { requireTlogClient, runTlogClient } from './tlog-client.ts'

describe('A tlog client in Go follows every size of a registry', requireTlogClient(), () => {
  let registry: RegistryUnderTest
  let url: string
  let log: LogReader
  let data: Awaited<ReturnType<typeof temporaryData>>
  let directory: string

  before(async () => {
    data = await temporaryData()
    directory = data.path
    registry = await openRegistryUnderTest({
      directory,
      database: `sqlite:${catalogIn(directory)}`,
    })
    url = `http://127.0.0.1:${await registry.listen()}`
    log = await LogReader.of(url)
  })
  after(async () => {
    await registry[Symbol.asyncDispose]()
    await data[Symbol.asyncDispose]()
  })

  for (const size of [2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 65_539]) {
    it(`${size}: the growth since the last one, every tile, every entry`, async () => {
      fillLog(catalogIn(directory), size)
      await eventually(async () => assert.equal(await log.size(), size))
      const vkeys = [(await textAt(`${url}/log/keys`)).trimEnd()]
      const state = join(directory, 'state-of-the-client')
      const options = { vkeys, url: `${url}/log`, state, entries: true }
      const { report, stderr } = await runTlogClient(options)
      assert.equal(stderr, '')
      assert.deepEqual([report?.size, report?.entries], [size, size])
      assert.equal(report?.tiles, hashTilesOf(size))
    })
  }
})

describe('A tlog client in Go follows the first sizes of a log', requireTlogClient(), () => {
  it('from none, whose checkpoint is signed too, to two', async () => {
    await using data = await temporaryData()
    const directory = data.path
    const key = await newLogKey()
    const state = join(directory, 'state-of-the-client')
    const reports = []
    for (const size of [0, 1, 2]) {
      await using log = await openPublishedLog(directory, { key })
      fillLog(catalogIn(directory), size)
      await log.publisher.covered(size - 1)
      const url = `${await log.listen()}/log`
      reports.push(await runTlogClient({ vkeys: [key.vkey], url, state, entries: true }))
    }
    const found = reports.map(({ report, stderr }) => [report?.size, report?.entries, stderr])
    assert.deepEqual(found, [
      [0, 0, ''],
      [1, 1, ''],
      [2, 2, ''],
    ])
    assert.equal(reports[0]?.report?.root, '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=')
  })
})

/** Full and partial tiles of all levels. */
function hashTilesOf(size: number): number {
  const [leaves, inner, top] = [size, Math.floor(size / 256), Math.floor(size / 65_536)]
  return Math.ceil(leaves / 256) + Math.ceil(inner / 256) + Math.ceil(top / 256)
}

function catalogIn(directory: string): string {
  return join(directory, 'catalog.sqlite')
}

async function textAt(url: string): Promise<string> {
  const answer = await fetch(url)
  assert.equal(answer.status, 200)
  return answer.text()
}
