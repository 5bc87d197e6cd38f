import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidRecord, type Finding } from '../../src/record/finding.ts'
import { checkRecord } from '../../src/record/findings.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { minimalPlan, minimalRun } from '../record-fixtures.ts'

const digest = `sha256:${'a'.repeat(64)}`
const stages = [{ id: 'run', kind: 'run', command: ['true'] }]
const frame = { id: 'frame', stage: 'run', path: 'frame.png', required: true }
const exists = { ...frame, rule: { type: 'exists' } }
const deck = { path: 'deck.yaml', role: 'deck', availability: 'external' }

const planOf = (members: JsonObject) => minimalPlan({ plan: { stages, ...members } })
const runOf = (run: JsonObject, plan: JsonObject = {}) =>
  minimalRun({
    plan: { stages, ...plan },
    run: { stages: [{ id: 'run', status: 'succeeded' }], ...run },
  })

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

describe('a plan is refused', () => {
  const parameter = { name: 'n', scope: 'science', type: 'integer' }
  const source = { id: 'code', kind: 'local' }
  const system = { id: 'sim', kind: 'system' }
  const claim = { id: 'c1', text: 'It is stable.' }
  const one = stages[0] ?? {}
  const refused: readonly (readonly [string, JsonObject, string])[] = [
    [
      'for a parameter name used twice',
      { parameters: [parameter, { ...parameter, type: 'string' }] },
      'repeated-id /plan/parameters/1/name',
    ],
    ['for a source id used twice', { sources: [source, source] }, 'repeated-id /plan/sources/1/id'],
    [
      'for an environment id used twice',
      { environments: [system, { id: 'x', kind: 'system' }, system] },
      'repeated-id /plan/environments/2/id',
    ],
    ['for a stage id used twice', { stages: [one, one] }, 'repeated-id /plan/stages/1/id'],
    [
      'for an expectation id used twice',
      { expectations: [exists, exists] },
      'repeated-id /plan/expectations/1/id',
    ],
    ['for a claim id used twice', { claims: [claim, claim] }, 'repeated-id /plan/claims/1/id'],
    [
      'for input paths that collide',
      { inputs: [deck, { ...deck, path: 'DECK.yaml' }, { ...deck, path: 'deck.yaml/a' }] },
      'colliding-path /plan/inputs/1/path,colliding-path /plan/inputs/2/path',
    ],
    [
      'when a stage needs an unknown stage',
      { stages: [{ ...one, needs: ['install'] }] },
      'unknown-stage /plan/stages/0/needs/0',
    ],
    [
      'when a stage runs in an unknown environment',
      { stages: [{ ...one, environment: 'sim' }] },
      'unknown-environment /plan/stages/0/environment',
    ],
    [
      'when a script is no input',
      { stages: [{ id: 'run', kind: 'run', script: 'run.sh' }] },
      'unknown-input /plan/stages/0/script',
    ],
    [
      'when a stage has a command and a script',
      {
        inputs: [{ ...deck, path: 'run.sh', role: 'script' }],
        stages: [{ ...one, script: 'run.sh' }],
      },
      'two-commands /plan/stages/0/script',
    ],
    [
      'when the environment of a stage names an unknown parameter',
      { stages: [{ ...one, env: { HOME: '/x', OMP_NUM_THREADS: { parameter: 'threads' } } }] },
      'unknown-parameter /plan/stages/0/env/OMP_NUM_THREADS/parameter',
    ],
    [
      'when stages need each other',
      {
        stages: [
          { id: 'a', kind: 'run', needs: ['b'] },
          { id: 'b', kind: 'run', needs: ['a'] },
        ],
      },
      'cyclic-stages /plan/stages',
    ],
    [
      'when a stage needs itself',
      { stages: [{ ...one, needs: ['run'] }] },
      'cyclic-stages /plan/stages',
    ],
    [
      'when an expectation is about an unknown stage',
      { expectations: [{ ...exists, stage: 'images' }] },
      'unknown-stage /plan/expectations/0/stage',
    ],
    [
      'when a claim rests on an unknown expectation',
      { expectations: [exists], claims: [{ ...claim, expectations: ['frame', 'mesh'] }] },
      'unknown-expectation /plan/claims/0/expectations/1',
    ],
    [
      'when a site parameter has a value',
      { parameters: [{ name: 'gcc', scope: 'site', type: 'path', value: '/opt/gcc' }] },
      'site-value-in-plan /plan/parameters/0/value',
    ],
    [
      'when an enum has no values',
      { parameters: [{ name: 'solver', scope: 'science', type: 'enum' }] },
      'required-field /plan/parameters/0/enum',
    ],
    [
      'when a retained input has no digest and no size',
      { inputs: [{ ...deck, availability: 'retained' }] },
      'required-field /plan/inputs/0/digest,required-field /plan/inputs/0/size',
    ],
  ]
  for (const [when, members, expected] of refused) {
    it(when, () => {
      assert.equal(rulesAndPlaces(planOf(members)).join(), expected)
    })
  }

  const compared = [
    { type: 'exact' },
    { type: 'text' },
    { type: 'numeric', format: 'csv' },
    { type: 'image', channelDelta: 8, maxFraction: '0.001', maxNrmse: '0.002' },
  ]
  for (const rule of compared) {
    it(`when the rule ${rule.type} has no reference`, () => {
      const without = planOf({ expectations: [{ ...frame, rule }] })
      assert.deepEqual(rulesAndPlaces(without), ['required-field /plan/expectations/0/reference'])
      const withOne = planOf({ expectations: [{ ...frame, rule, reference: digest }] })
      assert.deepEqual(rulesAndPlaces(withOne), [])
    })
  }
})

