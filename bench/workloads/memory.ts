import { Connection, requireStatus } from '../connection.ts'
import type { Contestant } from '../contestants.ts'
import { newPayload } from '../payload.ts'
import { recordNaming } from '../records.ts'
import type { Figure, Workload } from '../workload.ts'

const mebibyte = 1024 * 1024

/** Peak of resident memory while one blob of each size goes in and comes out again. */
export const memoryOfBlobs: Workload = {
  name: 'memory-blobs',
  contestants: ['stele'],
  async measure([stele], { isQuick }) {
    if (stele === undefined) return []
    const sizes = isQuick ? [1, 64] : [1, 64, 1024, 8 * 1024]
    const peaks: number[] = []
    for (const size of sizes) peaks.push(await peakOfBlob(stele, size))
    const spread = Math.max(...peaks) - Math.min(...peaks)
    return [
      ...peaks.map((peak, i) => figureOf(`peak memory, blob of ${nameOf(sizes[i] ?? 0)}`, peak)),
      {
        ...figureOf('spread of these peaks', spread),
        target: { text: '≤ 128 MiB (± 64 MiB)', isMet: spread <= 128 },
      },
    ]
  },
}

/** Peak of resident memory while ten large bundles are downloaded at once. */
export const memoryOfBundles: Workload = {
  name: 'memory-bundles',
  contestants: ['stele'],
  async measure([stele], { isQuick }) {
    if (stele === undefined) return []
    const size = isQuick ? 32 : 1024
    const path = await depositBundle(stele, size * mebibyte)
    stele.server.resetPeakMemory()
    await Promise.all(Array.from({ length: 10 }, () => download(stele, path, size * mebibyte)))
    const peak = stele.server.memoryMiB('VmHWM')
    const what = `peak memory, ten bundles of ${nameOf(size)} at once`
    return [{ ...figureOf(what, peak), target: { text: '< 300 MiB', isMet: peak < 300 } }]
  },
}

async function peakOfBlob(stele: Contestant, sizeMiB: number): Promise<number> {
  const payload = newPayload(sizeMiB * mebibyte)
  using connection = await Connection.open(stele.server.port)
  stele.server.resetPeakMemory()
  await stele.putBlob(connection, payload)
  await download(stele, stele.blobPath(payload.digest), payload.byteLength)
  return stele.server.memoryMiB('VmHWM')
}

async function depositBundle(stele: Contestant, byteLength: number): Promise<string> {
  const payload = newPayload(byteLength)
  using connection = await Connection.open(stele.server.port)
  await stele.putBlob(connection, payload)
  const file = { path: 'state.bin', digest: payload.digest, size: byteLength }
  const { digest, pieces } = recordNaming([file])
  const headers = `${stele.headers}Content-Type: application/json\r\n`
  const deposit = { method: 'POST', path: '/records', headers, pieces, keepBody: true } as const
  const answer = requireStatus(await connection.exchange(deposit), 201)
  return `/records/${digestIn(answer.body, digest)}/bundle.tar?profile=standard`
}

// The registry stores the canonical form, which need not be the bytes that were sent.
export function digestIn(body: Buffer, otherwise: string): string {
  return /"digest":\s*"(sha256:[0-9a-f]{64})"/.exec(body.toString('utf8'))?.[1] ?? otherwise
}

async function download(stele: Contestant, path: string, atLeast: number): Promise<void> {
  using connection = await Connection.open(stele.server.port)
  const answer = await connection.exchange({ method: 'GET', path, headers: stele.headers })
  requireStatus(answer, 200)
  if (answer.byteLength < atLeast) throw new Error(`found ${answer.byteLength} bytes at ${path}`)
}

function figureOf(what: string, peak: number): Figure {
  return { what, unit: 'MiB', values: new Map([['stele', peak]]) }
}

function nameOf(sizeMiB: number): string {
  return sizeMiB < 1024 ? `${sizeMiB} MiB` : `${sizeMiB / 1024} GiB`
}
