import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { fillLog } from '../publication/fill-log.ts'
import { LogReader } from '../publication/log-reader.ts'
import { stateEvent } from '../record-event-fixtures.ts'
import { minimalRun } from '../record-fixtures.ts'
import { temporaryData } from '../service/temporary-data.ts'
import { eventually } from './eventually.ts'
import { receiveBytes } from './received-answer.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'

const data = await temporaryData()
const catalogFile = join(data.path, 'catalog.sqlite')
const profiles = ['thin', 'standard', 'full']

let record: Accepted
let event: Accepted
let first: readonly string[]
let afterGrowth: readonly string[]
let afterRestart: readonly string[]

before(async () => {
  {
    await using registry = await openAgain()
    record = await accept(registry, '/records', minimalRun())
    event = await accept(registry, `/records/${record.digest}/events`, stateEvent(record.digest))
    first = await evidenceIn(registry)
    await growTo(700, registry)
    afterGrowth = await evidenceIn(registry)
  }
  await using registry = await openAgain()
  await accept(registry, '/records', minimalRun({ title: 'Later' }))
  afterRestart = await evidenceIn(registry)
})
after(() => data[Symbol.asyncDispose]())

describe('What was given out about a record', () => {
  it('stays the same, byte for byte, while the log grows', () => {
    assert.equal(first.length, 4 + profiles.length)
    assert.deepEqual(afterGrowth, first)
  })

  it('stays the same, byte for byte, when the service is started again', () => {
    assert.deepEqual(afterRestart, first)
  })

  it('still says what the log says of it', async () => {
    await using registry = await openAgain()
    const log = await LogReader.of(`http://127.0.0.1:${await registry.listen()}`)
    assert.equal(await log.assertProves(record.proof, record.digest), record.logIndex)
    assert.equal(await log.assertProves(event.proof, event.digest), event.logIndex)
    const again = await post(registry, '/records', minimalRun()).expect(200)
    assert.deepEqual(again.body, record)
  })
})

interface Accepted {
  readonly digest: string
  readonly logIndex: number
  readonly proof: string
}

function openAgain(): Promise<RegistryUnderTest> {
  return openRegistryUnderTest({ directory: data.path, database: `sqlite:${catalogFile}` })
}

/** Where evidence is, with the hash of what is there. */
async function evidenceIn({ app }: RegistryUnderTest): Promise<string[]> {
  const addresses = [
    `/records/${record.digest}/receipt`,
    `/records/${record.digest}/proof`,
    `/events/${event.digest}/receipt`,
    `/events/${event.digest}/proof`,
    ...profiles.map((profile) => `/records/${record.digest}/bundle.tar?profile=${profile}`),
  ]
  return Promise.all(
    addresses.map(async (address) => {
      const answer = request(app).get(address).buffer(true).parse(receiveBytes)
      const { body } = await answer.expect(200)
      return `${address} ${hash('sha256', body)}`
    }),
  )
}

async function growTo(size: number, { app }: RegistryUnderTest): Promise<void> {
  fillLog(catalogFile, size)
  await eventually(async () => {
    const { text } = await request(app).get('/log/checkpoint')
    assert.equal(text.split('\n')[1], String(size))
  })
}

async function accept(
  registry: RegistryUnderTest,
  path: string,
  document: JsonObject,
): Promise<Accepted> {
  return (await post(registry, path, document).expect(201)).body
}

function post({ app, bearer }: RegistryUnderTest, path: string, document: JsonObject) {
  return request(app).post(path).set('authorization', bearer).send(document)
}
