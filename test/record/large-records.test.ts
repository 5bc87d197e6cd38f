import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidRecord } from '../../src/record/finding.ts'
import { checkRecord } from '../../src/record/findings.ts'
import { derivedGapsOf } from '../../src/record/gaps.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { minimalPlan, minimalRun } from '../record-fixtures.ts'

/** With rules that compare every entry with every other, each of these would take very long. */
const count = 80_000

function many(entry: (index: number) => JsonObject): JsonObject[] {
  return Array.from({ length: count }, (_, index) => entry(index))
}

const one = { id: 'run', kind: 'run' }
const exists = { type: 'exists' }

describe('a record with very many', () => {
  const plans: readonly (readonly [string, JsonObject])[] = [
    [
      'stages that need each other',
      {
        stages: many((i) => ({ id: `s${i}`, kind: 'run', needs: i === 0 ? [] : [`s${i - 1}`] })),
      },
    ],
    [
      'scripts',
      {
        inputs: many((i) => ({ path: `f/${i}`, role: 'script', availability: 'external' })),
        stages: many((i) => ({ id: `s${i}`, kind: 'run', script: `f/${i}` })),
      },
    ],
    [
      'environments',
      {
        environments: many((i) => ({ id: `e${i}`, kind: 'system' })),
        stages: many((i) => ({ id: `s${i}`, kind: 'run', environment: `e${i}` })),
      },
    ],
    [
      'expectations',
      {
        stages: many((i) => ({ id: `s${i}`, kind: 'run' })),
        expectations: many((i) => ({
          id: `x${i}`,
          stage: `s${i}`,
          path: 'o',
          required: true,
          rule: exists,
        })),
      },
    ],
    [
      'parameters',
      {
        parameters: many((i) => ({ name: `p${i}`, scope: 'site', type: 'path' })),
        stages: [
          {
            ...one,
            env: Object.fromEntries(
              many((i) => ({ i })).map((_, i) => [`E${i}`, { parameter: `p${i}` }]),
            ),
          },
        ],
      },
    ],
  ]
  for (const [what, plan] of plans) {
    it(`${what} is checked`, () => {
      assert.deepEqual(checkRecord(minimalPlan({ plan })).warnings, [])
    })
  }

  it('bindings is checked', () => {
    const parameters = many((i) => ({ name: `p${i}`, scope: 'site', type: 'path' }))
    const bindings = many((i) => ({ parameter: `p${i}`, value: '/opt' }))
    const document = minimalRun({
      plan: { stages: [one], parameters },
      run: { stages: [{ id: 'run', status: 'succeeded' }], bindings },
    })
    assert.deepEqual(checkRecord(document).warnings, [])
  })

  it('gaps shows those it does not declare', () => {
    const inputs = many((i) => ({ path: `f/${i}`, role: 'table', availability: 'external' }))
    const gaps = many((i) => ({ code: 'external-only', path: `f/${i + 1}` }))
    const { record } = checkRecord(minimalPlan({ plan: { stages: [one], inputs }, gaps }))
    const places = derivedGapsOf(record).map(({ code, path }) => [code, path])
    assert.deepEqual(places, [
      ['external-only', 'f/0'],
      ['no-expectation', undefined],
    ])
  })

  const faulty: readonly (readonly [string, JsonObject])[] = [
    [
      'faults between its parts',
      { plan: { stages: many((i) => ({ id: `s${i}`, kind: 'run', needs: ['nobody'] })) } },
    ],
    ['faults of shape', { plan: { stages: many((i) => ({ id: `s${i}`, kind: 'other' })) } }],
    ['private values', { keywords: Array<string>(count).fill('ada@example.org') }],
  ]
  for (const [what, changes] of faulty) {
    it(`${what} is refused with the first hundred, and says how many there are`, () => {
      assert.throws(
        () => checkRecord(minimalPlan(changes)),
        (error) => {
          assert.ok(error instanceof InvalidRecord)
          assert.equal(error.findings.length, 100)
          assert.match(error.message, /^80000 finding\(s\); first: /)
          return true
        },
      )
    })
  }
})
