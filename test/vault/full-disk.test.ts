import assert from 'node:assert/strict'
import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { Digest } from '../../src/record/digest.ts'
import { openDirectoryVault } from '../../src/vault/directory-vault.ts'
import { canMount, mountSmallDisk } from '../small-disk.ts'
import { bytesOf, countedBytes, digestOfText, streamOf } from './byte-streams.ts'
import { filesIn, temporaryDirectory } from './temporary-vault.ts'

const full = { code: 'storage-full' }

describe('A full disk', () => {
  it('refuses a blob and keeps nothing of it', async () => {
    const root = await temporaryDirectory()
    const { blobs } = await openVaultWithFullDisk(root)
    await assert.rejects(blobs.put(streamOf('small')), full)
    await assert.rejects(blobs.put(countedBytes(5_000_000)), full)
    assert.deepEqual(await filesIn(root), [])
  })

  it('is a refusal also when not even a file can be made', async () => {
    const root = await temporaryDirectory()
    await openDirectoryVault(root)
    const noSpace = Object.assign(new Error('disk quota exceeded'), { code: 'EDQUOT' })
    const { blobs } = await openDirectoryVault(root, { createFile: () => Promise.reject(noSpace) })
    await assert.rejects(blobs.put(streamOf('small')), full)
  })

  it('is not what other failures of a disk are called', async () => {
    const root = await temporaryDirectory()
    await openDirectoryVault(root)
    const broken = Object.assign(new Error('i/o error'), { code: 'EIO' })
    const { blobs } = await openDirectoryVault(root, { createFile: () => Promise.reject(broken) })
    await assert.rejects(blobs.put(streamOf('small')), { code: 'EIO' })
  })

  it('of one mebibyte takes what fits, and more once there is room', canMount(), async () => {
    await using disk = mountSmallDisk(await temporaryDirectory())
    await using vault = await openDirectoryVault(disk.path)
    const { blobs } = vault
    const { digest } = await blobs.put(countedBytes(400_000))
    await assert.rejects(blobs.put(countedBytes(900_000)), full)
    await writeFile(join(disk.path, 'incoming', 'filler'), new Uint8Array(300_000))
    await assert.rejects(blobs.put(countedBytes(500_000)), full)
    await using reopened = await openDirectoryVault(disk.path)
    await reopened.blobs.put(countedBytes(500_000))
    assert.equal((await bytesOf(await reopened.blobs.open(digest))).length, 400_000)
    assert.equal((await filesIn(disk.path)).length, 2)
  })

  it('of one mebibyte takes documents until it is full, and loses none', canMount(), async () => {
    await using disk = mountSmallDisk(await temporaryDirectory())
    await using vault = await openDirectoryVault(disk.path)
    const stored: Digest[] = []
    const putRecords = async () => {
      for (;;) {
        const digest = await digestOfText(`record ${stored.length}`)
        const bytes = new Uint8Array(10_000).fill(stored.length)
        await vault.documents.putAll([
          { digest, kind: 'json', bytes },
          { digest, kind: 'receipt', bytes },
        ])
        stored.push(digest)
      }
    }
    await assert.rejects(putRecords(), full)
    assert.ok(stored.length > 5)
    assert.deepEqual(await Array.fromAsync(vault.documents.list('json')), stored.toSorted())
    assert.deepEqual(await Array.fromAsync(vault.documents.list('receipt')), stored.toSorted())
  })
})

/** Files can be made, but every byte written to one fails as it does on a full disk. */
async function openVaultWithFullDisk(root: string) {
  await openDirectoryVault(root)
  const createFile = async (path: string) => {
    await writeFile(path, '')
    return open('/dev/full', 'w')
  }
  return openDirectoryVault(root, { createFile })
}
