import type { JsonObject } from '../../src/record/strict-json.ts'
import { minimalRun } from '../record-fixtures.ts'
import { inputOf, type Blobs } from './bundle-fixtures.ts'

const dagHash = 'abcdefghijklmnopqrstuvwxyz234567'
const fingerprint = '02A68A52CBDB76F41FE9C0E6CFDA645092B0A29C'

/** A run that names a blob in every place a record can; each holds its own place as text. */
export function richRun(blobs: Blobs): JsonObject {
  return minimalRun({
    plan: {
      sources: [
        {
          id: 'solver',
          kind: 'git',
          commit: '0'.repeat(40),
          retained: blobs.reference('source'),
          dirtyPatch: blobs.reference('patch'),
        },
      ],
      environments: [spackEnvironment(blobs), ...otherEnvironments(blobs)],
      inputs: [
        inputOf(blobs, 'deck.in', 'deck'),
        inputOf(blobs, 'copy/of/deck.in', 'deck'),
        { ...inputOf(blobs, 'run.sh', 'script'), role: 'script', executable: true },
        { path: 'mesh.h5', role: 'mesh', availability: 'external', digest: blobs.add('elsewhere') },
        { path: 'secret.in', role: 'deck', availability: 'withheld' },
      ],
      stages: [{ id: 'run', kind: 'run', script: 'run.sh' }],
      expectations: [
        expectationOf('csv', 'out/heat.csv', { type: 'exact' }, blobs.add('reference')),
        expectationOf('frames', 'out/frame-??.png', { type: 'exact' }, blobs.add('frame')),
        expectationOf('deep', '**/log.txt', { type: 'text' }, blobs.add('log')),
        expectationOf('all', 'out', { type: 'set', manifest: blobs.reference('set') }),
        expectationOf('there', 'out/there', { type: 'exists' }),
      ],
    },
    run: {
      stages: [
        {
          id: 'run',
          status: 'failed',
          attempt: 1,
          logs: { stdout: blobs.reference('stdout 1'), stderr: blobs.reference('') },
        },
        {
          id: 'run',
          status: 'succeeded',
          attempt: 2,
          rendered: blobs.reference('rendered'),
          logs: { stdout: blobs.reference('stdout 2'), stderr: blobs.reference('') },
        },
      ],
      outputs: [
        { path: 'out/heat.csv', ...blobs.reference('reference'), retained: true },
        { path: 'out/heat.png', ...blobs.reference('picture'), retained: true },
        { path: 'out/huge.h5', ...blobs.reference('not kept'), retained: false },
      ],
    },
  })
}

function expectationOf(id: string, path: string, rule: JsonObject, reference?: string): JsonObject {
  return { id, stage: 'run', path, required: true, rule, ...(reference && { reference }) }
}

function spackEnvironment(blobs: Blobs): JsonObject {
  return {
    id: 'spack',
    kind: 'spack',
    manifest: blobs.reference('spack.yaml'),
    lock: blobs.reference('spack.lock'),
    repos: [
      { namespace: '../my repo', retained: blobs.reference('recipes') },
      { namespace: 'builtin' },
    ],
    binaries: [
      { dagHash, ...blobs.reference('binary'), retained: true },
      { dagHash: dagHash.replace('a', 'b'), ...blobs.reference('lost binary') },
    ],
    caches: [
      { layout: 2 },
      {
        layout: 3,
        keys: [{ fingerprint, blob: blobs.reference('key') }],
        files: [
          { path: 'v3/layout.json', ...blobs.reference('cache file') },
          { path: 'v3/again.json', ...blobs.reference('cache file') },
          { path: 'blobs/sha256/ab/lock', ...blobs.reference('spack.lock') },
        ],
      },
    ],
  }
}

function otherEnvironments(blobs: Blobs): JsonObject[] {
  return [
    {
      id: 'box',
      kind: 'container',
      reference: 'example/box:1',
      retained: blobs.reference('image'),
    },
    {
      id: 'site',
      kind: 'modules',
      system: 'lmod',
      loads: [],
      moduleFile: blobs.reference('module'),
    },
    { id: 'py', kind: 'python', lock: blobs.reference('requirements'), resolver: 'pip' },
    {
      id: 'guix',
      kind: 'guix',
      channels: blobs.reference('channels'),
      manifest: blobs.reference('manifest'),
    },
    { id: 'os', kind: 'system', packageList: blobs.reference('packages') },
  ]
}

/** Paths below `data/` of the profile `standard`, with what lies there. */
export const richStandard: Readonly<Record<string, string>> = {
  'inputs/deck.in': 'deck',
  'inputs/copy/of/deck.in': 'deck',
  'inputs/run.sh': 'script',
  'environments/spack/spack.yaml': 'spack.yaml',
  'environments/spack/spack.lock': 'spack.lock',
  'environments/site/modulefile': 'module',
  'environments/py/lock': 'requirements',
  'environments/guix/channels.scm': 'channels',
  'environments/guix/manifest.scm': 'manifest',
  'environments/os/packages': 'packages',
  'expected/csv/heat.csv': 'reference',
  'expected/frames/reference': 'frame',
  'expected/deep/log.txt': 'log',
  'expected/all/set-manifest': 'set',
  'run/run/1/stdout': 'stdout 1',
  'run/run/1/stderr': '',
  'run/run/2/script': 'rendered',
  'run/run/2/stdout': 'stdout 2',
}

/** What `full` has beyond that. */
export const richFull: Readonly<Record<string, string>> = {
  'outputs/out/heat.png': 'picture',
  'environments/spack/buildcache/1/v3/layout.json': 'cache file',
  'environments/spack/buildcache/1/v3/again.json': 'cache file',
  'environments/spack/buildcache/1/blobs/sha256/ab/lock': 'spack.lock',
  [`environments/spack/keys/1/${fingerprint}.pub`]: 'key',
  'environments/spack/repos/0-___my_repo': 'recipes',
  [`environments/spack/binaries/${dagHash}`]: 'binary',
  'environments/box/image/image': 'image',
  'sources/solver/archive': 'source',
  'sources/solver/dirty.patch': 'patch',
}
