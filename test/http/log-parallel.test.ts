import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { parseProofFile } from '../../src/log/proof-file.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { LogReader } from '../publication/log-reader.ts'
import { noteEvent } from '../record-event-fixtures.ts'
import { minimalRun } from '../record-fixtures.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'

let registry: RegistryUnderTest
let url: string
let log: LogReader

before(async () => {
  registry = await openRegistryUnderTest()
  url = `http://127.0.0.1:${await registry.listen()}`
  log = await LogReader.of(url)
})
after(() => registry[Symbol.asyncDispose]())

describe('Deposits at the same time', () => {
  it('of 64 records have 64 proofs, each true of the checkpoint in it', async () => {
    const first = await log.size()
    const records = Array.from({ length: 64 }, (_, n) => minimalRun({ title: `Run ${n}` }))
    const bodies = await Promise.all(records.map((record) => accept('/records', record)))
    const places = await Promise.all(
      bodies.map(({ proof, digest }) => log.assertProves(proof, digest)),
    )
    assert.deepEqual(
      places,
      bodies.map(({ logIndex }) => logIndex),
    )
    assert.deepEqual(
      places.toSorted((a, b) => a - b),
      Array.from({ length: 64 }, (_, n) => first + n),
    )
    assert.equal(await log.size(), first + 64)
  })

  it('of one record, 200 times, are one entry with one receipt and one proof', async () => {
    const size = await log.size()
    const record = minimalRun({ title: 'The same 200 times' })
    const answers = await Promise.all(Array.from({ length: 200 }, () => post('/records', record)))
    const texts = new Set(answers.map(({ text }) => text))
    const created = answers.filter(({ status }) => status === 201)
    assert.deepEqual([texts.size, created.length], [1, 1])
    assert.equal(await log.size(), size + 1)
    const { digest, logIndex, proof } = created[0]?.body ?? {}
    assert.equal(await log.assertProves(proof, digest), size)
    assert.equal(logIndex, size)
  })

  it('with events about them share checkpoints, and nobody goes without a proof', async () => {
    const { digest } = await accept('/records', minimalRun({ title: 'Talked about' }))
    const size = await log.size()
    const thirty = Array.from({ length: 30 }, (_, n) => n)
    const bodies = await Promise.all([
      ...thirty.map((n) => accept('/records', minimalRun({ title: `Beside events ${n}` }))),
      ...thirty.map((n) =>
        accept(`/records/${digest}/events`, noteEvent(digest, { value: `Note ${n}` })),
      ),
    ])
    for (const body of bodies) {
      assert.equal(await log.assertProves(body.proof, body.digest), body.logIndex)
    }
    const places = bodies.map(({ logIndex }) => logIndex).toSorted((a, b) => a - b)
    assert.deepEqual(
      places,
      Array.from({ length: 60 }, (_, n) => size + n),
    )
    const checkpoints = new Set(bodies.map(({ proof }) => parseProofFile(proof).checkpoint))
    assert.ok(checkpoints.size < 60, `${checkpoints.size} checkpoints for 60 entries`)
  })
})

interface Accepted {
  readonly digest: string
  readonly logIndex: number
  readonly proof: string
}

async function accept(path: string, document: JsonObject): Promise<Accepted> {
  return (await post(path, document).expect(201)).body
}

function post(path: string, document: JsonObject) {
  return request(url).post(path).set('authorization', registry.bearer).send(document)
}
