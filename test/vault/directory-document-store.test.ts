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
    const ofRecord = ['json', 'signatures', 'receipt', 'proof'] as const
    const ofEvent = ['event', 'event-signatures', 'event-receipt', 'event-proof'] as const
    await documents.putAll([...ofRecord, ...ofEvent].map((kind) => ({ digest, kind, bytes })))
    const name = `sha256/${hexOf(digest).slice(0, 2)}/${hexOf(digest)}`
    assert.deepEqual(await filesIn(root), [
      `events/${name}.json`,
      `events/${name}.receipt.jws`,
      `events/${name}.signatures.json`,
      `events/${name}.tlog-proof`,
      `records/${name}.json`,
      `records/${name}.receipt.jws`,
      `records/${name}.signatures.json`,
      `records/${name}.tlog-proof`,
    ])
  })

  it('tells a record from its other documents', async () => {
    const { documents } = await openDirectoryVault(await temporaryDirectory())
    const digest = await digestOfText('record')
    await documents.putAll([{ digest, kind: 'signatures', bytes: new Uint8Array(1) }])
    assert.deepEqual(await Array.fromAsync(documents.list('json')), [])
  })
})
