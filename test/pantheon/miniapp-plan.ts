import { readPantheonEntry } from './pantheon-entry.ts'
import {
  allocation,
  blobOf,
  imageRule,
  recordOf,
  runDirectory,
  scriptsElsewhere,
  workflowSource,
  type PantheonPlan,
} from './plan-records.ts'

/** Cloverleaf with in situ images by Ascent. */
export function miniappPlan(): PantheonPlan {
  const entry = readPantheonEntry('miniapp', 'Ascent_Cloverleaf_Workflow')
  const goldenFolder = 'validate/data/cloverleaf3d_001.cdb'
  const images = ['0.0', '2.0', '5.0'].map((time) => `${time}/0.0_0.0_pantheon.cdb.png`)
  const plan = {
    parameters: [allocation, runDirectory, ...compilerParameters()],
    sources: [workflowSource(entry)],
    environments: [
      {
        id: 'sim',
        kind: 'spack',
        spackCommit: '285548588f533338cc5493a7ba492f107e714794',
        spackVersion: '0.17.0',
        manifest: {
          ...blobOf('miniapp', 'inputs/spack/spack.yaml'),
          template: true,
          escape: 'yaml',
        },
        roots: [{ spec: 'ascent' }, { spec: 'openmpi' }],
        externals: [
          { name: 'gcc', version: '9.3.0', via: 'module', parameter: 'system_gcc_module' },
        ],
      },
    ],
    inputs: [
      {
        path: 'ascent_actions.yaml',
        role: 'deck',
        ...blobOf('miniapp', 'inputs/ascent/ascent_actions.yaml'),
        availability: 'retained',
      },
    ],
    stages: [
      { id: 'install', kind: 'install', where: 'login', environment: 'sim', network: 'fetch' },
      {
        id: 'run',
        kind: 'run',
        where: 'batch',
        needs: ['install'],
        environment: 'sim',
        resources: { nodes: 1, ranks: 2, walltime: 600_000 },
        launch: { logical: 'mpi', original: 'mpiexec -n 2' },
        schedulerOriginal: { system: 'lsf', directives: ['-W 0:10', '-nnodes 1'] },
      },
      { id: 'postprocess', kind: 'postprocess', where: 'login', needs: ['run'] },
      { id: 'validate', kind: 'validate', where: 'login', needs: ['postprocess'] },
    ],
    expectations: [
      ...images.map((image, index) => ({
        id: `image${index}`,
        stage: 'run',
        path: `pantheon.cdb/${image}`,
        required: true,
        reference: blobOf('miniapp', `${goldenFolder}/${image}`).digest,
        rule: imageRule,
        basis: 'The original check was equality of bytes, which a rebuild broke by one pixel.',
        calibration: [
          { name: 'NRMSE of a rebuild with another compiler and MPI', value: '0.00004' },
          { name: 'NRMSE of the neighbouring image, a wrong one', value: '0.228' },
        ],
      })),
      {
        id: 'index',
        stage: 'run',
        path: 'pantheon.cdb/data.csv',
        required: true,
        reference: blobOf('miniapp', `${goldenFolder}/data.csv`).digest,
        rule: { type: 'text', trim: true },
        basis: 'The list of the 320 images has no computed number in it.',
      },
    ],
  }
  const gaps = [
    { code: 'no-lockfile', path: 'sim' },
    { code: 'moving-reference', path: 'sim', note: 'ascent and openmpi without a version' },
    scriptsElsewhere,
  ]
  const golden = [...images, 'data.csv'].map((file) => `${goldenFolder}/${file}`)
  const inputs = ['inputs/spack/spack.yaml', 'inputs/ascent/ascent_actions.yaml']
  return { record: recordOf(entry, plan, gaps), files: [...inputs, ...golden] }
}

/** What the markers `<system_…>` of the environment stand for. */
function compilerParameters(): object[] {
  const executable = ['gcc', 'gpp', 'gfortran'].map((name) => ({
    name: `system_${name}`,
    scope: 'site',
    type: 'executable',
    required: true,
  }))
  const named = ['gcc_spec', 'os'].map((name) => ({
    name: `system_${name}`,
    scope: 'site',
    type: 'string',
    required: true,
  }))
  const moduleName = { name: 'system_gcc_module', scope: 'site', type: 'module', required: true }
  return [...executable, ...named, moduleName]
}
