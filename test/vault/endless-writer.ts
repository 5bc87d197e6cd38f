/**
 * Stores one blob after the other in the directory it is given, several at the
 * same time, and prints the digest of each that was acknowledged, until it is killed.
 */
import { openDirectoryVault } from '../../src/vault/directory-vault.ts'
import { countedBytes, digestOfText } from './byte-streams.ts'

const { blobs, documents } = await openDirectoryVault(process.argv[2] ?? '')

await Promise.all([0, 1, 2, 3].map(writeBlobs))

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
