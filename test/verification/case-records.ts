import type { JsonObject } from '../../src/record/strict-json.ts'
import { sha256 } from './test-keys.ts'

/** Blobs of the run below, by their path in a bundle. */
export const standardFiles: Readonly<Record<string, Buffer>> = {
  'data/inputs/heat.in': Buffer.from('cells 64\n'),
  'data/environments/tools/lock': Buffer.from('numpy==2.0\n'),
  'data/expected/profile/heat.csv': Buffer.from('x,t\n0,1\n'),
  'data/run/run/1/stdout': Buffer.from('hot\n'),
}

export const fullFiles: Readonly<Record<string, Buffer>> = {
  ...standardFiles,
  'data/outputs/heat.csv': Buffer.from('x,t\n0,2\n'),
}

/** A record that names no blobs. */
export const smallRecord: JsonObject = {
  ...described('A run of one stage'),
  kind: 'run',
  plan: { stages: [{ id: 'run', kind: 'run', command: ['true'] }] },
  run: { stages: [{ id: 'run', status: 'succeeded', exitCode: 0 }] },
}

export const otherRecord: JsonObject = { ...smallRecord, title: 'Another run of one stage' }

/** A run with an input, an environment, a reference, a log and an output. */
export const richRecord: JsonObject = {
  ...described('Heat in a rod'),
  kind: 'run',
  plan: {
    environments: [
      { id: 'tools', kind: 'python', resolver: 'pip', lock: blob('data/environments/tools/lock') },
    ],
    inputs: [
      {
        path: 'heat.in',
        role: 'deck',
        availability: 'retained',
        ...blob('data/inputs/heat.in'),
      },
    ],
    stages: [{ id: 'run', kind: 'run', command: ['solve'], environment: 'tools' }],
    expectations: [
      {
        id: 'profile',
        stage: 'run',
        path: 'heat.csv',
        required: true,
        reference: digestAt('data/expected/profile/heat.csv'),
        rule: { type: 'exact' },
      },
    ],
  },
  run: {
    stages: [
      {
        id: 'run',
        status: 'succeeded',
        exitCode: 0,
        logs: { stdout: blob('data/run/run/1/stdout') },
      },
    ],
    outputs: [
      {
        path: 'heat.csv',
        ...blob('data/outputs/heat.csv'),
        expectation: 'profile',
        retained: true,
      },
    ],
  },
}

function described(title: string): JsonObject {
  return {
    schema: 'stele-record-1',
    title,
    project: { name: 'Example project' },
    authors: [{ name: 'Ada Example' }],
    createdAt: '2026-11-20T10:00:00Z',
  }
}

function blob(path: string): JsonObject {
  return { digest: digestAt(path), size: fullFiles[path]?.length ?? 0 }
}

function digestAt(path: string): string {
  return `sha256:${sha256(fullFiles[path] ?? '').toString('hex')}`
}
