import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import request from 'supertest'
import { canonicalText } from '../../src/record/canonical-json.ts'
import { limits } from '../../src/record/limits.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { createReadOnlyFile } from '../../src/vault/incoming.ts'
import { minimalRun } from '../record-fixtures.ts'
import { filePart, formOf, formType, openForm, type Part } from './multipart-form.ts'
import { RawConnection, requestHead } from './raw-connection.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'
import { digestOfText, runWithOutputs } from './run-with-outputs.ts'

const record = runWithOutputs(['first\n', 'second\n'])
const first = filePart(digestOfText('first\n'), 'first\n')
const second = filePart('any name', 'second\n')

describe('A deposit with its files in one request', () => {
  it('is accepted together with its files, whatever their order', async () => {
    for (const parts of [
      [recordPart(record), first, second],
      [second, recordPart(record), first],
      [first, second, recordPart(record)],
    ]) {
      await using registry = await openRegistryUnderTest()
      const answer = await deposit(registry, parts)
      assert.equal(answer.status, 201)
      assert.equal(await textOfBlob(registry, first.name), 'first\n')
      assert.equal(await textOfBlob(registry, digestOfText('second\n')), 'second\n')
    }
  })

  it('is answered with the first receipt when it comes again', async () => {
    await using registry = await openRegistryUnderTest()
    const one = await deposit(registry, [recordPart(record), first, second])
    const files = await registry.files()
    const other = await deposit(registry, [recordPart(record), first, second])
    assert.equal(one.status, 201)
    assert.equal(other.status, 200)
    assert.deepEqual(other.body, one.body)
    assert.deepEqual(await registry.files(), files)
  })

  it('may bring one file twice, and files that were there', async () => {
    await using registry = await openRegistryUnderTest()
    await deposit(registry, [recordPart(runWithOutputs(['first\n'])), first])
    const answer = await deposit(registry, [recordPart(record), first, second, first])
    assert.equal(answer.status, 201)
  })

  it('may leave out files that were there', async () => {
    await using registry = await openRegistryUnderTest()
    await deposit(registry, [recordPart(runWithOutputs(['first\n'])), first])
    const answer = await deposit(registry, [recordPart(record), second])
    assert.equal(answer.status, 201)
  })

  it('keeps nothing of a dry run, for which its files count as here', async () => {
    await using registry = await openRegistryUnderTest()
    const before = await registry.files()
    const answer = await deposit(registry, [recordPart(record), first], '?dryRun=true')
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.body.missing, [digestOfText('second\n')])
    assert.deepEqual(await registry.files(), before)
  })
})

describe('A refused deposit keeps none of its files', () => {
  const files = [first, second]
  for (const [why, parts, status, code] of [
    ['the record breaks a rule', [recordPart(minimalRun({ title: '' }))], 422, 'invalid-record'],
    ['the record is no JSON', [filePart('record', '{')], 400, 'invalid-json'],
    [
      'a file is missing',
      [recordPart(runWithOutputs(['first\n', 'second\n', 'third\n']))],
      422,
      'missing-blobs',
    ],
    ['a file is not named by it', [recordPart(runWithOutputs(['first\n']))], 422, 'unnamed-blob'],
    [
      'a file has not its digest',
      [recordPart(record), filePart(first.name, 'x')],
      422,
      'digest-mismatch',
    ],
    ['it has no record', [], 400, 'malformed-multipart'],
    ['it has two records', [recordPart(record), recordPart(record)], 400, 'malformed-multipart'],
    [
      'it has two signature parts',
      [recordPart(record), filePart('signature', '{}'), filePart('signature', '{}')],
      400,
      'malformed-multipart',
    ],
    [
      'the signature is none',
      [recordPart(record), filePart('signature', '{}')],
      422,
      'invalid-signature',
    ],
    [
      'the signature is too long',
      [recordPart(record), filePart('signature', ' '.repeat(limits.signatureBytes + 1))],
      413,
      'body-too-large',
    ],
    [
      'the record is too long',
      [filePart('record', ' '.repeat(limits.recordBytes + 1))],
      413,
      'body-too-large',
    ],
  ] as const) {
    it(`because ${why}`, async () => {
      await using registry = await openRegistryUnderTest()
      const before = await registry.files()
      const answer = await deposit(registry, [...files, ...parts])
      assert.equal(answer.status, status)
      assert.equal(answer.body.code, code)
      assert.deepEqual(await registry.files(), before)
    })
  }

  it('because a file is larger than a blob may be', async () => {
    await using registry = await openRegistryUnderTest({ maxBlobBytes: 6 })
    const before = await registry.files()
    const answer = await deposit(registry, [recordPart(record), first, second])
    assert.equal(answer.status, 413)
    assert.equal(answer.body.code, 'blob-too-large')
    assert.deepEqual(await registry.files(), before)
  })

  it('because the disk is full', async () => {
    let freeFiles = Infinity
    await using registry = await openRegistryUnderTest({
      createFile: async (path) => {
        freeFiles -= 1
        if (freeFiles < 0) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
        return createReadOnlyFile(path)
      },
    })
    const before = await registry.files()
    freeFiles = 1
    const answer = await deposit(registry, [first, second, recordPart(record)])
    assert.equal(answer.status, 507)
    assert.equal(answer.body.code, 'storage-full')
    assert.deepEqual(await registry.files(), before)
  })

  it('because its project is not that of the token', async () => {
    await using registry = await openRegistryUnderTest()
    const before = await registry.files()
    const token = await registry.makeToken({ project: 'Another project' })
    const answer = await deposit(
      registry,
      [recordPart(record), first, second],
      '',
      `Bearer ${token}`,
    )
    assert.equal(answer.status, 403)
    assert.equal(answer.body.code, 'wrong-project')
    assert.deepEqual(await registry.files(), before)
  })

  it('because the size of a file is not the one the record states', async () => {
    await using registry = await openRegistryUnderTest()
    const before = await registry.files()
    const output = { path: 'out', digest: first.name, size: 5, retained: true }
    const stages = [{ id: 'run', status: 'succeeded', exitCode: 0 }]
    const wrong = minimalRun({ run: { stages, outputs: [output] } })
    const answer = await deposit(registry, [first, recordPart(wrong)])
    assert.equal(answer.status, 422)
    assert.equal(answer.body.findings[0].rule, 'size-mismatch')
    assert.equal(answer.body.findings[0].pointer, '/run/outputs/0/size')
    assert.deepEqual(await registry.files(), before)
  })

  it('and is answered before the rest of a long form is sent', async () => {
    await using registry = await openRegistryUnderTest()
    const before = await registry.files()
    const connection = await RawConnection.open(await registry.listen())
    const length = { 'content-length': 2 ** 40, 'content-type': formType }
    await connection.send(
      requestHead('POST /records', { ...length, authorization: registry.bearer }),
      openForm(filePart(first.name, 'other bytes'), filePart('more', 'and so on')),
    )
    assert.match(await connection.answer(), /^HTTP\/1.1 422 [^]*"code":"digest-mismatch"/)
    assert.deepEqual(await registry.files(), before)
  })
})

function recordPart(document: JsonObject): Part {
  return filePart('record', canonicalText(document))
}

function deposit(
  registry: RegistryUnderTest,
  parts: readonly Part[],
  query = '',
  authorization = registry.bearer,
) {
  return request(registry.app)
    .post(`/records${query}`)
    .set('authorization', authorization)
    .set('content-type', formType)
    .send(formOf(...parts))
}

async function textOfBlob({ app }: RegistryUnderTest, digest: string): Promise<string> {
  const { body } = await request(app).get(`/blobs/${digest}`)
  return String(body)
}
