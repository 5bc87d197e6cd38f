import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, it } from 'node:test'
import request from 'supertest'
import { canonicalBytes } from '../../src/record/canonical-json.ts'
import { newDepositor, signWith } from '../attestation/depositors.ts'
import { filePart, formOf, formType } from '../http/multipart-form.ts'
import { minimalRun } from '../record-fixtures.ts'
import { firstBearer, runStele, startService } from '../service/service-process.ts'
import { temporaryData } from '../service/temporary-data.ts'

describe('stele verify, given a registry', () => {
  it('finds a signed record and its bundle genuine, with keys that were pinned before', async () => {
    await using data = await temporaryData()
    await using service = await startService(data.path)
    const record = await depositSigned(service.url, data.path)
    const trust = await pinnedKeys(service.url, data.path)
    const byUrl = await runStele(['verify', record, ...trust], {})
    const bundle = await runStele(['verify', `${record}/bundle.tar?profile=full`, ...trust], {})
    for (const { code, output } of [byUrl, bundle]) {
      assert.match(output, /^good +depositor-signatures +signed with ES256 by the key \S+$/m)
      assert.match(output, /^good +inclusion /m)
      assert.match(output, /\nVerified\.\n$/)
      assert.equal(code, 0)
    }
  })
})

/** @returns the record's URL. */
async function depositSigned(url: string, data: string): Promise<string> {
  const depositor = await newDepositor('ES256')
  const file = path.join(data, 'depositor.jwk')
  await writeFile(file, JSON.stringify(depositor.publicKey))
  const add = ['keys', 'add', '--project', 'Example project', '--jwk', file]
  assert.equal((await runStele(add, { STELE_DATA: data })).code, 0)
  const bytes = canonicalBytes(minimalRun())
  const { protected: header, signature } = signWith(depositor, bytes)
  const document = JSON.stringify({ protected: header, signature })
  const answer = await request(url)
    .post('/records')
    .set({ authorization: await firstBearer(data), 'content-type': formType })
    .send(formOf(filePart('record', bytes), filePart('signature', document)))
  assert.equal(answer.status, 201)
  return answer.body.url
}

/** Options that pin what the registry publishes now. */
async function pinnedKeys(url: string, data: string): Promise<string[]> {
  const policy = path.join(data, 'policy')
  const receiptKeys = path.join(data, 'receipt-keys.json')
  const logKeys = await (await fetch(`${url}/log/keys`)).text()
  await writeFile(policy, `log ${logKeys.split(/\s/)[0]}\nquorum none\n`)
  await writeFile(receiptKeys, await (await fetch(`${url}/.well-known/jwks.json`)).text())
  return ['--policy', policy, '--receipt-keys', receiptKeys]
}
