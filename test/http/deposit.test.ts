import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import request from 'supertest'
import { canonicalBytes } from '../../src/record/canonical-json.ts'
import { digestOf } from '../../src/record/digest.ts'
import { limits } from '../../src/record/limits.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { minimalCollection, minimalPlan, minimalRun } from '../record-fixtures.ts'
import {
  keyEntries,
  openRegistryUnderTest,
  registryUrl,
  type RegistryUnderTest,
} from './registry-under-test.ts'
import { digestOfText, runWithOutputs } from './run-with-outputs.ts'

describe('POST /records', () => {
  it('accepts a record of each kind under the digest of its canonical bytes', async () => {
    await using registry = await openRegistryUnderTest()
    for (const [place, record] of [minimalRun(), minimalPlan(), minimalCollection()].entries()) {
      const digest = await digestOf(canonicalBytes(record))
      const answer = await deposit(registry, record)
      assert.equal(answer.status, 201)
      assert.equal(answer.body.digest, digest)
      assert.equal(answer.body.url, `${registryUrl}/records/${digest}`)
      assert.equal(answer.headers['location'], answer.body.url)
      assert.equal(answer.body.logIndex, keyEntries + place)
      assert.deepEqual(Object.keys(answer.body.receipt), ['payload', 'protected', 'signature'])
      assert.match(answer.body.proof, /^c2sp\.org\/tlog-proof@v1\n/)
    }
  })

  it('answers a second deposit with the first receipt', async () => {
    let now = new Date('2026-11-20T10:00:00Z')
    await using registry = await openRegistryUnderTest({ clock: () => now })
    const first = await deposit(registry, minimalRun())
    now = new Date('2026-11-20T11:00:00Z')
    const second = await deposit(registry, minimalRun())
    assert.equal(first.status, 201)
    assert.equal(second.status, 200)
    assert.deepEqual(second.body, first.body)
  })

  it('gives one value one digest, whatever its spelling', async () => {
    await using registry = await openRegistryUnderTest()
    const record = minimalRun({ title: 'A/b' })
    const spaced = JSON.stringify(record, null, 2).replace('"A/b"', '"\\u0041\\/b"')
    const reversed = JSON.stringify(Object.fromEntries(Object.entries(record).toReversed()))
    const digests: string[] = []
    for (const text of [JSON.stringify(record), spaced, reversed]) {
      digests.push((await deposit(registry, text)).body.digest)
    }
    assert.deepEqual(new Set(digests), new Set([await digestOf(canonicalBytes(record))]))
  })

  it('answers with the plan digest of runs and plans, equal for equal plans', async () => {
    await using registry = await openRegistryUnderTest()
    const run = await deposit(registry, minimalRun())
    const plan = await deposit(registry, minimalPlan())
    const collection = await deposit(registry, minimalCollection())
    assert.match(run.body.planDigest, /^sha256:[0-9a-f]{64}$/)
    assert.equal(plan.body.planDigest, run.body.planDigest)
    assert.equal(collection.body.planDigest, null)
  })

  it('lists every place of a record that breaks a rule', async () => {
    await using registry = await openRegistryUnderTest()
    const broken = minimalRun({ title: '', extra: 1, createdAt: 'yesterday' })
    const answer = await deposit(registry, broken)
    assert.equal(answer.status, 422)
    assert.equal(answer.body.code, 'invalid-record')
    const pointers = answer.body.findings.map((finding: { pointer: string }) => finding.pointer)
    assert.deepEqual(new Set(pointers), new Set(['/createdAt', '/extra', '/title']))
    assert.deepEqual(Object.keys(answer.body.findings[0]).sort(), [
      'expected',
      'found',
      'pointer',
      'rule',
      'severity',
    ])
  })

  it('refuses a private value without repeating it', async () => {
    await using registry = await openRegistryUnderTest()
    const answer = await deposit(registry, minimalRun({ summary: 'ask ada@example.org' }))
    assert.equal(answer.status, 422)
    assert.equal(answer.body.findings[0].pointer, '/summary')
    assert.equal(answer.body.findings[0].rule, 'e-mail-address')
    assert.doesNotMatch(answer.text, /ada@/)
    assert.doesNotMatch(registry.log(), /ada@/)
  })

  it('names exactly the blobs that are missing', async () => {
    await using registry = await openRegistryUnderTest()
    await request(registry.app)
      .put(`/blobs/${digestOfText('here')}`)
      .set('authorization', registry.bearer)
      .send(Buffer.from('here'))
    const answer = await deposit(registry, runWithOutputs(['here', 'absent', 'far away', 'absent']))
    assert.equal(answer.status, 422)
    assert.equal(answer.body.code, 'missing-blobs')
    assert.deepEqual(answer.body.missing, [digestOfText('absent'), digestOfText('far away')])
  })

  it('leaves nothing of a refused deposit', async () => {
    await using registry = await openRegistryUnderTest()
    const before = await registry.files()
    await deposit(registry, minimalRun({ title: '' }))
    await deposit(registry, runWithOutputs(['absent']))
    assert.deepEqual(await registry.files(), before)
    assert.equal((await registry.registry.catalog.counts()).records, 0)
  })

  it('refuses a record of more bytes than the limit, and takes any white space below', async () => {
    await using registry = await openRegistryUnderTest()
    const text = JSON.stringify(minimalRun())
    const longest = text + ' '.repeat(limits.recordBytes - text.length)
    assert.equal((await deposit(registry, longest)).status, 201)
    const answer = await deposit(registry, `${longest} `)
    assert.equal(answer.status, 413)
    assert.equal(answer.body.code, 'body-too-large')
  })
})

