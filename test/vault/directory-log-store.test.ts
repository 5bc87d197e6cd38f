import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { hexOf } from '../../src/record/digest.ts'
import { openDirectoryVault } from '../../src/vault/directory-vault.ts'
import { digestOfText } from './byte-streams.ts'
import { logStoreContract } from './log-store-contract.ts'
import { filesIn, temporaryDirectory } from './temporary-vault.ts'

const bytes = new Uint8Array([1, 2, 3])

logStoreContract('DirectoryLogStore', async () => openDirectoryVault(await temporaryDirectory()))

describe('A directory of the log', () => {
  it('has the files under their paths, and the proofs beside the records', async () => {
    const root = await temporaryDirectory()
    const { log } = await openDirectoryVault(root)
    const digest = await digestOfText('record')
    await log.putAll([{ path: 'tile/0/000.p/1', bytes }])
    await log.publish(bytes, [{ digest, kind: 'proof', bytes }])
    assert.deepEqual(await filesIn(root), [
      'log/checkpoint',
      'log/tile/0/000.p/1',
      `records/sha256/${hexOf(digest).slice(0, 2)}/${hexOf(digest)}.tlog-proof`,
    ])
  })

  it('has the same after the vault was opened again, closed or not', async () => {
    const root = await temporaryDirectory()
    const first = await openDirectoryVault(root)
    await first.log.putAll([{ path: 'tile/0/000.p/1', bytes }])
    await first.log.publish(bytes, [])
    const second = await openDirectoryVault(root)
    const reopened = await Array.fromAsync(second.log.list(''))
    await second[Symbol.asyncDispose]()
    const third = await openDirectoryVault(root)
    assert.deepEqual(reopened, ['checkpoint', 'tile/0/000.p/1'])
    assert.deepEqual(await Array.fromAsync(third.log.list('')), reopened)
    assert.deepEqual(new Uint8Array((await third.log.read('checkpoint')) ?? []), bytes)
  })

  it('lets callers of the same moment share a sync', async () => {
    const root = await temporaryDirectory()
    const { log, documents } = await openDirectoryVault(root)
    const digests = await Promise.all(Array.from({ length: 49 }, (_, i) => digestOfText(`${i}`)))
    await Promise.all([
      ...digests.map((digest) => documents.putAll([{ digest, kind: 'json', bytes }])),
      log.putAll([{ path: 'tile/0/000.p/1', bytes }]),
    ])
    const syncs = readFileSync(join(root, 'journal.jsonl'), 'utf8').match(/"synced":\d+/g) ?? []
    assert.equal(syncs.length, 50)
    assert.ok(new Set(syncs).size < 50)
  })

  it('keeps what it has when a file cannot be stored', async () => {
    const root = await temporaryDirectory()
    const { log } = await openDirectoryVault(root)
    await log.publish(bytes, [])
    await mkdir(join(root, 'log/tile'))
    await writeFile(join(root, 'log/tile/0'), 'no directory')
    const files = [
      { path: 'tile/1/000', bytes },
      { path: 'tile/0/000', bytes },
    ]
    await assert.rejects(log.putAll(files), { code: 'ENOTDIR' })
    assert.deepEqual(await filesIn(root), ['log/checkpoint', 'log/tile/0'])
    assert.deepEqual(new Uint8Array((await log.read('checkpoint')) ?? []), bytes)
  })
})
