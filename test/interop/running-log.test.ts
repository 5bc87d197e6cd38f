import assert from 'node:assert/strict'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import { canonicalBytes } from '../../src/record/canonical-json.ts'
import { minimalRun } from '../record-fixtures.ts'
import { firstBearer, startService, type RunningService } from '../service/service-process.ts'
import { temporaryData } from '../service/temporary-data.ts'
import { requireTlogClient, runTlogClient } from './tlog-client.ts'

const data = await temporaryData()
const state = path.join(data.path, 'state-of-the-client')
let service: RunningService

before(async () => {
  service = await startService(data.path)
})
after(async () => {
  await service[Symbol.asyncDispose]()
  await data[Symbol.asyncDispose]()
})

describe('A tlog client in Go follows the log of a running registry', requireTlogClient(), () => {
  for (const size of [3, 255, 256, 257, 511, 512, 513]) {
    it(`up to ${size} entries, every one of them`, async () => {
      const receipts = await depositUntil(size)
      const records = receipts.map(({ leafHash }) => leafHash)
      const url = `${service.url}/log`
      const vkeys = [(await textAt('/log/keys')).trimEnd()]
      const { report, stderr } = await runTlogClient({ vkeys, url, state, entries: true, records })
      assert.equal(stderr, '')
      assert.deepEqual([report?.size, report?.entries, report?.proofs], [size, size, size])
      assert.deepEqual(
        report?.records.map(({ index }) => index),
        receipts.map(({ index }) => index),
      )
    })
  }
})

/** Deposits, all at once, what the log lacks of that size; what the receipts say of the log. */
async function depositUntil(size: number): Promise<{ index: number; leafHash: string }[]> {
  const [, before] = (await textAt('/log/checkpoint')).split('\n')
  const lacking = Array.from({ length: size - Number(before) }, (_, at) => `${Number(before) + at}`)
  return Promise.all(lacking.map((name) => deposit(`Record ${name}`)))
}

async function deposit(title: string): Promise<{ index: number; leafHash: string }> {
  const answer = await fetch(`${service.url}/records`, {
    method: 'POST',
    headers: {
      authorization: await firstBearer(data.path),
      'content-type': 'application/json',
    },
    body: new Uint8Array(canonicalBytes(minimalRun({ title }))),
  })
  const text = await answer.text()
  assert.equal(answer.status, 201, text)
  return JSON.parse(Buffer.from(JSON.parse(text).receipt.payload, 'base64url').toString()).log
}

async function textAt(address: string): Promise<string> {
  const answer = await fetch(service.url + address)
  assert.equal(answer.status, 200)
  return answer.text()
}