describe('POST /records?dryRun=true', () => {
  it('reports what a deposit would say and keeps nothing', async () => {
    await using registry = await openRegistryUnderTest()
    const before = await registry.files()
    const record = runWithOutputs(['absent'])
    const answer = await deposit(registry, record, '?dryRun=true')
    assert.equal(answer.status, 200)
    assert.equal(answer.body.digest, await digestOf(canonicalBytes(record)))
    assert.deepEqual(answer.body.missing, [digestOfText('absent')])
    assert.equal(answer.body.receipt, undefined)
    assert.deepEqual(await registry.files(), before)
    assert.equal((await registry.registry.catalog.counts()).records, 0)
  })

  it('refuses what a deposit would refuse', async () => {
    await using registry = await openRegistryUnderTest()
    const answer = await deposit(registry, minimalRun({ title: '' }), '?dryRun=true')
    assert.equal(answer.status, 422)
    assert.equal(answer.body.code, 'invalid-record')
  })

  it('is not understood in other words', async () => {
    await using registry = await openRegistryUnderTest()
    const answer = await deposit(registry, minimalRun(), '?dryRun=yes')
    assert.equal(answer.status, 400)
    assert.equal(answer.body.code, 'invalid-parameter')
  })
})

describe('The media type of a deposit', () => {
  for (const type of [
    'application/json',
    'application/vnd.stele.record+json',
    'Application/JSON; charset=UTF-8',
    'application/json; charset="utf-8"',
  ]) {
    it(`may be ${type}`, async () => {
      await using registry = await openRegistryUnderTest()
      assert.equal(
        (await deposit(registry, minimalRun(), '', { 'content-type': type })).status,
        201,
      )
    })
  }

  for (const fields of [
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'application/json; charset=utf-16le' },
    { 'content-type': 'application/json; charset=iso-8859-1' },
    { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    { 'content-type': '' },
  ]) {
    it(`may not be ${JSON.stringify(fields)}`, async () => {
      await using registry = await openRegistryUnderTest()
      const answer = await deposit(registry, minimalRun(), '', fields)
      assert.equal(answer.status, 415)
      assert.equal(answer.body.code, 'unsupported-media-type')
    })
  }
})

function deposit(
  { app, bearer }: RegistryUnderTest,
  record: JsonObject | string,
  query = '',
  fields: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
) {
  return request(app)
    .post(`/records${query}`)
    .set('authorization', bearer)
    .set(fields)
    .send(typeof record === 'string' ? record : JSON.stringify(record))
}
