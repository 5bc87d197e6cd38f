import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EventIntake } from '../../src/archive/append-event.ts'
import { Retrieval } from '../../src/archive/retrieve.ts'
import { openSqlite } from '../../src/catalog/open-sqlite.ts'
import { SqlCatalog } from '../../src/catalog/sql-catalog.ts'
import { SqlEvents } from '../../src/catalog/sql-events.ts'
import { canonicalBytes } from '../../src/record/canonical-json.ts'
import { digestOf } from '../../src/record/digest.ts'
import { StorageFull } from '../../src/vault/blob-store.ts'
import type { DocumentStore } from '../../src/vault/document-store.ts'
import { openDirectoryVault } from '../../src/vault/directory-vault.ts'
import { addRecord } from '../catalog/events-contract.ts'
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
    const failing = Object.assign(new SqlEvents(parts.database), {
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
    assert.deepEqual([outcome, event.digest, event.position], ['added', digest, 0])
    assert.deepEqual(await parts.retrieval.readEvent(digest, {}), submission.bytes)
  })
})

/** A store and a catalog with one record, and an event about it. */
async function anEvent() {
  const { blobs, documents } = await openDirectoryVault(await temporaryDirectory())
  const database = openSqlite(':memory:')
  const [catalog, events] = [new SqlCatalog(database), new SqlEvents(database)]
  const retrieval = new Retrieval({ blobs, documents, catalog, events })
  const clock = () => new Date('2026-11-21T10:00:00Z')
  const record = await addRecord(catalog, 'one')
  const bytes = Buffer.from(canonicalBytes(stateEvent(record)))
  return {
    parts: { documents, events, retrieval, clock, database },
    record,
    submission: { record, project: '*', bytes },
    digest: await digestOf(bytes),
  }
}
