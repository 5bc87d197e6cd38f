import { WorkflowRecord } from '../../src/record/workflow-record.ts'

/** Records with something in every part of the page, as fresh JSON. */

export const digestWith = (character: string) => `sha256:${character.repeat(64)}`

const blob = (character: string) => ({ digest: digestWith(character), size: 2048 })
const commit = '3c0df1a96c2324ed24b8e0b258f3f8477ee7f33b'

export function exampleRun() {
  return {
    ...description('Heat on a rod'),
    kind: 'run',
    plan: examplePlanHalf(),
    run: exampleRunHalf(),
  }
}

/** A replay of the run with the digest `sha256:aaaa…`. */
export function exampleReplay() {
  return {
    ...exampleRun(),
    title: 'Heat on a rod, again',
    relations: [{ type: 'replayOf', target: digestWith('a') }],
    run: { ...exampleRunHalf(), comparison: exampleComparison() },
  }
}

export function examplePlan() {
  return {
    ...description('A plan for a rod'),
    kind: 'plan',
    plan: examplePlanHalf(),
    gaps: [{ code: 'missing-input', path: 'mesh.exo', note: 'nobody has it' }],
  }
}

export function exampleCollection() {
  return {
    ...description('Two rods'),
    kind: 'collection',
    members: [digestWith('a'), digestWith('b')],
  }
}

export function parseExample(json: unknown): WorkflowRecord {
  return WorkflowRecord.parse(json)
}

function description(title: string) {
  return {
    schema: 'stele-record-1',
    title,
    summary: 'A small run.',
    project: { name: 'Rods', url: 'https://rods.example.org/' },
    application: { name: 'heat1d', version: '1.0' },
    keywords: ['heat'],
    license: 'MIT OR CC-BY-4.0',
    authors: [
      {
        name: 'Ada Example',
        orcid: '0000-0002-1825-0097',
        affiliation: { name: 'Example University', ror: 'https://ror.org/05gq02987' },
      },
    ],
    publications: [{ doi: '10.5072/heat', relation: 'IsSupplementTo' }],
    createdAt: '2026-11-20T10:00:00Z',
  }
}

function examplePlanHalf() {
  return {
    parameters: [
      {
        name: 'account',
        scope: 'site',
        type: 'account',
        required: true,
        sensitive: true,
        description: 'who pays',
      },
      { name: 'steps', scope: 'science', type: 'integer', value: 5000, unit: 'steps' },
      { name: 'label', scope: 'science', type: 'string', default: 'a label', enum: ['a', 'b'] },
    ],
    sources: [
      {
        id: 'solver',
        kind: 'git',
        url: 'https://code.example.org/heat',
        commit,
        requestedRef: 'v1',
      },
      { id: 'tools', kind: 'git', requestedRef: 'develop', license: 'MIT' },
    ],
    environments: exampleEnvironments(),
    inputs: [
      {
        path: 'heat.in',
        role: 'deck',
        ...blob('1'),
        mediaType: 'text/plain',
        availability: 'retained',
      },
      {
        path: 'mesh.exo',
        role: 'mesh',
        availability: 'external',
        external: { urls: ['https://data.example.org/mesh'], accession: 'M-1', accessNote: 'ask' },
      },
    ],
    stages: [
      {
        id: 'install',
        kind: 'install',
        env: { CC: 'gcc -O2', ACCOUNT: { parameter: 'account' } },
        command: ['sh', 'install the solver'],
        environment: 'sim',
      },
      {
        id: 'solve',
        kind: 'run',
        needs: ['install'],
        where: 'batch',
        command: ['heat1d', 'heat.in'],
        resources: { nodes: 2, walltime: 60_000, constraint: 'gpu' },
        launch: { logical: 'mpi', original: 'srun heat1d heat.in' },
        schedulerOriginal: { system: 'slurm', directives: ['--exclusive'] },
      },
    ],
    expectations: exampleExpectations(),
    claims: [{ id: 'c1', text: 'It cools.', elements: ['Figure 3'], expectations: ['profile'] }],
  }
}

