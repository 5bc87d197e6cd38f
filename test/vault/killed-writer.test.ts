import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { digestOf } from '../../src/record/digest.ts'
import { openDirectoryVault, type Vault } from '../../src/vault/directory-vault.ts'
import { bytesOf, digestOfText } from './byte-streams.ts'
import { temporaryDirectory } from './temporary-vault.ts'

describe('A process that is killed while it stores', () => {
  it('leaves whole blobs only, and every one it acknowledged', async () => {
    const root = await temporaryDirectory()
    for (const acknowledgements of [1, 7, 30, 200]) {
      const acknowledged = await killWriterAfter(acknowledgements, root)
      const vault = await openDirectoryVault(root)
      const found = {
        blob: await digestsOfWholeBlobs(vault),
        record: await digestsOfWholeRecords(vault),
        size: await sizesWithProofs(vault),
      }
      assert.deepEqual(
        acknowledged.filter(([kind, name]) => !found[kind].has(name)),
        [],
      )
      assert.deepEqual(await readdir(join(root, 'incoming')), [])
    }
  })
})

/** Kind and name of each line the writer printed before it died. */
async function killWriterAfter(
  acknowledgements: number,
  root: string,
): Promise<[kind: 'blob' | 'record' | 'size', name: string][]> {
  const script = join(import.meta.dirname, 'endless-writer.ts')
  const writer = spawn(process.execPath, [script, root], { stdio: ['ignore', 'pipe', 'inherit'] })
  const acknowledged: ['blob' | 'record' | 'size', string][] = []
  for await (const line of createInterface(writer.stdout)) {
    const [, kind, name = ''] = /^(blob|record|size) (sha256:[0-9a-f]{64}|\d+)$/.exec(line) ?? []
    if (kind === 'blob' || kind === 'record' || kind === 'size') acknowledged.push([kind, name])
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

/** All sizes up to that of the checkpoint; each has its tile and its proof. */
async function sizesWithProofs({ documents, log }: Vault): Promise<Set<string>> {
  const size = Number(textOf(await log.read('checkpoint')))
  const sizes = Array.from({ length: size }, (_, index) => `${index + 1}`)
  const entries = await Promise.all(sizes.map((_, index) => digestOfText(`entry ${index}`)))
  const proofs = entries.map((digest) => documents.read({ digest, kind: 'proof' }))
  const tiles = sizes.map((_, index) => log.read(`tile/${index}`))
  assert.deepEqual((await Promise.all(proofs)).map(textOf), sizes)
  assert.deepEqual((await Promise.all(tiles)).map(textOf), sizes)
  assert.equal((await Array.fromAsync(documents.list('proof'))).length, size)
  return new Set(sizes)
}

function textOf(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes)
}
