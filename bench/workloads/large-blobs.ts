import { Connection, requireStatus } from '../connection.ts'
import type { Contestant } from '../contestants.ts'
import { newPayload, type Payload } from '../payload.ts'
import { interleaved, ratioTarget, type Figure, type Scale, type Workload } from '../workload.ts'

const mebibyte = 1024 * 1024

export const largeBlobs: Workload = {
  name: 'large',
  contestants: ['stele', 'floor', 'docker-registry'],
  async measure(contestants, scale) {
    const sizes = scale.isQuick ? [8, 64] : [64, 1024]
    const figures: Figure[] = []
    for (const size of sizes) figures.push(...(await figuresOf(size, contestants, scale)))
    return figures
  },
}

async function figuresOf(
  sizeMiB: number,
  contestants: readonly Contestant[],
  { rounds }: Scale,
): Promise<Figure[]> {
  const last = new Map<string, Payload>()
  const puts = await interleaved(contestants, rounds, async (contestant) => {
    const payload = newPayload(sizeMiB * mebibyte)
    last.set(contestant.name, payload)
    return throughput(sizeMiB, contestant, (connection) => contestant.putBlob(connection, payload))
  })
  const gets = await interleaved(contestants, rounds, (contestant) =>
    throughput(sizeMiB, contestant, async (connection) => {
      const path = contestant.blobPath(last.get(contestant.name)?.digest ?? '')
      const answer = await connection.exchange({ method: 'GET', path, headers: contestant.headers })
      requireStatus(answer, 200)
      if (answer.byteLength !== sizeMiB * mebibyte) throw new Error('an answer of another length')
    }),
  )
  const name = sizeMiB < 1024 ? `${sizeMiB} MiB` : `${sizeMiB / 1024} GiB`
  return [
    {
      what: `PUT of ${name}`,
      unit: 'MiB per second',
      values: puts,
      target: ratioTarget(puts, 'floor', 0.9),
    },
    {
      what: `GET of ${name}`,
      unit: 'MiB per second',
      values: gets,
      target: ratioTarget(gets, 'docker-registry', 1),
    },
  ]
}

async function throughput(
  sizeMiB: number,
  contestant: Contestant,
  work: (connection: Connection) => Promise<void>,
): Promise<number> {
  using connection = await Connection.open(contestant.server.port)
  const startedAt = performance.now()
  await work(connection)
  return (sizeMiB * 1000) / (performance.now() - startedAt)
}
