/**
 * Stores one blob after the other in the directory it is given, several at the
 * same time, and prints the digest of each that was acknowledged, until it is killed.
 * Meanwhile it publishes a log of one tile for each checkpoint, and prints their sizes.
 */
import { openDirectoryVault } from '../../src/vault/directory-vault.ts'
import { countedBytes, digestOfText } from './byte-streams.ts'

const { blobs, documents, log } = await openDirectoryVault(process.argv[2] ?? '')

await Promise.all([...[0, 1, 2, 3].map(writeBlobs), publishLog()])

async function writeBlobs(lane: number): Promise<void> {
  for (let count = 0; ; count += 1) {
    const { digest } = await blobs.put(countedBytes(4 * (count * 50_021 + 1) + lane))
    process.stdout.write(`blob ${digest}\n`)
    const record = await digestOfText(`${lane} ${count}`)
    const bytes = new TextEncoder().encode(`${lane} ${count}`)
    await documents.putAll([
      { digest: record, kind: 'json', bytes },
      { digest: record, kind: 'receipt', bytes },
    ])
    process.stdout.write(`record ${record}\n`)
  }
}

async function publishLog(): Promise<void> {
  for (let size = await publishedSize(); ; size += 1) {
    const bytes = new TextEncoder().encode(`${size + 1}`)
    const digest = await digestOfText(`entry ${size}`)
    await log.putAll([{ path: `tile/${size}`, bytes }])
    await log.publish(bytes, [{ digest, kind: 'proof', bytes }])
    process.stdout.write(`size ${size + 1}\n`)
  }
}

async function publishedSize(): Promise<number> {
  return Number(new TextDecoder().decode(await log.read('checkpoint')))
}
