import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidRecord, type Finding } from '../../src/record/finding.ts'
import { checkRecord } from '../../src/record/findings.ts'
import { limits } from '../../src/record/limits.ts'
import type { JsonObject, JsonValue } from '../../src/record/strict-json.ts'
import { minimalCollection, minimalPlan, minimalRun } from '../record-fixtures.ts'

const digest = `sha256:${'a'.repeat(64)}`

function findingsOf(document: JsonObject): readonly Finding[] {
  try {
    return checkRecord(document).warnings
  } catch (error) {
    if (error instanceof InvalidRecord) return error.findings
    throw error
  }
}

const rulesAndPlaces = (document: JsonObject) =>
  findingsOf(document).map(({ rule, pointer }) => `${rule} ${pointer}`)

function without(document: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(document).filter(([member]) => member !== name))
}

describe('a record', () => {
  it('is a run, a plan or a collection', () => {
    for (const document of [minimalRun(), minimalPlan(), minimalCollection()]) {
      assert.deepEqual(checkRecord(document), { record: document, warnings: [] })
    }
  })

  it('is handed on as it was sent', () => {
    const machine = { environment: { OMP_NUM_THREADS: '4' }, nodes: [{ role: 'batch' }] }
    const document = minimalRun({ keywords: [], authors: [{ roles: [], name: 'Ada Example' }] })
    const { record } = checkRecord({
      ...document,
      run: { machine, stages: [{ id: 'run', status: 'failed' }] },
    })
    assert.deepEqual(record.keywords, [])
    assert.deepEqual(record.kind === 'run' && record.run.machine, machine)
  })

  const refused: readonly (readonly [string, JsonObject, string])[] = [
    ['of another schema', minimalRun({ schema: 'stele-record-2' }), 'unknown-schema /schema'],
    ['without a schema', without(minimalRun(), 'schema'), 'unknown-schema /schema'],
    ['of an unknown kind', minimalRun({ kind: 'experiment' }), 'not-one-of /kind'],
    ['without a kind', without(minimalRun(), 'kind'), 'required-field /kind'],
    ['that is a run without its run', without(minimalRun(), 'run'), 'required-field /run'],
    ['that is a run without a plan', without(minimalRun(), 'plan'), 'required-field /plan'],
    ['that is a plan with a run', minimalPlan({ run: { stages: [] } }), 'unknown-field /run'],
    ['that is a run with gaps at the top', minimalRun({ gaps: [] }), 'unknown-field /gaps'],
    ['that is a collection with a plan', minimalCollection({ plan: {} }), 'unknown-field /plan'],
    [
      'that is a collection of nothing',
      minimalCollection({ members: [] }),
      'out-of-range /members',
    ],
    ['without authors', minimalRun({ authors: [] }), 'out-of-range /authors'],
    ['without a title', without(minimalRun(), 'title'), 'required-field /title'],
    ['with an empty title', minimalRun({ title: '' }), 'out-of-range /title'],
    ['with a title of two lines', minimalRun({ title: 'a\nb' }), 'wrong-form /title'],
    ['with a title that is a number', minimalRun({ title: 1 }), 'wrong-type /title'],
    ['with a long title', minimalRun({ title: 'x'.repeat(201) }), 'out-of-range /title'],
    ['with 33 keywords', minimalRun({ keywords: Array(33).fill('k') }), 'out-of-range /keywords'],
    [
      'without stages in the plan',
      minimalPlan({ plan: { stages: [] } }),
      'out-of-range /plan/stages',
    ],
    [
      'made on 30 February',
      minimalRun({ createdAt: '2026-02-30T10:00:00Z' }),
      'wrong-form /createdAt',
    ],
    [
      'made in a time zone',
      minimalRun({ createdAt: '2026-02-03T10:00:00+01:00' }),
      'wrong-form /createdAt',
    ],
    [
      'related to a short digest',
      minimalRun({ relations: [{ type: 'replayOf', target: 'sha256:ab' }] }),
      'not-one-of /relations/0/target',
    ],
    [
      'with a member of upper case',
      minimalCollection({ members: [digest.replaceAll('a', 'A')] }),
      'wrong-form /members/0',
    ],
  ]
  for (const [what, document, expected] of refused) {
    it(`${what} is refused`, () => {
      assert.equal(rulesAndPlaces(document).join(), expected)
    })
  }
})

