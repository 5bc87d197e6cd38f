import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openSqliteCatalog } from '../../src/catalog/open-catalog.ts'
import { noteEvent, stateEvent } from '../record-event-fixtures.ts'
import { addRecord, eventsContract, newEvent } from './events-contract.ts'
import { newCatalogFile, openInFile, openInMemory } from './temporary-catalog.ts'
import { withdrawalsContract } from './withdrawals-contract.ts'

eventsContract('SqlEvents in memory', openInMemory)
eventsContract('SqlEvents in a file', openInFile)
withdrawalsContract('SqlEvents in memory', openInMemory)
withdrawalsContract('SqlEvents in a file', openInFile)

describe('Events in SQLite', () => {
  it('are there, in their order, when the file is opened again', async () => {
    const file = await newCatalogFile()
    const before = await openSqliteCatalog(file)
    const record = await addRecord(before.catalog, 'one')
    await before.events.addEvents([await newEvent(stateEvent(record))])
    await before[Symbol.asyncDispose]()
    await using after = await openSqliteCatalog(file)
    await after.events.addEvents([await newEvent(noteEvent(record))])
    const listed = await after.events.listEvents({ record, order: 'oldest-first', limit: 10 })
    assert.deepEqual(
      listed.map(({ logIndex, event }) => [logIndex, event.type]),
      [
        [1, 'state'],
        [2, 'note'],
      ],
    )
  })
})
