import type { JsonObject, JsonValue } from '../../src/record/strict-json.ts'
import { minimalPlan, minimalRun } from '../record-fixtures.ts'
import type { Case, Expected } from './cases.ts'
import { blob, inPlan, ownBundle, payloadOf } from './payload-cases.ts'

const unknown: Expected = { 'bundle-completeness': 'unknown' }
const input = { path: 'a', role: 'deck', availability: 'withheld' }
const noDigest = { digest: 'sha256:0', size: 1 }

/** Where the files of a record stand, and how that part of the record is. */
const strangeParts: readonly (readonly [string, JsonObject])[] = [
  ['of another version', { schema: 'stele-record-2' }],
  ['of no version', { schema: null }],
  ['of another kind', { kind: 'dream' }],
  ['whose plan is a list', { plan: [] }],
  ['whose run is null', { run: null }],
  ['of a run without stages', { run: {} }],
  ['with a stage that is text', inRun({ stages: ['run'] })],
  ['with an attempt that is text', inRun({ stages: [{ id: 'run', attempt: '1' }] })],
  ['with an attempt that is true', inRun({ stages: [{ id: 'run', attempt: true }] })],
  ['with logs that are a list', inRun({ stages: [{ id: 'run', logs: [] }] })],
  ['with an output that may be kept', inRun({ outputs: [{ path: 'a', ...noDigest }] })],
  ['with inputs that are an object', inPlan({ inputs: {} })],
  ['with an input that is null', inPlan({ inputs: [null] })],
  ['with an input without a path', inPlan({ inputs: [{ ...input, path: null }] })],
  ['with a digest that is none', inPlan({ inputs: [{ ...input, ...noDigest }] })],
  [
    'with an input that is executable by a number',
    inPlan({ inputs: [{ ...input, executable: 1 }] }),
  ],
  ['with an environment of a kind that nobody knows', withEnvironment({ kind: 'conda' })],
  ['with an environment without an id', withEnvironment({ id: 1 })],
  ['with a lock that is null', withEnvironment({ lock: null })],
  ['with a lock that is text', withEnvironment({ lock: 'sha256:0' })],
  ['with a reference that is null', withExpectation({ reference: null })],
  ['with a rule that is text', withExpectation({ rule: 'exact' })],
  ['with a rule of no type', withExpectation({ rule: {} })],
  ['with a source that is kept by a flag', inPlan({ sources: [{ id: 'a', retained: true }] })],
]

/** What is not as the schema has it, but says nothing about files. */
const strangeElsewhere: readonly (readonly [string, JsonObject])[] = [
  ['whose title is a number', { title: 5 }],
  ['with a member that nobody knows', { more: { digest: 'sha256:0' } }],
  ['with an e-mail address', { title: 'ada@example.org' }],
  ['of a plan with a run that is text', { kind: 'plan', run: 'never' }],
  ['of a collection with a plan that is text', { kind: 'collection', plan: 'none' }],
  ['with a lock of a container', withEnvironment({ kind: 'container', lock: 'sha256:0' })],
  ['with a path that leads out', inPlan({ inputs: [{ ...input, path: '../a' }] })],
]

export const namedFilesCases: readonly Case[] = [
  ...strangeParts.map(([what, changes]) =>
    ownBundle(`a bundle of a record ${what}`, minimalRun(changes), 'thin', {}, unknown),
  ),
  ...strangeElsewhere.map(([what, changes]) =>
    ownBundle(`a bundle of a record ${what}`, minimalRun(changes), 'thin', {}),
  ),
  ownBundle(
    'a bundle of a record of another version with a file',
    minimalPlan({ schema: 'stele-record-2' }),
    'standard',
    payloadOf({ 'inputs/deck.in': 'deck' }),
    unknown,
  ),
  ownBundle(
    'a bundle of a record whose rule of another type has a manifest',
    minimalRun(withExpectation({ rule: { type: 'exact', manifest: blob('set') } })),
    'standard',
    {},
  ),
]

function inRun(members: JsonObject): JsonObject {
  return { run: { stages: [{ id: 'run', status: 'succeeded', exitCode: 0 }], ...members } }
}

function withEnvironment(members: JsonObject): JsonObject {
  return inPlan({ environments: [{ id: 'py', kind: 'python', resolver: 'pip', ...members }] })
}

function withExpectation(members: Readonly<Record<string, JsonValue>>): JsonObject {
  const expectation = { id: 'all', stage: 'run', path: 'out', required: true, ...members }
  return inPlan({ expectations: [{ rule: { type: 'exact' }, ...expectation }] })
}
