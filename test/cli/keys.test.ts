import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import request from 'supertest'
import { canonicalBytes } from '../../src/record/canonical-json.ts'
import { newDepositor, signWith, type Depositor } from '../attestation/depositors.ts'
import { filePart, formOf, formType } from '../http/multipart-form.ts'
import { minimalRun } from '../record-fixtures.ts'
import { firstBearer, runStele, startService } from '../service/service-process.ts'
import { temporaryData } from '../service/temporary-data.ts'

const project = 'Example project'

describe('stele keys', () => {
  it('registers a key with which depositors sign, until it is revoked', async () => {
    await using data = await temporaryData()
    await using service = await startService(data.path)
    const settings = { STELE_DATA: data.path }
    const ada = await newDepositor('EdDSA')
    const { kid } = ada.publicKey
    const bearer = await firstBearer(data.path)
    assert.equal(await depositSigned(service.url, bearer, ada, 'Too early'), 422)

    const args = ['keys', 'add', '--project', project, '--jwk', await keyFile(data.path, ada)]
    assert.equal((await runStele(args, settings)).output, `${kid} is registered for ${project}\n`)
    assert.equal((await runStele(args, settings)).output, `${kid} was registered for ${project}\n`)
    assert.equal(await depositSigned(service.url, bearer, ada, 'Signed'), 201)
    const listed = await runStele(['keys', 'list'], settings)
    assert.match(
      listed.output,
      new RegExp(`\n${kid} {2}${project} {2}added \\d{4}-.* \\(entry 2\\) {2}valid\n$`),
    )

    const revoked = await runStele(['keys', 'revoke', kid, '--project', project], settings)
    assert.deepEqual(revoked, {
      code: 0,
      output: `${kid} is revoked for ${project}\n`,
      errors: '',
    })
    assert.equal(await depositSigned(service.url, bearer, ada, 'Too late'), 422)
    assert.match((await runStele(['keys', 'list'], settings)).output, / revoked \d{4}-/)
  })

  it('does not call a key registered that was revoked', async () => {
    await using data = await temporaryData()
    const settings = { STELE_DATA: data.path }
    const ada = await newDepositor('EdDSA')
    const { kid } = ada.publicKey
    const add = ['keys', 'add', '--project', project, '--jwk', await keyFile(data.path, ada)]
    await runStele(add, settings)
    await runStele(['keys', 'revoke', kid, '--project', project], settings)
    const { code, output, errors } = await runStele(add, settings)
    assert.deepEqual([code, output], [2, ''])
    assert.match(errors, new RegExp(`^stele: the key ${kid} of ${project} was revoked at \\d{4}-`))
  })

  it('revokes a key whose name begins like an option', async () => {
    await using data = await temporaryData()
    const settings = { STELE_DATA: data.path }
    const bo = await depositorNamed(/^-/)
    const { kid } = bo.publicKey
    const file = await keyFile(data.path, bo)
    await runStele(['keys', 'add', '--project', project, '--jwk', file], settings)
    const first = await runStele(['keys', 'revoke', kid, '--project', project], settings)
    assert.deepEqual([first.code, first.errors], [0, ''])
  })

  it('takes the option before the name too', async () => {
    await using data = await temporaryData()
    const args = ['keys', 'revoke', '--project', project, 'unknown']
    const { code, errors } = await runStele(args, { STELE_DATA: data.path })
    assert.equal(code, 2)
    assert.match(errors, /^stele: no key unknown of Example project; see "stele keys list"\n$/)
  })

  for (const [what, text, complaint] of [
    ['a private key', '{"kty":"OKP","crv":"Ed25519","x":"a","d":"b"}', /found a private key/],
    ['a key of another kind', '{"kty":"RSA","n":"a","e":"AQAB"}', /found a key of type RSA/],
    ['no JSON', 'ssh-ed25519 AAAA', /holds no public key as a JWK/],
  ] as const) {
    it(`refuses ${what}`, async () => {
      await using data = await temporaryData()
      const file = join(data.path, 'key.jwk')
      await writeFile(file, text)
      const args = ['keys', 'add', '--project', project, '--jwk', file]
      const { code, errors } = await runStele(args, { STELE_DATA: data.path })
      assert.equal(code, 2)
      assert.match(errors, complaint)
      assert.doesNotMatch(errors, /\.ts:/)
    })
  }

  it('says when the file is not there', async () => {
    await using data = await temporaryData()
    const args = ['keys', 'add', '--project', project, '--jwk', join(data.path, 'key.jwk')]
    const { code, errors } = await runStele(args, { STELE_DATA: data.path })
    assert.equal(code, 2)
    assert.match(errors, /^stele: .*key\.jwk cannot be read \(ENOENT\)\n$/)
  })
})

async function depositorNamed(pattern: RegExp): Promise<Depositor> {
  for (;;) {
    const depositor = await newDepositor('EdDSA')
    if (pattern.test(depositor.publicKey.kid)) return depositor
  }
}

async function keyFile(directory: string, { publicKey }: Depositor): Promise<string> {
  const file = join(directory, 'key.jwk')
  await writeFile(file, JSON.stringify(publicKey))
  return file
}

async function depositSigned(
  url: string,
  authorization: string,
  depositor: Depositor,
  title: string,
): Promise<number> {
  const bytes = canonicalBytes(minimalRun({ title }))
  const { protected: header, signature } = signWith(depositor, bytes)
  const document = JSON.stringify({ protected: header, signature })
  const answer = await request(url)
    .post('/records')
    .set({ authorization, 'content-type': formType })
    .send(formOf(filePart('record', bytes), filePart('signature', document)))
  return answer.status
}
