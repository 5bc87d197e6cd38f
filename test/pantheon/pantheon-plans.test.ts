import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { blobsNamedBy } from '../../src/record/blobs-named.ts'
import { canonicalBytes } from '../../src/record/canonical-json.ts'
import { InvalidRecord } from '../../src/record/finding.ts'
import { checkRecord } from '../../src/record/findings.ts'
import { derivedGapsOf } from '../../src/record/gaps.ts'
import { parseStrictJson, type JsonObject } from '../../src/record/strict-json.ts'
import { miniappPlan } from './miniapp-plan.ts'
import { readPantheonFile } from './pantheon-entry.ts'
import type { PantheonPlan } from './plan-records.ts'
import { digestOfBytes, openThrowawayRegistry } from '../throwaway-registry.ts'
import { warpxPlan } from './warpx-plan.ts'

const workflows = [
  { name: 'miniapp', plan: miniappPlan() },
  { name: 'warpx', plan: warpxPlan() },
]

for (const { name, plan } of workflows) {
  describe(`the Pantheon workflow ${name}, written as a plan`, () => {
    const { record, warnings } = checkRecord(documentOf(plan))

    it('keeps every rule, without a warning', () => {
      assert.equal(record.kind, 'plan')
      assert.deepEqual(warnings, [])
    })

    it('names the files of the folder, and only them', () => {
      const files = plan.files.map((file) => readPantheonFile(name, file))
      const named = new Set<string>(blobsNamedBy(record).map((blob) => blob.digest))
      assert.deepEqual(named, new Set(files.map((file) => file.digest)))
    })

    it('says itself what it lacks', () => {
      assert.deepEqual(derivedGapsOf(record), [])
    })

    it('leaves out the e-mail address of the contact, and is refused with it', () => {
      const address = /contact_email: (\S+)/.exec(
        readPantheonFile(name, 'pantheon/pantheon.yaml').bytes.toString(),
      )?.[1]
      assert.ok(address)
      assert.ok(!JSON.stringify(record).includes(address))
      const withAddress = { ...documentOf(plan), summary: `Contact: ${address}` }
      assert.throws(() => checkRecord(withAddress), refusalOf('e-mail-address', address))
    })
  })
}

describe('the environment of miniapp', () => {
  it('has a site parameter for every marker in its spack.yaml', () => {
    const { record } = checkRecord(documentOf(miniappPlan()))
    const text = readPantheonFile('miniapp', 'inputs/spack/spack.yaml').bytes.toString()
    const markers = new Set([...text.matchAll(/<(\w+)>/g)].map(([, marker]) => marker))
    const parameters = record.kind === 'plan' ? (record.plan.parameters ?? []) : []
    assert.equal(markers.size, 6)
    assert.deepEqual(
      [...markers].filter((marker) => !parameters.some(({ name }) => name === marker)),
      [],
    )
  })
})

describe('the plans of Pantheon workflows', () => {
  it('take title, project and application from pantheon.yaml', () => {
    const described = workflows.map(({ plan }) => {
      const { record } = checkRecord(documentOf(plan))
      return [record.title, record.project.name, record.application]
    })
    assert.deepEqual(described, [
      ['Ascent Cloverleaf Workflow', 'E4S', { name: 'cloverleaf3d', version: 'gcc_9.3.0' }],
      ['WarpX Workflow', 'E4S', { name: 'warpx', version: '21.21' }],
    ])
  })
})

describe('a registry', () => {
  for (const { name, plan } of workflows) {
    it(`takes the plan of ${name} and gives it and its files back byte for byte`, async () => {
      await using registry = await openThrowawayRegistry()
      const files = plan.files.map((file) => readPantheonFile(name, file))
      for (const { bytes } of files) await registry.putBlob(bytes)

      const answer = await registry.deposit(plan.record)

      assert.equal(answer.status, 201, answer.text)
      const record = await registry.getRecord(answer.body.digest)
      assert.deepEqual(record, Buffer.from(canonicalBytes(documentOf(plan))))
      assert.equal(digestOfBytes(record), answer.body.digest)
      for (const { digest, bytes } of files) {
        assert.ok(bytes.equals(await registry.getBlob(digest)))
      }
    })
  }

  it('refuses a plan whose files it does not have, and lists them', async () => {
    await using registry = await openThrowawayRegistry()
    const answer = await registry.deposit(miniappPlan().record)
    assert.equal(answer.body.code, 'missing-blobs')
    assert.equal(answer.body.missing.length, miniappPlan().files.length)
  })
})

function documentOf(plan: PantheonPlan): JsonObject {
  return parseStrictJson(Buffer.from(JSON.stringify(plan.record)))
}

/** A refusal by this rule whose findings do not repeat the value. */
function refusalOf(rule: string, value: string): (error: unknown) => boolean {
  return (error) =>
    error instanceof InvalidRecord &&
    error.findings.some((finding) => finding.rule === rule) &&
    !JSON.stringify(error.findings).includes(value) &&
    !error.message.includes(value)
}
