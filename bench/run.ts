/**
 * Measures the registry beside a server that does the least possible and beside
 * Debian's docker-registry, all on one disk, and prints a Markdown table.
 *
 *     npm run bench
 *     npm run bench -- --quick             small sizes: does the harness work?
 *     npm run bench -- --only head --only large
 *     npm run bench -- --rounds 9          default 5; medians are printed
 *     npm run bench -- --profile DIR       writes a CPU profile of the registry
 */
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  startDockerRegistry,
  startFloor,
  startStele,
  type Contestant,
  type ContestantName,
} from './contestants.ts'
import { tableOf } from './table.ts'
import type { Figure, Scale, Workload } from './workload.ts'
import { auditOfLog } from './workloads/audit.ts'
import { firstByte } from './workloads/first-byte.ts'
import { largeBlobs } from './workloads/large-blobs.ts'
import { logDeposits } from './workloads/log.ts'
import { deposits, heads, smallPuts } from './workloads/many-small.ts'
import { memoryOfBlobs, memoryOfBundles } from './workloads/memory.ts'
import { runnerDeposits } from './workloads/runner-deposits.ts'

const workloads: readonly Workload[] = [
  smallPuts,
  heads,
  deposits,
  logDeposits,
  largeBlobs,
  runnerDeposits,
  memoryOfBlobs,
  memoryOfBundles,
  firstByte,
  auditOfLog,
]

const starters: Readonly<Record<ContestantName, (directory: string) => Promise<Contestant>>> = {
  stele: (directory) => startStele(directory, profileOptions(options.profile)),
  floor: startFloor,
  'docker-registry': startDockerRegistry,
}

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    without: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string', default: '5' },
    profile: { type: 'string' },
  },
})

const scale: Scale = {
  isQuick: options.quick,
  rounds: options.quick ? 1 : Number(options.rounds),
}
const work = join(import.meta.dirname, '.work')
await rm(work, { recursive: true, force: true })
await mkdir(work, { recursive: true })
spreadDirectories(work)
const figures: Figure[] = []
for (const workload of workloads) {
  if (options.only.length > 0 && !options.only.includes(workload.name)) continue
  figures.push(...(await measure(workload)))
}
console.log(tableOf(figures))
await rm(work, { recursive: true, force: true })

/** Each workload gets fresh servers and empty directories. */
async function measure(workload: Workload): Promise<Figure[]> {
  console.error(`measuring ${workload.name} …`)
  const contestants: Contestant[] = []
  try {
    for (const name of workload.contestants) {
      if (options.without.includes(name)) continue
      const directory = await mkdtemp(join(work, `${workload.name}-${name}-`))
      contestants.push(await starters[name](join(directory, 'data')))
    }
    return await workload.measure(contestants, scale)
  } finally {
    await Promise.all(contestants.map(({ server }) => server.stop()))
  }
}

/**
 * Ext4 keeps away from the places of files that were deleted in the last minutes,
 * and looks for others one by one: after a run of this program a new file can take
 * fifty times as long. With this attribute each directory starts in another
 * region of the disk; file systems without it need no such help.
 */
function spreadDirectories(path: string): void {
  spawnSync('chattr', ['+T', path], { stdio: 'ignore' })
}

function profileOptions(directory: string | undefined): string[] {
  return directory === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${directory}`]
}
