import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkRecord } from '../../src/record/findings.ts'
import { declaredGapsOf, derivedGapsOf } from '../../src/record/gaps.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { minimalCollection, minimalPlan, minimalRun } from '../record-fixtures.ts'
import { naluWindPlan } from './nalu-wind-plan.ts'

const stages = [{ id: 'run', kind: 'run' }]
const expectations = [
  { id: 'out', stage: 'run', path: 'out', required: true, rule: { type: 'exists' } },
]
const blob = { digest: `sha256:${'a'.repeat(64)}`, size: 1 }

const derivedFrom = (document: JsonObject) =>
  derivedGapsOf(checkRecord(document).record).map(({ code, path }) => [code, path])
const gapsOfPlan = (plan: JsonObject) =>
  derivedFrom(minimalPlan({ plan: { stages, expectations, ...plan } }))

describe('what a record lacks', () => {
  it('is nothing for a plan with all its parts', () => {
    const complete = {
      sources: [{ id: 'code', kind: 'git', commit: '0'.repeat(40) }],
      environments: [
        { id: 'sim', kind: 'spack', lock: blob, roots: [{ spec: 'hdf5@1.14.3' }] },
        { id: 'os', kind: 'system' },
      ],
      inputs: [{ path: 'deck', role: 'deck', ...blob, availability: 'retained' }],
    }
    assert.deepEqual(gapsOfPlan(complete), [])
  })

  const lacking: readonly (readonly [string, JsonObject, readonly (string | undefined)[]])[] = [
    ['a commit', { sources: [{ id: 'code', kind: 'git' }] }, ['moving-reference', 'code']],
    ['a lockfile', { environments: [{ id: 'sim', kind: 'spack' }] }, ['no-lockfile', 'sim']],
    [
      'a fixed version',
      { environments: [{ id: 'sim', kind: 'spack', lock: blob, roots: [{ spec: 'x@main +y' }] }] },
      ['moving-reference', 'sim'],
    ],
    [
      'a binary',
      {
        environments: [
          {
            id: 'sim',
            kind: 'spack',
            lock: blob,
            binaries: [{ dagHash: 'a'.repeat(32), ...blob }],
          },
        ],
      },
      ['not-retained-binary', 'sim'],
    ],
    [
      'a portable environment',
      { environments: [{ id: 'm', kind: 'modules', system: 'lmod', loads: [] }] },
      ['module-environment', 'm'],
    ],
    [
      'an input that is elsewhere',
      { inputs: [{ path: 'mesh', role: 'mesh', availability: 'external' }] },
      ['external-only', 'mesh'],
    ],
    [
      'an input that is withheld',
      { inputs: [{ path: 'mesh', role: 'mesh', availability: 'withheld' }] },
      ['missing-input', 'mesh'],
    ],
    ['an expectation', { expectations: [] }, ['no-expectation', undefined]],
  ]
  for (const [what, plan, gap] of lacking) {
    it(`can be ${what}`, () => {
      assert.deepEqual(gapsOfPlan(plan), [gap])
    })
  }

  it('is not repeated where the depositor declared it', () => {
    const inputs = ['mesh', 'table'].map((path) => ({
      path,
      role: 'table',
      availability: 'external',
    }))
    const plan = { stages, expectations, inputs }
    const declaredOne = minimalPlan({ plan, gaps: [{ code: 'external-only', path: 'mesh' }] })
    const declaredAll = minimalPlan({
      plan,
      gaps: [{ code: 'external-only', note: 'all of them' }],
    })
    const declaredOther = minimalPlan({ plan, gaps: [{ code: 'missing-input', path: 'mesh' }] })
    assert.deepEqual(derivedFrom(declaredOne), [['external-only', 'table']])
    assert.deepEqual(derivedFrom(declaredAll), [])
    assert.equal(derivedFrom(declaredOther).length, 2)
  })

  it('is declared by a run in its capture, and by a plan at the top', () => {
    const gaps = [{ code: 'unknown-exit' }]
    const capture = { program: 'stele', version: '1', gaps }
    const run = minimalRun({ run: { stages: [{ id: 'run', status: 'failed' }], capture } })
    const documents = [run, minimalPlan({ gaps }), minimalPlan(), minimalCollection()]
    assert.deepEqual(
      documents.map((document) => declaredGapsOf(checkRecord(document).record)),
      [gaps, gaps, [], []],
    )
  })

  it('is nothing for a collection', () => {
    assert.deepEqual(derivedFrom(minimalCollection()), [])
  })
})

describe('the Nalu-Wind workflow of Pantheon', () => {
  it('is a plan that can be archived', () => {
    const { record, warnings } = checkRecord(naluWindPlan())
    assert.equal(record.kind, 'plan')
    assert.deepEqual(warnings, [])
  })

  it('lacks what its importers found by hand', () => {
    assert.deepEqual(derivedFrom(naluWindPlan()), [
      ['no-lockfile', 'sim'],
      ['moving-reference', 'sim'],
      ['moving-reference', 'sim'],
      ['module-environment', 'vis'],
      ['external-only', 'setup/install-deps.sh'],
    ])
  })

  it('lacks less in silence when it says so', () => {
    const gaps = [
      { code: 'no-lockfile', path: 'sim' },
      { code: 'moving-reference', note: 'hypre@develop and trilinos@master' },
      { code: 'module-environment', path: 'vis' },
    ]
    assert.deepEqual(derivedFrom(naluWindPlan({ gaps })), [
      ['external-only', 'setup/install-deps.sh'],
    ])
  })
})
