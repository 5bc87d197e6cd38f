import { canonicalBytes } from '../../src/record/canonical-json.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { Blobs } from '../bundle/bundle-fixtures.ts'
import { richFull, richRun, richStandard } from '../bundle/rich-run.ts'
import { minimalCollection, minimalPlan, minimalRun } from '../record-fixtures.ts'
import { bundleGood, filesOf, withoutFile } from './bundle-cases.ts'
import { ownWord, type Case, type Expected } from './cases.ts'
import { evidenceFor } from './evidence.ts'
import { digestOf } from './record-cases.ts'
import { membersOf, sealed, tarOf, type Files } from './small-tar.ts'

const rich = richRun(new Blobs())
const richStandardFiles = payloadOf(richStandard)
const richFullFiles = payloadOf({ ...richStandard, ...richFull })
const bad: Expected = { 'bundle-completeness': 'bad' }
const absent: Expected = { 'bundle-completeness': 'absent' }

const whole: readonly Case[] = [
  ownBundle('a standard bundle with files of every kind', rich, 'standard', richStandardFiles),
  ownBundle('a full bundle with files of every kind', rich, 'full', richFullFiles),
  ownBundle('a thin bundle of a record with files', rich, 'thin', {}),
  ownBundle('a full bundle of a collection', minimalCollection(), 'full', {}),
  ownBundle(
    'a bundle with two files for one place',
    attempts('first', 'second'),
    'standard',
    payloadOf({ 'run/run/1/stdout': 'first', [otherPlace('second')]: 'second' }),
  ),
  ownBundle(
    'a bundle with places that differ by case, and a file that is a directory too',
    buildCache('a/b', 'A/B', 'a', 'x', 'X', 'x/y', '\u03c3', '\u03a3'),
    'full',
    payloadOf({
      [cached('a/b')]: 'a/b',
      [otherPlace('A/B')]: 'A/B',
      [otherPlace('a')]: 'a',
      [cached('x')]: 'x',
      [otherPlace('X')]: 'X',
      [otherPlace('x/y')]: 'x/y',
      [cached('\u03c3')]: '\u03c3',
      [otherPlace('\u03a3')]: '\u03a3',
    }),
  ),
  ownBundle(
    'a bundle with a repository whose name has letters beyond ASCII',
    repository('a\u00e9\u{1f600}.b'),
    'full',
    payloadOf({ 'environments/spack/repos/0-a____b': 'recipes' }),
  ),
]

const misplaced: readonly Case[] = [
  ownBundle(
    'two inputs under each other\u2019s names',
    rich,
    'standard',
    payloadOf({ ...richStandard, 'inputs/deck.in': 'script', 'inputs/run.sh': 'deck' }),
    bad,
  ),
  ownBundle(
    'an input and a log under each other\u2019s names',
    rich,
    'standard',
    payloadOf({ ...richStandard, 'inputs/run.sh': 'stdout 2', 'run/run/2/stdout': 'script' }),
    bad,
  ),
  ownBundle(
    'an input at another place',
    rich,
    'standard',
    withoutFile(payloadOf({ ...richStandard, 'inputs/other.sh': 'script' }), 'data/inputs/run.sh'),
    bad,
  ),
  ownBundle(
    'an input where its script should be',
    rich,
    'standard',
    payloadOf({ ...richStandard, 'inputs/run.sh': 'deck' }),
    bad,
  ),
  ownBundle(
    'a file whose bytes are already in the bundle',
    rich,
    'full',
    payloadOf({ ...richStandard, ...richFull, 'outputs/out/heat.csv': 'reference' }),
    bad,
  ),
  ownBundle(
    'an output in a standard bundle',
    rich,
    'standard',
    payloadOf({ ...richStandard, 'outputs/out/heat.png': 'picture' }),
    bad,
  ),
  ownBundle(
    'an output that is not kept',
    rich,
    'full',
    payloadOf({ ...richStandard, ...richFull, 'outputs/out/huge.h5': 'not kept' }),
    bad,
  ),
  ownBundle(
    'an input in a thin bundle',
    rich,
    'thin',
    payloadOf({ 'inputs/deck.in': 'deck' }),
    bad,
  ),
  ownBundle('a full bundle that says it is standard', rich, 'standard', richFullFiles, bad),
  ownBundle('a standard bundle that says it is full', rich, 'full', richStandardFiles, absent),
  ownBundle(
    'an input that is missing although its bytes lie elsewhere',
    rich,
    'standard',
    withoutFile(richStandardFiles, 'data/inputs/copy/of/deck.in'),
    absent,
  ),
]

export const payloadCases: readonly Case[] = [...whole, ...misplaced]

export function ownBundle(
  name: string,
  document: JsonObject,
  profile: string,
  payload: Files,
  differences: Expected = {},
): Case {
  const record = canonicalBytes(document)
  const top = digestOf(record).slice('sha256:'.length).slice(0, 16)
  const files = sealed(filesOf(profile, evidenceFor(record), payload))
  return {
    name,
    files: { bundle: tarOf(membersOf(files, top)) },
    trust: {},
    expected: { ...bundleGood, ...ownWord, ...differences },
  }
}

/** Contents by path below `data/`. */
export function payloadOf(contents: Readonly<Record<string, string>>): Files {
  const files = Object.entries(contents).map(([path, text]) => [`data/${path}`, Buffer.from(text)])
  return Object.fromEntries(files)
}

function otherPlace(contents: string): string {
  return `other/${digestOf(Buffer.from(contents)).slice('sha256:'.length)}`
}

function cached(path: string): string {
  return `environments/spack/buildcache/0/${path}`
}

export function blob(contents: string): JsonObject {
  return new Blobs().reference(contents)
}

function attempts(...texts: readonly string[]): JsonObject {
  const stages = texts.map((text) => ({
    id: 'run',
    status: 'failed',
    logs: { stdout: blob(text) },
  }))
  return minimalRun({ run: { stages } })
}

function buildCache(...paths: readonly string[]): JsonObject {
  const files = paths.map((path) => ({ path, ...blob(path) }))
  return withSpack({ caches: [{ layout: 2, files }] })
}

function repository(namespace: string): JsonObject {
  return withSpack({ repos: [{ namespace, retained: blob('recipes') }] })
}

function withSpack(members: JsonObject): JsonObject {
  return minimalPlan(inPlan({ environments: [{ id: 'spack', kind: 'spack', ...members }] }))
}

export function inPlan(members: JsonObject): JsonObject {
  return { plan: { stages: [{ id: 'run', kind: 'run', command: ['true'] }], ...members } }
}
