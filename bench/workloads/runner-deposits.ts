import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Contestant } from '../contestants.ts'
import { newPayload } from '../payload.ts'
import { manifestNaming } from '../records.ts'
import { percentile } from '../statistics.ts'
import type { Figure, Workload } from '../workload.ts'

const run = promisify(execFile)
const runner = join(import.meta.dirname, '..', '..', 'runner', 'dist', 'stele.pyz')
const filesPerRecord = 20
const fileByteLength = 16 * 1024

/** What a person waits for: the program starts, hashes, asks, sends 20 blobs and the record. */
export const runnerDeposits: Workload = {
  name: 'runner',
  contestants: ['stele'],
  async measure([stele], { isQuick }) {
    if (stele === undefined) return []
    if (!existsSync(runner)) throw new Error('found no runner; make it with npm run setup')
    const figures: Figure[] = []
    for (const clients of [1, 8, 32]) {
      const count = isQuick ? clients : Math.max(20, clients * 4)
      const directories = await Promise.all(
        Array.from({ length: count }, () => newDirectory(stele)),
      )
      figures.push(...(await figuresOf(clients, directories, stele)))
    }
    return figures
  },
}

async function figuresOf(
  clients: number,
  directories: readonly string[],
  stele: Contestant,
): Promise<Figure[]> {
  const waiting = directories.values()
  const seconds: number[] = []
  const startedAt = performance.now()
  await Promise.all(
    Array.from({ length: clients }, async () => {
      for (const directory of waiting) seconds.push(await secondsOfDeposit(directory, stele))
    }),
  )
  const perSecond = directories.length / ((performance.now() - startedAt) / 1000)
  const what = `deposit of a record with 20 new blobs by the runner, ${clients} at once`
  const figureOf = (name: string, unit: string, value: number): Figure => ({
    what: `${what}${name}`,
    unit,
    values: new Map([['stele', value]]),
  })
  return [
    figureOf('', 'per second', perSecond),
    figureOf(', p50', 's', percentile(seconds, 0.5)),
    figureOf(', p99', 's', percentile(seconds, 0.99)),
  ]
}

async function secondsOfDeposit(directory: string, stele: Contestant): Promise<number> {
  const startedAt = performance.now()
  await run('python3', [runner, 'deposit', directory], {
    env: {
      PATH: process.env['PATH'],
      HOME: directory,
      STELE_REGISTRY: `http://127.0.0.1:${stele.server.port}`,
      STELE_TOKEN: stele.token,
    },
  })
  return (performance.now() - startedAt) / 1000
}

async function newDirectory(stele: Contestant): Promise<string> {
  const directory = join(stele.directory, '..', 'to-deposit', crypto.randomUUID())
  await mkdir(directory, { recursive: true })
  const names = Array.from({ length: filesPerRecord }, (_, i) => `table-${i}.csv`)
  for (const name of names) {
    await writeFile(join(directory, name), Buffer.concat(newPayload(fileByteLength).pieces))
  }
  await writeFile(join(directory, 'stele.json'), manifestNaming(names))
  return directory
}
