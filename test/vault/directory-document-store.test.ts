import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hexOf } from '../../src/record/digest.ts'
import { openDirectoryVault } from '../../src/vault/directory-vault.ts'
import { digestOfText } from './byte-streams.ts'
import { documentStoreContract } from './document-store-contract.ts'
import { filesIn, temporaryDirectory } from './temporary-vault.ts'

documentStoreContract('DirectoryDocumentStore', async () => {
  const { documents } = await openDirectoryVault(await temporaryDirectory())
  return documents
})

describe('A directory of documents', () => {
  it('names the files as the format says, and leaves no other', async () => {
    const root = await temporaryDirectory()
    const { documents } = await openDirectoryVault(root)
    const digest = await digestOfText('record')
    const bytes = new Uint8Array([123, 125])
    const kinds = ['json', 'signatures', 'leaf', 'receipt', 'event'] as const
    await documents.putAll(kinds.map((kind) => ({ digest, kind, bytes })))
    const name = `sha256/${hexOf(digest).slice(0, 2)}/${hexOf(digest)}`
    const start = `records/${name}`
    assert.deepEqual(await filesIn(root), [
      `events/${name}.json`,
      `${start}.json`,
      `${start}.leaf.json`,
      `${start}.receipt.jws`,
      `${start}.signatures.json`,
    ])
  })

  it('tells a record from its other documents', async () => {
    const { documents } = await openDirectoryVault(await temporaryDirectory())
    const digest = await digestOfText('record')
    await documents.putAll([{ digest, kind: 'leaf', bytes: new Uint8Array(1) }])
    assert.deepEqual(await Array.fromAsync(documents.list('json')), [])
  })
})