describe('a field of a record', () => {
  const stage = { id: 'run', kind: 'run' }
  const inPlan = (plan: JsonObject) => minimalPlan({ plan: { stages: [stage], ...plan } })
  const inRunStage = (members: JsonObject) =>
    minimalRun({ run: { stages: [{ id: 'run', status: 'succeeded', ...members }] } })
  const numeric = (rule: JsonObject) => {
    const place = { id: 'x', stage: 'run', path: 'o.csv', required: true, reference: digest }
    return inPlan({
      expectations: [{ ...place, rule: { type: 'numeric', format: 'csv', ...rule } }],
    })
  }
  const refused: readonly (readonly [string, JsonObject, string])[] = [
    [
      'that nobody knows',
      inPlan({ stages: [{ ...stage, retries: 3 }] }),
      'unknown-field /plan/stages/0/retries',
    ],
    [
      'that nobody knows, in an environment',
      inPlan({
        environments: [{ id: 'e', kind: 'guix', channels: { digest, size: 1, name: 'x' } }],
      }),
      'unknown-field /plan/environments/0/channels/name',
    ],
    [
      'that nobody knows, in a rule',
      numeric({ columns: { 'a/b': { abs: '1', relative: '1' } } }),
      'unknown-field /plan/expectations/0/rule/columns/a~1b/relative',
    ],
    [
      'that is an unknown rule',
      inPlan({
        expectations: [
          { id: 'x', stage: 'run', path: 'o', required: true, rule: { type: 'fuzzy' } },
        ],
      }),
      'not-one-of /plan/expectations/0/rule/type',
    ],
    [
      'that is a tolerance as a number',
      numeric({ abs: 1 }),
      'wrong-type /plan/expectations/0/rule/abs',
    ],
    [
      'that is a tolerance with a comma',
      numeric({ abs: '0,1' }),
      'wrong-form /plan/expectations/0/rule/abs',
    ],
    [
      'that is a tolerance in hex',
      numeric({ rel: '0x1p-10' }),
      'wrong-form /plan/expectations/0/rule/rel',
    ],
    [
      'that is a path leaving the directory',
      inPlan({ inputs: [{ path: '../deck', role: 'deck', availability: 'external' }] }),
      'wrong-form /plan/inputs/0/path',
    ],
    [
      'that is a name with capitals',
      inPlan({ stages: [{ ...stage, id: 'Run' }] }),
      'wrong-form /plan/stages/0/id',
    ],
    [
      'that is an environment variable with a dash',
      inPlan({ stages: [{ ...stage, env: { 'A-B': 'x' } }] }),
      'wrong-form /plan/stages/0/env/A-B',
    ],
    [
      'that is a short commit',
      inPlan({ sources: [{ id: 's', kind: 'git', commit: 'abc1234' }] }),
      'wrong-form /plan/sources/0/commit',
    ],
    [
      'that is an exit code of 256',
      inRunStage({ exitCode: 256 }),
      'out-of-range /run/stages/0/exitCode',
    ],
    ['that is a negative time', inRunStage({ wall: -1 }), 'out-of-range /run/stages/0/wall'],
    [
      'that is an unknown status',
      inRunStage({ status: 'done' }),
      'not-one-of /run/stages/0/status',
    ],
    ['that is null', inRunStage({ wall: null }), 'wrong-type /run/stages/0/wall'],
  ]
  for (const [what, document, expected] of refused) {
    it(`${what} is refused`, () => {
      assert.equal(rulesAndPlaces(document).join(), expected)
    })
  }

  it('is quoted in a finding with at most 80 characters', () => {
    const [finding] = findingsOf(minimalRun({ title: 'y'.repeat(10_000) }))
    assert.equal(finding?.found, `"${'y'.repeat(79)}\u2026"`)
    assert.equal(finding?.severity, 'error')
  })
})

describe('a record names', () => {
  const withBlobs = (count: number) => {
    const blobs: JsonValue[] = Array.from({ length: count }, (_, index) => ({
      path: `o/${index}`,
      digest: `sha256:${index.toString(16).padStart(64, '0')}`,
      size: 1,
      retained: true,
    }))
    return minimalRun({ run: { stages: [{ id: 'run', status: 'succeeded' }], outputs: blobs } })
  }

  it('as many blobs as the limit', () => {
    assert.deepEqual(rulesAndPlaces(withBlobs(limits.blobsPerRecord)), [])
  })

  it('no more blobs than the limit', () => {
    assert.deepEqual(rulesAndPlaces(withBlobs(limits.blobsPerRecord + 1)), ['too-many-blobs '])
  })
})
