import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { minimalRun } from '../record-fixtures.ts'
import { filePart, formOf, formType } from './multipart-form.ts'
import { keyEntries, openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'
import { digestOfText, runWithOutputs } from './run-with-outputs.ts'

let registry: RegistryUnderTest
let url: string

before(async () => {
  registry = await openRegistryUnderTest()
  url = `http://127.0.0.1:${await registry.listen()}`
})
after(() => registry[Symbol.asyncDispose]())

describe('Deposits at the same time', () => {
  it('of one record take one place in the log and get one receipt', async () => {
    const record = minimalRun({ title: 'The same from everyone' })
    const answers = await Promise.all(Array.from({ length: 50 }, () => deposit(record)))
    const statuses = answers.map((answer) => answer.status)
    assert.equal(statuses.filter((status) => status === 201).length, 1)
    assert.equal(statuses.filter((status) => status === 200).length, 49)
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1)
    assert.equal((await registry.registry.catalog.counts()).records, 1)
  })

  it('of many records take places next to each other', async () => {
    const { records } = await registry.registry.catalog.counts()
    const first = keyEntries + records
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, number) => deposit(minimalRun({ title: `Run ${number}` }))),
    )
    const places = answers.map(({ body }): number => body.logIndex).sort((a, b) => a - b)
    assert.deepEqual(
      places,
      Array.from({ length: 64 }, (_, number) => first + number),
    )
  })

  it('mixed with refused ones leave no hole in the log', async () => {
    const { records } = await registry.registry.catalog.counts()
    const first = keyEntries + records
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, number) =>
        deposit(minimalRun({ title: number % 2 === 0 ? '' : `Mixed ${number}` })),
      ),
    )
    const accepted = answers.filter(({ status }) => status === 201)
    const places = accepted.map(({ body }): number => body.logIndex).sort((a, b) => a - b)
    assert.equal(accepted.length, 20)
    assert.deepEqual(
      places,
      Array.from({ length: 20 }, (_, number) => first + number),
    )
  })

  it('may bring the same file', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, number) => {
        const record = runWithOutputs(['shared\n'], { title: `Shares a file ${number}` })
        return depositForm(record, 'shared\n')
      }),
    )
    assert.deepEqual(
      answers.map(({ status }) => status),
      Array.from({ length: 10 }, () => 201),
    )
    assert.equal((await request(url).get(`/blobs/${digestOfText('shared\n')}`)).status, 200)
  })
})

function deposit(record: JsonObject) {
  return request(url).post('/records').set('authorization', registry.bearer).send(record)
}

function depositForm(record: JsonObject, file: string) {
  return request(url)
    .post('/records')
    .set('authorization', registry.bearer)
    .set('content-type', formType)
    .send(formOf(filePart('record', JSON.stringify(record)), filePart('file', file)))
}
