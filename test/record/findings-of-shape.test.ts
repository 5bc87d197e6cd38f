import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidRecord } from '../../src/record/finding.ts'
import { checkRecord } from '../../src/record/findings.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { minimalPlan } from '../record-fixtures.ts'

const stageWith = (changes: JsonObject): JsonObject => ({
  plan: { stages: [{ id: 'run', kind: 'run', ...changes }] },
})

const cases: readonly [changes: JsonObject, found: string, expected: string][] = [
  [{ title: 5 }, '5', 'a string'],
  [{ authors: 'Ada Example' }, '"Ada Example"', 'an array'],
  [{ title: '' }, '""', 'at least 1 characters'],
  [{ authors: [] }, 'an array of 0', 'at least 1 items'],
  [stageWith({ resources: { nodes: 0 } }), '0', 'at least 1'],
  [stageWith({ where: 'desk' }), '"desk"', 'one of login, batch'],
  [{ kind: 'walk' }, '"walk"', "one of 'run', 'plan', 'collection'"],
  [
    { relations: [{ type: 'replayOf', target: 'x' }] },
    '"x"',
    'one of the forms that the schema has for it',
  ],
]

describe('A finding about the shape of a record', () => {
  for (const [changes, found, expected] of cases) {
    it(`says that it found ${found} and expected ${expected}`, () => {
      const check = () => checkRecord(minimalPlan(changes))
      assert.throws(check, (error) => {
        assert.ok(error instanceof InvalidRecord)
        const [finding] = error.findings
        assert.deepEqual([finding?.found, finding?.expected], [found, expected])
        return true
      })
    })
  }
})
