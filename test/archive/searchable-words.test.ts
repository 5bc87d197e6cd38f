import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { searchableWordsOf } from '../../src/archive/searchable-words.ts'
import { checkRecord } from '../../src/record/findings.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { minimalCollection, minimalPlan, minimalRun } from '../record-fixtures.ts'
import { naluWindPlan } from '../record/nalu-wind-plan.ts'

const wordsOf = (document: JsonObject) => searchableWordsOf(checkRecord(document).record)
const stages = [{ id: 'run', kind: 'run' }]

/** Package names a plan with one environment is found by. */
const packagesOf = (environment: JsonObject) =>
  wordsOf(minimalPlan({ plan: { stages, environments: [{ id: 'e', ...environment }] } })).packages

describe('the words a record is found by', () => {
  it('are its title, summary, authors, application and keywords', () => {
    const document = minimalRun({
      title: 'Heat on a rod',
      summary: 'Explicit scheme.',
      authors: [{ name: 'Ada Example' }, { name: 'Bo Sample' }],
      application: { name: 'heat', version: '1.2' },
      keywords: ['thermal', 'CSV'],
    })
    assert.deepEqual(wordsOf(document), {
      title: 'Heat on a rod',
      summary: 'Explicit scheme.',
      authors: 'Ada Example\nBo Sample',
      application: 'heat 1.2',
      keywords: 'thermal\nCSV',
      packages: '',
    })
  })

  it('are few where the record says little', () => {
    const { title, authors, ...others } = wordsOf(minimalCollection())
    assert.deepEqual([title, authors], ['A collection of one record', 'Ada Example'])
    assert.deepEqual(Object.values(others).join(''), '')
  })

  const environments: readonly (readonly [string, JsonObject, string])[] = [
    [
      'Spack roots and externals, each once',
      {
        kind: 'spack',
        roots: [
          { spec: 'nalu-wind@2.0%gcc@12+cuda ^hypre@2.28' },
          { spec: 'hdf5' },
          { spec: 'hdf5@1.14' },
        ],
        externals: [{ name: 'openmpi', via: 'prefix' }],
      },
      'nalu-wind\nhdf5\nopenmpi',
    ],
    ['no name of a Spack spec without one', { kind: 'spack', roots: [{ spec: '/abc2def' }] }, ''],
    [
      'modules',
      { kind: 'modules', system: 'lmod', loads: [{ name: 'paraview', version: '5.9', order: 0 }] },
      'paraview',
    ],
    ['packages of the system', { kind: 'system', packages: [{ name: 'libc6' }] }, 'libc6'],
    ['images', { kind: 'container', reference: 'example.org/nyx:21' }, 'example.org/nyx:21'],
  ]
  for (const [what, environment, expected] of environments) {
    it(`are ${what}`, () => {
      assert.equal(packagesOf(environment), expected)
    })
  }

  it('of a real workflow are those of all its environments', () => {
    const expected = 'nalu-wind\nhypre\ntrilinos\nspectrum-mpi\nparaview'
    assert.equal(wordsOf(naluWindPlan()).packages, expected)
  })
})
