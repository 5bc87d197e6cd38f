import { requireStatus, type Connection } from '../connection.ts'
import type { Contestant } from '../contestants.ts'
import type { Payload } from '../payload.ts'
import { newRecord } from '../records.ts'
import { median, percentile } from '../statistics.ts'
import { flushDisk, perSecond, type Figure, type Workload } from '../workload.ts'

const recordByteLength = 3 * 1024

/** What a depositor waits for: an answer with a proof against a published checkpoint. */
export const logDeposits: Workload = {
  name: 'log',
  contestants: ['stele'],
  async measure([stele], { rounds, isQuick }) {
    if (stele === undefined) return []
    const figures: Figure[] = []
    let longestProof = 0
    for (const clients of [1, 8, 64]) {
      const rates: number[] = []
      const milliseconds: number[] = []
      for (let round = 0; round <= rounds; round += 1) {
        const records = Array.from({ length: (isQuick ? 20 : 100) * (clients + 3) }, () =>
          newRecord(recordByteLength),
        )
        flushDisk()
        const times: number[] = []
        const rate = await perSecond(stele, clients, records, async (connection, record) => {
          const startedAt = performance.now()
          const proof = await deposit(connection, record, stele)
          times.push(performance.now() - startedAt)
          longestProof = Math.max(longestProof, proof.length)
        })
        if (round > 0) rates.push(rate)
        if (round > 0) milliseconds.push(...times)
      }
      figures.push(...figuresOf(clients, rates, milliseconds))
    }
    return [...figures, figure('longest proof of these records', 'bytes', longestProof)]
  },
}

async function deposit(
  connection: Connection,
  { pieces }: Payload,
  { headers }: Contestant,
): Promise<string> {
  const asked = { method: 'POST', path: '/records', pieces, keepBody: true } as const
  const json = `${headers}Content-Type: application/json\r\n`
  const { body } = requireStatus(await connection.exchange({ ...asked, headers: json }), 201)
  const answer: { proof: string } = JSON.parse(body.toString())
  return answer.proof
}

function figuresOf(
  clients: number,
  rates: readonly number[],
  milliseconds: readonly number[],
): Figure[] {
  const what = `deposit of a 3 KiB record until its checkpoint is published, ${clients} client${clients === 1 ? '' : 's'}`
  return [
    figure(what, 'per second', median(rates)),
    figure(`${what}, p50`, 'ms', percentile(milliseconds, 0.5)),
    figure(`${what}, p99`, 'ms', percentile(milliseconds, 0.99)),
  ]
}

function figure(what: string, unit: string, value: number): Figure {
  return { what, unit, values: new Map([['stele', value]]) }
}
