import type { JsonObject } from '../../src/record/strict-json.ts'

/**
 * The workflow "ExaWind Nalu-Wind" of the Pantheon project as a plan, shortened.
 * Commits and digests are those of the files it was imported from.
 */
export function naluWindPlan(changes: JsonObject = {}): JsonObject {
  return {
    schema: 'stele-record-1',
    kind: 'plan',
    title: 'ExaWind Nalu-Wind, non-isothermal edge open jet, with ParaView images',
    project: { name: 'Pantheon' },
    application: { name: 'nalu-wind' },
    authors: [{ name: 'Ada Example' }],
    createdAt: '2026-11-22T00:00:00Z',
    plan: { parameters, sources, environments, inputs, stages, expectations },
    ...changes,
  }
}

const workflowCommit = 'cfc4a6143cbbadc79b0769babc86d7feb5d791bc'

const parameters = [
  {
    name: 'compute_allocation',
    scope: 'site',
    type: 'account',
    required: true,
    sensitive: true,
    probe: 'scheduler.account',
  },
  { name: 'system_gcc', scope: 'site', type: 'executable', required: true, probe: 'which:gcc' },
  { name: 'pantheon_run_dir', scope: 'site', type: 'path', required: true, probe: 'runner.rundir' },
  { name: 'nalu_reg_test', scope: 'science', type: 'string', value: 'nonIsoEdgeOpenJet' },
]

const sources = [
  {
    id: 'workflow',
    kind: 'git',
    url: 'https://github.com/cinemascienceworkflows/exawind-naluwind',
    commit: workflowCommit,
    swhid: `swh:1:rev:${workflowCommit}`,
  },
]

const environments = [
  {
    id: 'sim',
    kind: 'spack',
    spackCommit: '285548588f533338cc5493a7ba492f107e714794',
    spackVersion: '0.17.0',
    manifest: {
      digest: 'sha256:18c9d3a3a622ba163ce7a92b8e383bbfe5e8bb8aa4c66a246c0cfedeeeb297ae',
      size: 2079,
      template: true,
      escape: 'yaml',
    },
    roots: [{ spec: 'nalu-wind' }, { spec: 'hypre@develop' }, { spec: 'trilinos@master' }],
    externals: [{ name: 'spectrum-mpi', version: '104.0.3', via: 'module' }],
  },
  {
    id: 'vis',
    kind: 'modules',
    system: 'lmod',
    loads: [{ name: 'paraview', version: '5.9.1-osmesa', order: 0 }],
  },
]

const inputs = [
  {
    path: 'nonIsoEdgeOpenJet.yaml',
    role: 'deck',
    digest: 'sha256:5affa5e5c46d849eaf2d647c3ad2d2779a60fa895bac670aeaa3019fcf7b6e3d',
    size: 4439,
    template: true,
    escape: 'yaml',
    availability: 'retained',
  },
  { path: 'setup/install-deps.sh', role: 'script', executable: true, availability: 'external' },
]

const stages = [
  {
    id: 'install',
    kind: 'install',
    where: 'login',
    network: 'fetch',
    environment: 'sim',
    script: 'setup/install-deps.sh',
  },
  {
    id: 'run',
    kind: 'run',
    where: 'batch',
    needs: ['install'],
    environment: 'sim',
    command: ['naluX', '-i', 'nonIsoEdgeOpenJet.yaml', '-o', 'nonIsoEdgeOpenJet.log'],
    resources: { nodes: 1, ranks: 4, coresPerRank: 1, walltime: 180_000 },
    launch: { logical: 'mpi', original: 'jsrun --np 4 --nrs 1 --cpu_per_rs 4 naluX ...' },
    schedulerOriginal: { system: 'lsf', directives: ['-W 0:03', '-nnodes 1'] },
  },
  {
    id: 'images',
    kind: 'postprocess',
    where: 'batch',
    needs: ['run'],
    environment: 'vis',
    resources: { nodes: 1, ranks: 1, walltime: 600_000 },
  },
]

const expectations = [
  {
    id: 'frame5',
    stage: 'images',
    path: 'cinema_databases/pantheon.cdb/RenderView1_000005.png',
    required: true,
    reference: 'sha256:03cad4109eea53e87714a7d638ce84bd790e4e52d6fcf475db1b808d4f12e78a',
    rule: { type: 'image', channelDelta: 8, maxFraction: '0.001', maxNrmse: '0.002' },
    basis: 'original check was byte equality; limits from rebuild and neighbour measurements',
  },
]
