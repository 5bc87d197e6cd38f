import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { generateKeyPair } from 'jose'
import { EventIntake } from '../../src/archive/append-event.ts'
import { Receipts } from '../../src/archive/receipts.ts'
import { Retrieval } from '../../src/archive/retrieve.ts'
import { KeySigner } from '../../src/attestation/signer.ts'
import { TilePublisher } from '../../src/publication/tile-publisher.ts'
import { canonicalBytes } from '../../src/record/canonical-json.ts'
import { digestOf } from '../../src/record/digest.ts'
import { StorageFull } from '../../src/vault/blob-store.ts'
import type { DocumentName, DocumentStore } from '../../src/vault/document-store.ts'
import { openDirectoryVault } from '../../src/vault/directory-vault.ts'
import { addRecord } from '../catalog/events-contract.ts'
import { openInMemory } from '../catalog/temporary-catalog.ts'
import { logSigner, logVerifier, origin } from '../log/signing-keys.ts'
import { stateEvent } from '../record-event-fixtures.ts'
import { temporaryDirectory } from '../vault/temporary-vault.ts'

describe('Appending an event', () => {
  it('leaves no entry in the catalog when the store is full', async () => {
    const { parts, record, submission, digest } = await anEvent()
    const full: DocumentStore = {
      putAll: () => Promise.reject(new StorageFull(new Error('no space left'))),
      read: (name) => parts.documents.read(name),
      list: (kind) => parts.documents.list(kind),
    }
    const intake = new EventIntake({ ...parts, documents: full })
    await assert.rejects(intake.append(submission), StorageFull)
    assert.equal(await parts.events.findEvent(digest), undefined)
    assert.deepEqual(await parts.events.statesOf([record]), new Map())
  })

  it('has the bytes in the store before the catalog knows of them', async () => {
    const { parts, submission, digest } = await anEvent()
    const failing = Object.assign(parts.events, {
      addEvents: () => Promise.reject(new Error('the catalog does not answer')),
    })
    const intake = new EventIntake({ ...parts, events: failing })
    await assert.rejects(intake.append(submission), /does not answer/)
    assert.deepEqual(await parts.documents.read({ digest, kind: 'event' }), submission.bytes)
  })

  it('is accepted when it is sent again after such a failure', async () => {
    const { parts, submission, digest } = await anEvent()
    await parts.documents.putAll([{ digest, kind: 'event', bytes: submission.bytes }])
    const unseen = parts.retrieval.readEvent(digest, {})
    await assert.rejects(unseen, /no event/)
    const { outcome, event } = await new EventIntake(parts).append(submission)
    assert.deepEqual([outcome, event.digest, event.logIndex], ['added', digest, 1])
    assert.deepEqual(await parts.retrieval.readEvent(digest, {}), submission.bytes)
  })

  it('answers with the first receipt and proof, which are in the store, when it comes again', async () => {
    const { parts, submission, digest } = await anEvent()
    const intake = new EventIntake(parts)
    const first = await intake.append(submission)
    const again = await intake.append(submission)
    assert.deepEqual(again, { ...first, outcome: 'already-there' })
    assert.equal(await textOf(parts.documents, { digest, kind: 'event-receipt' }), first.receipt)
    assert.equal(await textOf(parts.documents, { digest, kind: 'event-proof' }), first.proof)
    assert.equal(await parts.entries.size(), 2)
  })
})

/** A store and a catalog with one record, and an event about it. */
async function anEvent() {
  const { blobs, documents, log } = await openDirectoryVault(await temporaryDirectory())
  const stores = await openInMemory()
  const { catalog, events, entries } = stores
  const record = await addRecord(catalog, 'one')
  const publisher = await TilePublisher.open({
    entries,
    log,
    documents,
    origin,
    signers: [logSigner],
    verifiers: [logVerifier],
    report: () => undefined,
  })
  after(() => publisher[Symbol.asyncDispose]())
  const signer = await KeySigner.of(await generateKeyPair('EdDSA'))
  const receipts = new Receipts({ documents, signer, issuer: 'https://example.org', origin })
  const retrieval = new Retrieval({ blobs, documents, ...stores })
  const clock = () => new Date('2026-11-21T10:00:00Z')
  const findKey = async () => undefined
  const bytes = Buffer.from(canonicalBytes(stateEvent(record)))
  return {
    parts: { documents, events, entries, receipts, publisher, findKey, retrieval, clock },
    record,
    submission: { record, project: '*', bytes },
    digest: await digestOf(bytes),
  }
}

async function textOf(documents: DocumentStore, name: DocumentName) {
  return new TextDecoder().decode(await documents.read(name))
}
