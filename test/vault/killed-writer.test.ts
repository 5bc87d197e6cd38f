import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { digestOf } from '../../src/record/digest.ts'
import { openDirectoryVault, type Vault } from '../../src/vault/directory-vault.ts'
import { bytesOf } from './byte-streams.ts'
import { temporaryDirectory } from './temporary-vault.ts'

describe('A process that is killed while it stores', () => {
  it('leaves whole blobs only, and every one it acknowledged', async () => {
    const root = await temporaryDirectory()
    for (const acknowledgements of [1, 7, 30]) {
      const acknowledged = await killWriterAfter(acknowledgements, root)
      const vault = await openDirectoryVault(root)
      const blobs = await digestsOfWholeBlobs(vault)
      const records = await digestsOfWholeRecords(vault)
      assert.deepEqual(
        acknowledged.filter(([kind, digest]) => !(kind === 'blob' ? blobs : records).has(digest)),
        [],
      )
      assert.deepEqual(await readdir(join(root, 'incoming')), [])
    }
  })
})

/** Kind and digest of each line the writer printed before it died. */
async function killWriterAfter(
  acknowledgements: number,
  root: string,
): Promise<[kind: string, digest: string][]> {
  const script = join(import.meta.dirname, 'endless-writer.ts')
  const writer = spawn(process.execPath, [script, root], { stdio: ['ignore', 'pipe', 'inherit'] })
  const acknowledged: [string, string][] = []
  for await (const line of createInterface(writer.stdout)) {
    const [kind = '', digest = ''] = line.split(' ')
    if (digest.length === 'sha256:'.length + 64) acknowledged.push([kind, digest])
    if (acknowledged.length === acknowledgements) writer.kill('SIGKILL')
  }
  assert.ok(acknowledged.length >= acknowledgements)
  return acknowledged
}

async function digestsOfWholeBlobs({ blobs }: Vault): Promise<Set<string>> {
  const digests = new Set<string>()
  for await (const { digest } of blobs.list()) {
    assert.equal(await digestOf(await bytesOf(await blobs.open(digest))), digest)
    digests.add(digest)
  }
  return digests
}

/** Every receipt has its record, because that is the order in which they were given. */
async function digestsOfWholeRecords({ documents }: Vault): Promise<Set<string>> {
  const digests = new Set<string>()
  for await (const digest of documents.list('receipt')) {
    const record = await documents.read({ digest, kind: 'json' })
    assert.equal(await digestOf(record ?? new Uint8Array()), digest)
    digests.add(digest)
  }
  return digests
}
