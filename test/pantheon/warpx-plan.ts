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

/** WarpX with images by ParaView in a second job. */
export function warpxPlan(): PantheonPlan {
  const entry = readPantheonEntry('warpx', 'WarpX_PostProcessing_Workflow')
  const images = ['000', '180', '300'].map((phi) => `RenderView1_000000p=${phi}.00t=180.00.png`)
  const plan = {
    parameters: [allocation, runDirectory],
    sources: [
      workflowSource(entry),
      {
        id: 'application',
        kind: 'git',
        url: 'https://github.com/ECP-WarpX/WarpX',
        requestedRef: '0e80973',
      },
    ],
    environments: [{ id: 'site', kind: 'modules', system: 'lmod', loads: [] }],
    inputs: [
      {
        path: 'input.file',
        role: 'deck',
        ...blobOf('warpx', 'inputs/warpx/input.file'),
        availability: 'retained',
      },
    ],
    stages: [
      { id: 'install', kind: 'install', where: 'login', environment: 'site', network: 'fetch' },
      {
        id: 'run',
        kind: 'run',
        where: 'batch',
        needs: ['install'],
        environment: 'site',
        resources: {
          nodes: 2,
          ranks: 12,
          ranksPerNode: 6,
          coresPerRank: 7,
          gpusPerRank: 1,
          walltime: 600_000,
        },
        launch: { logical: 'mpi', original: 'jsrun -r 6 -a 1 -g 1 -c 7 -d packed' },
        schedulerOriginal: { system: 'lsf', directives: ['-W 0:10', '-nnodes 2'] },
      },
      {
        id: 'images',
        kind: 'postprocess',
        where: 'batch',
        needs: ['run'],
        environment: 'site',
        resources: { nodes: 1, ranks: 1, walltime: 3_600_000 },
        schedulerOriginal: { system: 'lsf', directives: ['-W 1:00', '-nnodes 1'] },
      },
      { id: 'validate', kind: 'validate', where: 'login', needs: ['images'] },
    ],
    expectations: images.map((image, index) => ({
      id: `image${index}`,
      stage: 'images',
      path: `pantheon.cdb/${image}`,
      required: true,
      reference: blobOf('warpx', `validate/data/pantheon.cdb/${image}`).digest,
      rule: imageRule,
      basis: 'The original check compared sizes by integer division, which passes for one byte.',
      calibration: [{ name: 'NRMSE of two neighbouring images, a wrong pair', value: '0.137' }],
    })),
  }
  const gaps = [
    { code: 'moving-reference', path: 'application', note: 'an abbreviated commit id' },
    { code: 'module-environment', path: 'site', note: '13 module load lines in a script' },
    { code: 'missing-input', path: 'paraview', note: 'state and script of ParaView' },
    scriptsElsewhere,
  ]
  const golden = images.map((image) => `validate/data/pantheon.cdb/${image}`)
  return { record: recordOf(entry, plan, gaps), files: ['inputs/warpx/input.file', ...golden] }
}
