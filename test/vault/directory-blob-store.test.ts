import assert from 'node:assert/strict'
import { readdirSync, readlinkSync } from 'node:fs'
import { appendFile, chmod, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { digestOf, hexOf, type Digest } from '../../src/record/digest.ts'
import { openDirectoryVault } from '../../src/vault/directory-vault.ts'
import { blobStoreContract } from './blob-store-contract.ts'
import { brokenAfter, bytesOf, countedBytes, streamOf, textOf } from './byte-streams.ts'
import { filesIn, temporaryDirectory } from './temporary-vault.ts'

blobStoreContract('DirectoryBlobStore', async () => {
  const { blobs } = await openDirectoryVault(await temporaryDirectory())
  return blobs
})

describe('A directory of blobs', () => {
  it('holds each blob as a read-only file under its name', async () => {
    const root = await temporaryDirectory()
    const { blobs } = await openDirectoryVault(root)
    const { digest } = await blobs.put(streamOf('bytes'))
    assert.deepEqual(await filesIn(root), [pathBelowRoot(digest)])
    assert.equal(await readFile(join(root, pathBelowRoot(digest)), 'utf8'), 'bytes')
    assert.equal((await stat(join(root, pathBelowRoot(digest)))).mode & 0o777, 0o444)
  })

  it('has no trace of refused, broken and repeated bytes', async () => {
    const root = await temporaryDirectory()
    const { blobs } = await openDirectoryVault(root)
    const { digest } = await blobs.put(streamOf('bytes'))
    await Promise.allSettled([
      blobs.put(brokenAfter('half')),
      blobs.put(countedBytes(3_000_000), { maxByteLength: 2_000_000 }),
      blobs.put(countedBytes(3_000_000), { expected: digest }),
      blobs.put(streamOf('bytes')),
    ])
    assert.deepEqual(await filesIn(root), [pathBelowRoot(digest)])
  })

  it('shows what an earlier process stored', async () => {
    const root = await temporaryDirectory()
    const earlier = await openDirectoryVault(root)
    const { digest } = await earlier.blobs.put(streamOf('bytes'))
    const { blobs } = await openDirectoryVault(root)
    assert.deepEqual(await blobs.find(digest), { digest, byteLength: 5 })
    assert.equal((await blobs.put(streamOf('bytes'))).outcome, 'already-there')
  })

  it('keeps no file open after a reader has read, left early or never begun', async () => {
    const root = await temporaryDirectory()
    const { blobs } = await openDirectoryVault(root)
    const { digest } = await blobs.put(countedBytes(4_000_000))
    await bytesOf(await blobs.open(digest))
    await blobs.open(digest)
    for await (const piece of (await blobs.open(digest)) ?? []) {
      assert.ok(openFilesBelow(join(root, 'blobs')) === 1 && piece.length > 0)
      break
    }
    assert.equal(openFilesBelow(join(root, 'blobs')), 0)
  })

  it('frees the memory of pieces when it is told to, and no memory that is shared', async () => {
    const { blobs } = await openDirectoryVault(await temporaryDirectory())
    const whole = Array.from({ length: 40 }, (_, i) => new Uint8Array(100_000).fill(i))
    const part = new Uint8Array(100_000).fill(7).subarray(0, 99_999)
    const { digest, byteLength } = await blobs.put(streamOf(...whole, part), {
      releasePieces: true,
    })
    const again = new Uint8Array(99_999).fill(7)
    await blobs.put(streamOf(part), { releasePieces: true })
    await blobs.put(streamOf(again), { releasePieces: true, expected: await digestOf(part) })
    assert.equal((await bytesOf(await blobs.open(digest))).length, byteLength)
    assert.ok([...whole, again].every((piece) => piece.buffer.detached))
    assert.equal(part.length, 99_999)
  })

  it('throws when a stored file has become shorter while it is read', async () => {
    const root = await temporaryDirectory()
    const { blobs } = await openDirectoryVault(root)
    const { digest } = await blobs.put(countedBytes(4_000_000))
    const bytes = await blobs.open(digest)
    await chmod(join(root, pathBelowRoot(digest)), 0o644)
    await truncate(join(root, pathBelowRoot(digest)), 2_500_000)
    await assert.rejects(bytesOf(bytes), /ends at 2500000, expected 4000000/)
  })

  it('lists nothing but blobs', async () => {
    const root = await temporaryDirectory()
    const { blobs } = await openDirectoryVault(root)
    const stored = await blobs.put(streamOf('bytes'))
    await writeFile(join(root, 'blobs', 'sha256', 'notes.txt'), 'by hand')
    await appendFile(join(root, `${pathBelowRoot(stored.digest)}.orig`), 'by hand')
    const listed = await Array.fromAsync(blobs.list(), ({ digest }) => digest)
    assert.deepEqual(listed, [stored.digest])
    assert.equal(await textOf(await blobs.open(stored.digest)), 'bytes')
  })
})

function pathBelowRoot(digest: Digest): string {
  return join('blobs', 'sha256', hexOf(digest).slice(0, 2), hexOf(digest))
}

function openFilesBelow(path: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => linkOf(fd).startsWith(path)).length
}

// The descriptor that read the directory is in its list and closed by now.
function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return ''
  }
}
