import BetterSqlite3 from 'better-sqlite3'
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { depositLeaf } from '../../src/log/leaf.ts'
import { digestOfHex } from '../../src/record/digest.ts'
import { Connection, requireStatus } from '../connection.ts'
import type { Contestant } from '../contestants.ts'
import type { Figure, Workload } from '../workload.ts'

const program = join(import.meta.dirname, '../../src/cli/main.ts')
const rowsPerTransaction = 4096
/** A log that stops growing for so long has stopped. */
const patienceMs = 60_000

/** `stele audit` of a long log over HTTP: every entry and every tile, by somebody who has none of it. */
export const auditOfLog: Workload = {
  name: 'audit',
  contestants: ['stele'],
  async measure([stele], { isQuick }) {
    if (stele === undefined) return []
    const size = isQuick ? 100_000 : 1_000_000
    await fillLog(stele, size)
    const { seconds, peakMiB } = await auditOnce(stele)
    const what = `stele audit of ${size.toLocaleString('en-US')} entries`
    return [
      figure(what, 's', seconds),
      figure(`${what}, entries`, 'per second', size / seconds),
      figure(`${what}, peak memory`, 'MiB', peakMiB),
    ]
  },
}

/** Enters deposits as another process may; the service publishes them. */
async function fillLog(stele: Contestant, size: number): Promise<void> {
  const database = new BetterSqlite3(join(stele.directory, 'catalog.sqlite'))
  database.pragma('busy_timeout = 60000')
  const insert = database.prepare(
    "INSERT INTO log_entry (log_index, kind, leaf, leaf_hash) VALUES (?, 'deposit', ?, ?)",
  )
  const insertFrom = database.transaction((start: number, endExclusive: number) => {
    for (let index = start; index < endExclusive; index += 1) {
      const leaf = newLeaf()
      const hash = createHash('sha256').update(Buffer.of(0)).update(leaf).digest('hex')
      insert.run(index, leaf, hash)
    }
  })
  for (let start = await sizeOf(stele); start < size; start += rowsPerTransaction) {
    insertFrom(start, Math.min(start + rowsPerTransaction, size))
    // The service shares this disk and these cores.
    await setTimeout(1)
  }
  database.close()
  await untilPublished(stele, size)
}

function newLeaf(): Buffer {
  const sha512 = randomBytes(64).toString('hex')
  const digest = digestOfHex(sha512.slice(0, 64))
  return Buffer.from(depositLeaf({ digest, sha512, byteLength: 3072 }, [], '2026-11-22T10:00:00Z'))
}

async function untilPublished(stele: Contestant, size: number): Promise<void> {
  let [published, waitedMs] = [0, 0]
  while (published < size) {
    await setTimeout(500)
    const now = await sizeOf(stele)
    waitedMs = now === published ? waitedMs + 500 : 0
    published = now
    if (waitedMs > patienceMs) throw new Error(`the log does not grow beyond ${published} entries`)
  }
}

/** Entries under the newest checkpoint. */
async function sizeOf({ server }: Contestant): Promise<number> {
  using connection = await Connection.open(server.port)
  const asked = { method: 'GET', path: '/log/checkpoint', keepBody: true } as const
  const { body } = requireStatus(await connection.exchange(asked), 200)
  return Number(body.toString().split('\n')[1])
}

async function auditOnce({ server }: Contestant): Promise<{ seconds: number; peakMiB: number }> {
  const startedAt = performance.now()
  const url = `http://127.0.0.1:${server.port}`
  const child = spawn(process.execPath, [program, 'audit', url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const isOver = ended.then(() => true)
  let peakMiB = 0
  do {
    peakMiB = peakOf(child.pid ?? 0) ?? peakMiB
  } while (!(await Promise.race([isOver, setTimeout(20, false)])))
  const seconds = (performance.now() - startedAt) / 1000
  if ((await ended) !== 0) throw new Error(`the audit found: ${output}`)
  return { seconds, peakMiB }
}

/** Peak of resident memory so far; `undefined` when the process is over. */
function peakOf(processId: number): number | undefined {
  try {
    const status = readFileSync(`/proc/${processId}/status`, 'utf8')
    const kib = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]
    return kib === undefined ? undefined : Number(kib) / 1024
  } catch {
    return undefined
  }
}

function figure(what: string, unit: string, value: number): Figure {
  return { what, unit, values: new Map([['stele', value]]) }
}
