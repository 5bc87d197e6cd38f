import { requireStatus, type Connection } from '../connection.ts'
import type { Contestant } from '../contestants.ts'
import { newPayload, textPayload, type Payload } from '../payload.ts'
import { newRecord } from '../records.ts'
import { interleaved, perSecond, ratioTarget, type Scale, type Workload } from '../workload.ts'

const recordByteLength = 3 * 1024
const blobByteLength = 4 * 1024

export const smallPuts: Workload = {
  name: 'small-put',
  contestants: ['stele', 'floor', 'docker-registry'],
  async measure(contestants, { rounds, isQuick }) {
    const values = await interleaved(contestants, rounds, (contestant) => {
      const payloads = manyOf(isQuick ? 200 : 2000, () => newPayload(blobByteLength))
      return perSecond(contestant, 8, payloads, contestant.putBlob)
    })
    const target = ratioTarget(values, 'docker-registry', 4)
    return [{ what: 'PUT of 4 KiB blobs, 8 clients', unit: 'per second', values, target }]
  },
}

export const heads: Workload = {
  name: 'head',
  contestants: ['stele', 'floor', 'docker-registry'],
  async measure(contestants, { rounds, isQuick }) {
    const payloads = manyOf(200, () => newPayload(blobByteLength))
    for (const contestant of contestants) {
      await perSecond(contestant, 8, payloads, contestant.putBlob)
    }
    const jobs = manyOf(isQuick ? 5 : 50, () => payloads).flat()
    const values = await interleaved(contestants, rounds, (contestant) =>
      perSecond(contestant, 8, jobs, (connection, { digest }) =>
        requireFound(connection, contestant, digest),
      ),
    )
    const target = ratioTarget(values, 'docker-registry', 3)
    return [{ what: 'HEAD of a blob, 8 clients', unit: 'per second', values, target }]
  },
}

export const deposits: Workload = {
  name: 'deposit',
  contestants: ['stele', 'docker-registry'],
  async measure(contestants, scale) {
    const blobs = manyOf(3, () => newPayload(blobByteLength))
    for (const contestant of contestants) {
      await perSecond(contestant, 1, blobs, contestant.putBlob)
    }
    const values = await interleaved(contestants, scale.rounds, (contestant) =>
      depositsPerSecond(contestant, blobs, scale),
    )
    const target = ratioTarget(values, 'docker-registry', 5)
    const what = 'deposit of a 3 KiB record (there: push of a 3 KiB manifest), 32 clients'
    return [{ what, unit: 'per second', values, target }]
  },
}

async function depositsPerSecond(
  contestant: Contestant,
  blobs: readonly Payload[],
  { isQuick }: Scale,
): Promise<number> {
  const count = isQuick ? 200 : 2000
  if (contestant.name === 'docker-registry') {
    const manifests = manyOf(count, () => newManifest(blobs))
    return perSecond(contestant, 32, manifests, pushManifest)
  }
  const headers = `${contestant.headers}Content-Type: application/json\r\n`
  const records = manyOf(count, () => newRecord(recordByteLength))
  return perSecond(contestant, 32, records, async (connection, { pieces }) => {
    const deposit = { method: 'POST', path: '/records', headers, pieces, keepBody: true } as const
    requireStatus(await connection.exchange(deposit), 201)
  })
}

async function pushManifest(connection: Connection, manifest: Payload): Promise<void> {
  const path = `/v2/bench/manifests/${manifest.digest}`
  const headers = 'Content-Type: application/vnd.oci.image.manifest.v1+json\r\n'
  const { pieces } = manifest
  requireStatus(await connection.exchange({ method: 'PUT', path, headers, pieces }), 201)
}

function newManifest([config, ...layers]: readonly Payload[]): Payload {
  const descriptorOf = (blob: Payload | undefined, mediaType: string) => ({
    mediaType,
    digest: blob?.digest,
    size: blob?.byteLength,
  })
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptorOf(config, 'application/vnd.oci.image.config.v1+json'),
    layers: layers.map((layer) => descriptorOf(layer, 'application/vnd.oci.image.layer.v1.tar')),
    annotations: { id: crypto.randomUUID(), text: '' },
  }
  const missing = recordByteLength - JSON.stringify(manifest).length
  manifest.annotations.text = 'heat '.repeat(missing).slice(0, missing)
  return textPayload(JSON.stringify(manifest))
}

async function requireFound(
  connection: Connection,
  { blobPath, headers }: Contestant,
  digest: string,
): Promise<void> {
  const head = { method: 'HEAD', path: blobPath(digest), headers } as const
  requireStatus(await connection.exchange(head), 200)
}

function manyOf<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make)
}