function exampleEnvironments() {
  return [
    {
      id: 'sim',
      kind: 'spack',
      spackVersion: '0.23.0',
      spackCommit: commit,
      lock: blob('2'),
      roots: [{ spec: 'heat1d@1.0', dagHash: '36sj26eau6yttylmhrhjybm25w4bjrkq' }],
      repos: [{ namespace: 'heatdemo', url: 'https://code.example.org/recipes', commit }],
      externals: [{ name: 'glibc', version: '2.36', via: 'prefix' }],
      target: 'zen3',
      caches: [{ layout: 2, files: [{ path: 'index.json', ...blob('3') }] }],
    },
    { id: 'viz', kind: 'container', reference: 'images.example.org/viz:2' },
    { id: 'site', kind: 'modules', system: 'lmod', loads: [{ name: 'gcc', order: 0 }] },
    { id: 'py', kind: 'python', lock: blob('4'), resolver: 'pip' },
    { id: 'base', kind: 'system', packages: [{ name: 'libc6', version: '2.36' }] },
  ]
}

function exampleExpectations() {
  return [
    {
      id: 'profile',
      stage: 'solve',
      path: 'heat.csv',
      required: true,
      reference: digestWith('5'),
      rule: { type: 'numeric', format: 'csv', columns: { peak: { rel: '1e-9' } }, abs: '1e-12' },
      basis: 'four installs agreed',
      calibration: [{ name: 'largest difference', value: '0', note: 'of four' }],
    },
    {
      id: 'log',
      stage: 'solve',
      path: 'run.log',
      required: false,
      rule: { type: 'regex', pattern: 'done' },
    },
  ]
}

function exampleRunHalf() {
  return {
    bindings: [
      { parameter: 'account', redacted: true },
      { parameter: 'label', value: 'a bound label' },
    ],
    stages: [
      { id: 'install', status: 'succeeded', exitCode: 0, logs: { stdout: blob('6') } },
      { id: 'solve', status: 'failed', exitCode: 143, wall: 1500, jobId: '77' },
      {
        id: 'solve',
        attempt: 2,
        status: 'succeeded',
        startedAt: '2026-11-20T09:59:00Z',
        wall: 187_000,
        cpuUser: 100_000,
        cpuSystem: 2_000,
        maxRss: 4_194_304,
        exitCode: 0,
        launched: 'mpiexec heat1d heat.in',
      },
    ],
    machine: {
      name: 'Example Cluster',
      nodes: [{ role: 'batch', cpu: { model: 'Example CPU', cores: 64 } }],
      modules: ['gcc/12'],
      environment: { OMP_NUM_THREADS: 'one' },
    },
    outputs: [
      {
        path: 'heat.csv',
        ...blob('7'),
        mediaType: 'text/csv',
        expectation: 'profile',
        retained: true,
      },
      { path: 'big.h5', ...blob('8'), retained: false },
    ],
    metrics: [{ name: 'speed', value: '12.5', unit: '1/s' }],
    capture: {
      program: 'stele.pyz',
      version: '1',
      gaps: [{ code: 'redacted', path: 'account', note: 'private' }],
      redactions: [{ where: 'stdout', rule: 'home directory', count: 3 }],
    },
  }
}

function exampleComparison() {
  return {
    against: digestWith('a'),
    verdict: 'within-tolerance',
    results: [
      {
        expectation: 'profile',
        rule: 'numeric',
        level: 'within-tolerance',
        measured: [
          { name: 'maxRel', value: '7.1e-16', threshold: '1e-9' },
          { name: 'figure of ours', value: '3' },
        ],
      },
      { expectation: 'log', rule: 'regex', level: 'different', note: 'the line is not there' },
    ],
  }
}
