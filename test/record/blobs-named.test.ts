import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { blobsNamedBy } from '../../src/record/blobs-named.ts'
import { checkRecord } from '../../src/record/findings.ts'
import { pointerOf } from '../../src/record/finding.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { minimalCollection, minimalPlan, minimalRun } from '../record-fixtures.ts'

const stages = [{ id: 'run', kind: 'run' }]

/** Digests that tell where they stand. */
const digest = (n: number) => `sha256:${String(n).padStart(64, '0')}`
const blob = (n: number) => ({ digest: digest(n), size: n })

/** What a record names, as lines of number, size and place. */
const namedBy = (document: JsonObject) =>
  blobsNamedBy(checkRecord(document).record).map(
    ({ digest, size, path }) => `${Number(digest.slice(-4))} ${size ?? '-'} ${pointerOf(path)}`,
  )
const namedByPlan = (plan: JsonObject) => namedBy(minimalPlan({ plan: { stages, ...plan } }))

describe('the blobs a record names', () => {
  it('are patches and archives of sources', () => {
    const sources = [
      { id: 'a', kind: 'git', dirtyPatch: blob(1) },
      { id: 'b', kind: 'archive', retained: blob(2) },
    ]
    assert.deepEqual(namedByPlan({ sources }), [
      '1 1 /plan/sources/0/dirtyPatch',
      '2 2 /plan/sources/1/retained',
    ])
  })

  it('are the files of a Spack environment, without binaries that are elsewhere', () => {
    const binary = (n: number) => ({ dagHash: 'a'.repeat(32), ...blob(n) })
    const key = { fingerprint: 'A'.repeat(40) }
    const spack = {
      id: 'sim',
      kind: 'spack',
      manifest: blob(1),
      lock: blob(2),
      repos: [{ namespace: 'builtin' }, { namespace: 'site', retained: blob(3) }],
      binaries: [{ ...binary(4), retained: true }, { ...binary(90), retained: false }, binary(91)],
      caches: [
        {
          layout: 3,
          keys: [key, { ...key, blob: blob(5) }],
          files: [{ path: 'index', ...blob(6) }],
        },
      ],
    }
    assert.deepEqual(namedByPlan({ environments: [spack] }), [
      '1 1 /plan/environments/0/manifest',
      '2 2 /plan/environments/0/lock',
      '3 3 /plan/environments/0/repos/1/retained',
      '4 4 /plan/environments/0/binaries/0',
      '5 5 /plan/environments/0/caches/0/keys/1/blob',
      '6 6 /plan/environments/0/caches/0/files/0',
    ])
  })

  it('are the files of every other environment', () => {
    const environments = [
      { id: 'a', kind: 'container', reference: 'x', manifestDigest: digest(90), retained: blob(1) },
      { id: 'b', kind: 'modules', system: 'tcl', loads: [], moduleFile: blob(2) },
      { id: 'c', kind: 'python', lock: blob(3), resolver: 'pip' },
      { id: 'd', kind: 'guix', channels: blob(4), manifest: blob(5) },
      { id: 'e', kind: 'system', packageList: blob(6) },
    ]
    assert.deepEqual(namedByPlan({ environments }), [
      '1 1 /plan/environments/0/retained',
      '2 2 /plan/environments/1/moduleFile',
      '3 3 /plan/environments/2/lock',
      '4 4 /plan/environments/3/channels',
      '5 5 /plan/environments/3/manifest',
      '6 6 /plan/environments/4/packageList',
    ])
  })

  it('are the inputs that are retained', () => {
    const inputs = [
      { path: 'a', role: 'deck', ...blob(1), availability: 'retained' },
      { path: 'b', role: 'mesh', ...blob(90), availability: 'external' },
      { path: 'c', role: 'mesh', ...blob(91), availability: 'withheld' },
    ]
    assert.deepEqual(namedByPlan({ inputs }), ['1 1 /plan/inputs/0'])
  })

  it('are references and sets of expectations, whose size is not stated or is', () => {
    const place = { stage: 'run', path: 'o', required: true }
    const expectations = [
      { id: 'a', ...place, reference: digest(1), rule: { type: 'exact' } },
      { id: 'b', ...place, rule: { type: 'set', manifest: blob(2) } },
      { id: 'c', ...place, rule: { type: 'exists' } },
    ]
    assert.deepEqual(namedByPlan({ expectations }), [
      '1 - /plan/expectations/0/reference',
      '2 2 /plan/expectations/1/rule/manifest',
    ])
  })

  it('are scripts, logs and retained outputs of a run, after those of its plan', () => {
    const output = { ...blob(90), retained: false }
    const run = {
      stages: [
        {
          id: 'run',
          status: 'failed',
          rendered: blob(2),
          logs: { stdout: blob(3), stderr: blob(4) },
        },
      ],
      outputs: [
        { path: 'x', ...output },
        { path: 'y', ...output, ...blob(5), retained: true },
      ],
      comparison: { against: digest(91), verdict: 'missing', results: [] },
    }
    const sources = [{ id: 's', kind: 'local', retained: blob(1) }]
    assert.deepEqual(namedBy(minimalRun({ plan: { stages, sources }, run })), [
      '1 1 /plan/sources/0/retained',
      '2 2 /run/stages/0/rendered',
      '3 3 /run/stages/0/logs/stdout',
      '4 4 /run/stages/0/logs/stderr',
      '5 5 /run/outputs/1',
    ])
  })

  it('are all of them, also those named twice', () => {
    const sources = [{ id: 'a', kind: 'local', retained: blob(1), dirtyPatch: blob(1) }]
    assert.equal(namedByPlan({ sources }).length, 2)
  })

  it('are none for a collection', () => {
    assert.deepEqual(namedBy(minimalCollection()), [])
  })
})
