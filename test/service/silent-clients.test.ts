import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, it } from 'node:test'
import { digestOf } from '../../src/record/digest.ts'
import type { CreateFile } from '../../src/vault/draft-file.ts'
import { createReadOnlyFile } from '../../src/vault/incoming.ts'
import { eventually } from '../http/eventually.ts'
import { RawConnection, requestHead } from '../http/raw-connection.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from '../http/registry-under-test.ts'
import { digestOfText } from '../http/run-with-outputs.ts'
import { minimalRun } from '../record-fixtures.ts'

const text = 'bytes that take their time'
const digest = digestOfText(text)

describe('A client that waits for the service', () => {
  it('is not taken for one that fell silent', async () => {
    await using registry = await openRegistryUnderTest()
    const connection = await RawConnection.open(await registry.listen({ idleTimeoutMs: 200 }))
    const { catalog } = registry.registry
    const addRecords = catalog.addRecords.bind(catalog)
    catalog.addRecords = async (records) => {
      await pause(1000)
      return addRecords(records)
    }
    const record = JSON.stringify(minimalRun())
    const fields = { authorization: registry.bearer, 'content-type': 'application/json' }
    const length = { connection: 'close', 'content-length': record.length }
    await connection.send(requestHead('POST /records', { ...fields, ...length }), record)
    assert.match(await connection.answer(), /^HTTP\/1.1 201 /)
  })

  it('is not taken for one either while the disk holds up its upload', async () => {
    const createFile: CreateFile = async (path) => {
      const file = await createReadOnlyFile(path)
      const sync = file.sync.bind(file)
      file.sync = () => pause(1000).then(sync)
      const writev: typeof file.writev = file.writev.bind(file)
      file.writev = (...pieces) => pause(1000).then(() => writev(...pieces))
      return file
    }
    await using registry = await openRegistryUnderTest({ createFile })
    const connection = await RawConnection.open(await registry.listen({ idleTimeoutMs: 300 }))
    const long = Buffer.alloc(4 << 20)
    const length = { connection: 'close', 'content-length': long.byteLength }
    const head = { authorization: registry.bearer, ...length }
    await connection.send(requestHead(`PUT /blobs/${await digestOf(long)}`, head), long)
    assert.match(await connection.answer(), /^HTTP\/1.1 201 /)
  })
})

describe('A client that falls silent', () => {
  it('in the middle of a blob is given up, and nothing of it stays', async () => {
    await using registry = await openRegistryUnderTest()
    const before = await registry.files()
    const connection = await RawConnection.open(await registry.listen({ idleTimeoutMs: 200 }))
    await connection.send(uploadHead(registry), text.slice(0, 10))
    assert.doesNotMatch(await connection.answer(), /^HTTP\/1.1 2/)
    await eventually(async () => assert.deepEqual(await registry.files(), before))
  })

  it('in the middle of a record is given up, and nothing of it stays', async () => {
    await using registry = await openRegistryUnderTest()
    const before = await registry.files()
    const connection = await RawConnection.open(await registry.listen({ idleTimeoutMs: 200 }))
    const record = JSON.stringify(minimalRun())
    const fields = { authorization: registry.bearer, 'content-type': 'application/json' }
    const head = requestHead('POST /records', { ...fields, 'content-length': record.length })
    await connection.send(head, record.slice(0, 20))
    assert.doesNotMatch(await connection.answer(), /^HTTP\/1.1 2/)
    assert.deepEqual(await registry.files(), before)
    assert.equal((await registry.registry.catalog.counts()).records, 0)
  })

  it('in the middle of an answer is given up', async () => {
    await using registry = await openRegistryUnderTest()
    const port = await registry.listen({ idleTimeoutMs: 200 })
    const long = Buffer.alloc(32 << 20)
    const longDigest = await digestOf(long)
    const { intake } = registry.registry
    await intake.put(Readable.from([long]), longDigest)
    const connection = await RawConnection.open(port)
    await connection.send(requestHead(`GET /blobs/${longDigest}`, {}))
    await connection.head()
    connection.pause()
    await eventually(async () => assert.match(await metricsOf(port), /method="GET",route="\/blobs/))
    connection.resume()
    assert.ok((await connection.answer()).length < long.length)
  })

  it('only for less than the limit is served', async () => {
    await using registry = await openRegistryUnderTest()
    const connection = await RawConnection.open(await registry.listen({ idleTimeoutMs: 2000 }))
    await connection.send(uploadHead(registry))
    for (const letter of text) {
      await connection.send(letter)
      await pause(100)
    }
    assert.match(await connection.answer(), /^HTTP\/1.1 201 /)
  })
})

function uploadHead({ bearer }: RegistryUnderTest): string {
  const fields = { authorization: bearer, connection: 'close', 'content-length': text.length }
  return requestHead(`PUT /blobs/${digest}`, fields)
}

async function metricsOf(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
}
