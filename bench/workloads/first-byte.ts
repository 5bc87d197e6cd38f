import { Connection, requireStatus } from '../connection.ts'
import type { Contestant } from '../contestants.ts'
import { newPayload } from '../payload.ts'
import { recordNaming } from '../records.ts'
import { median } from '../statistics.ts'
import { perSecond, type Workload } from '../workload.ts'
import { digestIn } from './memory.ts'

/** How long a reader waits for the start of a bundle with very many files. */
export const firstByte: Workload = {
  name: 'first-byte',
  contestants: ['stele'],
  async measure([stele], { isQuick, rounds }) {
    if (stele === undefined) return []
    const count = isQuick ? 500 : 10_000
    const path = await depositFiles(stele, count)
    const times: number[] = []
    for (let i = 0; i < 2 * rounds + 1; i += 1) times.push(await firstByteMs(stele, path))
    const [first = Number.NaN] = times
    const usual = median(times)
    const what = `first byte of a bundle of ${count.toLocaleString('en-US')} files`
    return [
      { what: `${what}, first time`, unit: 'ms', values: new Map([['stele', first]]) },
      {
        what,
        unit: 'ms',
        values: new Map([['stele', usual]]),
        target: { text: '< 100 ms', isMet: usual < 100 },
      },
    ]
  },
}

async function depositFiles(stele: Contestant, count: number): Promise<string> {
  const payloads = Array.from({ length: count }, () => newPayload(200))
  await perSecond(stele, 8, payloads, stele.putBlob)
  const files = payloads.map(({ digest, byteLength }, i) => ({
    path: `tables/${i % 100}/table-${i}.csv`,
    digest,
    size: byteLength,
  }))
  const record = recordNaming(files)
  using connection = await Connection.open(stele.server.port)
  const headers = `${stele.headers}Content-Type: application/json\r\n`
  const { pieces } = record
  const deposit = { method: 'POST', path: '/records', headers, pieces, keepBody: true } as const
  const answer = requireStatus(await connection.exchange(deposit), 201)
  return `/records/${digestIn(answer.body, record.digest)}/bundle.tar?profile=standard`
}

async function firstByteMs(stele: Contestant, path: string): Promise<number> {
  using connection = await Connection.open(stele.server.port)
  const download = { method: 'GET', path, headers: stele.headers } as const
  return requireStatus(await connection.exchange(download), 200).firstByteMs
}
