import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { globSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { describe, it } from 'node:test'
import { blobsNamedBy } from '../../src/record/blobs-named.ts'
import { canonicalBytes } from '../../src/record/canonical-json.ts'
import { checkRecord } from '../../src/record/findings.ts'
import { derivedGapsOf } from '../../src/record/gaps.ts'
import { parseStrictJson } from '../../src/record/strict-json.ts'

const examples = path.join(import.meta.dirname, '../../examples')

const names = globSync('*/record.json', { cwd: examples })
  .map((name) => path.dirname(name))
  .sort()

describe('the examples', () => {
  it('are the heat experiment in plain Python and the one installed by Spack', () => {
    assert.deepEqual(names, ['heat', 'heat-spack'])
  })
})

for (const name of names) {
  describe(`the record of examples/${name}`, () => {
    const folder = path.join(examples, name)
    const bytes = readFileSync(path.join(folder, 'record.json'))
    const document = parseStrictJson(bytes)
    const { record, warnings } = checkRecord(document)

    it('keeps every rule, without a warning', () => {
      assert.deepEqual(warnings, [])
      assert.equal(record.kind, 'run')
    })

    it('is canonical', () => {
      assert.deepEqual(Buffer.from(canonicalBytes(document)), bytes)
    })

    it('names only blobs that are files of the folder, with their sizes', () => {
      const sizeOfDigest = new Map(filesOf(folder).map(({ digest, size }) => [digest, size]))
      const wrong = blobsNamedBy(record).filter(
        ({ digest, size }) =>
          !sizeOfDigest.has(digest) || (size !== undefined && size !== sizeOfDigest.get(digest)),
      )
      assert.deepEqual(wrong, [])
    })

    it('has each input at its path in the folder', () => {
      const inputs = record.kind === 'run' ? (record.plan.inputs ?? []) : []
      const digests = inputs.map((input) => digestOfFile(path.join(folder, input.path)))
      assert.deepEqual(
        inputs.map((input) => input.digest),
        digests,
      )
    })

    it('says itself what it lacks', () => {
      assert.deepEqual(derivedGapsOf(record), [])
    })

    it('names no machine and no person of the place it was made', () => {
      const text = bytes.toString()
      const local = /\/home\/|\/root\b|\/work\b|\/tmp\b|localhost|127\.0\.0\.1/
      assert.doesNotMatch(text, local)
    })
  })
}

describe('the record of examples/heat', () => {
  it('is a run of the plan in stele.json', () => {
    const planIn = (file: string) =>
      JSON.parse(readFileSync(path.join(examples, 'heat', file), 'utf8'), withoutBlob).plan
    assert.deepEqual(planIn('record.json'), planIn('stele.json'))
  })
})

/** Leaves out how a blob is given: as a file in stele.json, by its digest in a record. */
function withoutBlob(name: string, value: unknown): unknown {
  return ['file', 'digest', 'size', 'mediaType', 'reference'].includes(name) ? undefined : value
}

function filesOf(folder: string): { digest: string; size: number }[] {
  return globSync('**', { cwd: folder })
    .map((name) => path.join(folder, name))
    .filter((name) => statSync(name).isFile())
    .map((name) => ({ digest: digestOfFile(name), size: statSync(name).size }))
}

function digestOfFile(name: string): string {
  return `sha256:${createHash('sha256').update(readFileSync(name)).digest('hex')}`
}