describe('a run is refused', () => {
  const secret = { name: 'account', scope: 'site', type: 'account', sensitive: true }
  const output = { path: 'out.csv', digest, size: 1, retained: false }
  const result = { expectation: 'frame', rule: 'exists', level: 'missing' }
  const stage = { id: 'run', status: 'succeeded' }
  const refused: readonly (readonly [string, JsonObject, JsonObject, string])[] = [
    [
      'for a stage the plan does not have',
      { stages: [{ id: 'images', status: 'succeeded' }] },
      {},
      'unknown-stage /run/stages/0/id',
    ],
    [
      'when a stage ends before it starts',
      {
        stages: [
          { ...stage, startedAt: '2026-11-20T10:00:00.5Z', endedAt: '2026-11-20T10:00:00Z' },
        ],
      },
      {},
      'ends-before-start /run/stages/0/endedAt',
    ],
    [
      'when a stage ended by a code and by a signal',
      { stages: [{ ...stage, exitCode: 0, signal: 9 }] },
      {},
      'two-endings /run/stages/0/signal',
    ],
    [
      'for a binding the plan does not ask for',
      { bindings: [{ parameter: 'account', redacted: true }] },
      {},
      'unknown-parameter /run/bindings/0/parameter',
    ],
    [
      'for the value of a sensitive parameter',
      { bindings: [{ parameter: 'account', value: 'abc123' }] },
      { parameters: [secret] },
      'sensitive-value /run/bindings/0/value',
    ],
    [
      'for outputs that collide',
      { outputs: [output, { ...output, path: 'out.csv/x' }, { ...output, path: 'Out.csv' }] },
      {},
      'colliding-path /run/outputs/1/path,colliding-path /run/outputs/2/path',
    ],
    [
      'for an output of an unknown expectation',
      { outputs: [{ ...output, expectation: 'frame' }] },
      {},
      'unknown-expectation /run/outputs/0/expectation',
    ],
    [
      'for a comparison with an unknown expectation',
      { comparison: { verdict: 'missing', results: [result] } },
      {},
      'unknown-expectation /run/comparison/results/0/expectation',
    ],
  ]
  for (const [when, run, plan, expected] of refused) {
    it(when, () => {
      assert.equal(rulesAndPlaces(runOf(run, plan)).join(), expected)
    })
  }

  it('with all that is wrong with it at once', () => {
    const document = runOf({ outputs: [output, output] }, { expectations: [exists, exists] })
    assert.deepEqual(rulesAndPlaces(document), [
      'repeated-id /plan/expectations/1/id',
      'colliding-path /run/outputs/1/path',
    ])
  })

  it('with the value of a sensitive parameter nowhere in the refusal', () => {
    const inPlan = planOf({ parameters: [{ ...secret, value: 'abc123' }] })
    const inRun = runOf(
      { bindings: [{ parameter: 'account', value: 'abc123' }] },
      { parameters: [secret] },
    )
    const findings = [findingsOf(inPlan), findingsOf(inRun)]
    assert.deepEqual(
      findings.map((list) => list.length),
      [1, 1],
    )
    assert.ok(!JSON.stringify(findings).includes('abc123'))
  })
})
