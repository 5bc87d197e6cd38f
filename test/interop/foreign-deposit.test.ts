import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { JWK } from 'jose'
import { parsePublicKey, type PublicKey } from '../../src/attestation/public-keys.ts'
import { canonicalBytes } from '../../src/record/canonical-json.ts'
import { filePart, formOf, formType } from '../http/multipart-form.ts'
import { minimalRun } from '../record-fixtures.ts'
import {
  firstBearer,
  runStele,
  startService,
  type RunningService,
} from '../service/service-process.ts'
import { temporaryData } from '../service/temporary-data.ts'
import { requireInFull } from '../tools.ts'
import { checkDeposit, checkReceipt, requireJwcrypto, signWithJwcrypto } from './jwcrypto.ts'
import { verifyWithOpenssl, type FlattenedSignature } from './openssl.ts'

const project = 'Example project'
const data = await temporaryData()
let service: RunningService

before(async () => {
  service = await startService(data.path)
})
after(async () => {
  await service[Symbol.asyncDispose]()
  await data[Symbol.asyncDispose]()
})

describe('A deposit that jwcrypto signed', requireJwcrypto(), () => {
  for (const alg of ['EdDSA', 'ES256'] as const) {
    const record = recordOf(`Signed with ${alg}`)

    it(`with ${alg} is accepted, and jwcrypto verifies all that is given out`, async () => {
      const { key, signature } = await signWithJwcrypto(alg, record)
      const publicKey = await register(key)
      const digest = await deposit(record, signature)
      const receipt = await textAt(`/records/${digest}/receipt`)
      const signatures = await textAt(`/records/${digest}/signatures`)
      const accepted = await checkReceipt({ keys: await publishedKeys(), receipt, record })
      const vouched = await checkDeposit({ keys: { keys: [publicKey] }, signatures, record })
      assert.deepEqual([accepted.stderr, vouched.stderr], ['', ''])
      assert.deepEqual(JSON.parse(String(accepted.stdout)).depositor.keys, [publicKey.kid])
      assert.deepEqual(JSON.parse(String(vouched.stdout)), [{ kid: publicKey.kid, alg }])
    })

    it(`with ${alg} is refused when the record is another one`, async () => {
      const { key, signature } = await signWithJwcrypto(alg, recordOf('Another one'))
      await register(key)
      await assert.rejects(deposit(record, signature), /422 .*invalid-signature/)
    })
  }
})

describe('A receipt', requireInFull('openssl'), () => {
  it('verifies with openssl and the published keys', async () => {
    const digest = await deposit(recordOf('Not signed'))
    const receipt = parseFlattened(await textAt(`/records/${digest}/receipt`))
    const { keys } = await publishedKeys()
    const key = keys.find(({ kid }) => kid === keyIdOf(receipt))
    assert.ok(key)
    const { exitCode, stderr } = await verifyWithOpenssl(key, receipt)
    assert.equal(stderr, '')
    assert.equal(exitCode, 0)
  })
})

function recordOf(title: string): Buffer {
  return Buffer.from(canonicalBytes(minimalRun({ title })))
}

async function register(key: JWK): Promise<PublicKey> {
  const file = path.join(data.path, 'key.jwk')
  await writeFile(file, JSON.stringify(key))
  const args = ['keys', 'add', '--project', project, '--jwk', file]
  const { code, errors } = await runStele(args, { STELE_DATA: data.path })
  assert.equal(code, 0, errors)
  return parsePublicKey(key)
}

/** Deposits over HTTP and returns the digest; a refusal is an error. */
async function deposit(record: Buffer, signature?: object): Promise<string> {
  const parts = [filePart('record', record)]
  if (signature !== undefined) parts.push(filePart('signature', JSON.stringify(signature)))
  const answer = await fetch(`${service.url}/records`, {
    method: 'POST',
    headers: { authorization: await firstBearer(data.path), 'content-type': formType },
    body: new Uint8Array(formOf(...parts)),
  })
  const text = await answer.text()
  if (answer.status !== 201) throw new Error(`${answer.status} ${text}`)
  return JSON.parse(text).digest
}

async function publishedKeys(): Promise<{ readonly keys: readonly PublicKey[] }> {
  return JSON.parse(await textAt('/.well-known/jwks.json'))
}

async function textAt(address: string): Promise<string> {
  const answer = await fetch(service.url + address)
  assert.equal(answer.status, 200)
  return answer.text()
}

function keyIdOf({ protected: header }: FlattenedSignature): string {
  return JSON.parse(Buffer.from(header, 'base64url').toString()).kid
}

function parseFlattened(jws: string): FlattenedSignature {
  return JSON.parse(jws)
}
