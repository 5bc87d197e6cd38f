import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openSqlite } from '../../src/catalog/open-sqlite.ts'
import { SqlCatalog } from '../../src/catalog/sql-catalog.ts'
import { SqlEvents } from '../../src/catalog/sql-events.ts'
import { noteEvent, stateEvent } from '../record-event-fixtures.ts'
import { temporaryDirectory } from '../vault/temporary-vault.ts'
import { addRecord, eventsContract, newEvent } from './events-contract.ts'

eventsContract('SqlEvents on SQLite', async () => openEvents(':memory:'))

describe('Events in SQLite', () => {
  it('are there, in their order, when the file is opened again', async () => {
    const file = join(await temporaryDirectory(), 'catalog.sqlite')
    const before = openEvents(file)
    const record = await addRecord(before.catalog, 'one')
    await before.events.addEvents([await newEvent(stateEvent(record))])
    await before.catalog.close()
    const after = openEvents(file)
    await after.events.addEvents([await newEvent(noteEvent(record))])
    const listed = await after.events.listEvents({ record, order: 'oldest-first', limit: 10 })
    await after.catalog.close()
    assert.deepEqual(
      listed.map(({ position, event }) => [position, event.type]),
      [
        [0, 'state'],
        [1, 'note'],
      ],
    )
  })

  it('can be neither changed nor deleted', async () => {
    const { events, catalog, database } = openEvents(':memory:')
    const record = await addRecord(catalog, 'one')
    await events.addEvents([await newEvent(stateEvent(record))])
    const change = database.updateTable('event').set({ state: 'archive' }).execute()
    const deletion = database.deleteFrom('event').execute()
    await assert.rejects(change, /event is append-only/)
    await assert.rejects(deletion, /event is append-only/)
    assert.equal((await events.statesOf([record])).get(record), 'research')
  })
})

function openEvents(file: string) {
  const database = openSqlite(file)
  return { database, events: new SqlEvents(database), catalog: new SqlCatalog(database) }
}
