import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { openSqlite } from '../../src/catalog/open-sqlite.ts'
import { SqlCatalogWriter } from '../../src/catalog/sql-catalog-writer.ts'
import { SqlCatalog } from '../../src/catalog/sql-catalog.ts'
import { SqlLogEntries } from '../../src/catalog/sql-log-entries.ts'
import { CatalogFull } from '../../src/catalog/write-together.ts'
import { digestNumbered, entryNumbered, wordsOf } from './entries.ts'
import { newCatalogFile } from './temporary-catalog.ts'

describe('A catalog whose disk is full', () => {
  it('refuses a batch as a whole, takes no index, and goes on when there is room', async () => {
    const database = openSqlite(await newCatalogFile())
    const writer = new SqlCatalogWriter(database)
    const catalog = new SqlCatalog(database, writer)
    const large = entryNumbered(2, { words: wordsOf({ summary: 'heat '.repeat(1_000_000) }) })
    const { rows } = await sql<{ page_count: number }>`PRAGMA page_count`.execute(database)
    await sql.raw(`PRAGMA max_page_count = ${(rows[0]?.page_count ?? 0) + 50}`).execute(database)

    await assert.rejects(catalog.addRecords([entryNumbered(1), large]), CatalogFull)
    assert.deepEqual(await catalog.listRecords({ limit: 10 }), [])
    assert.equal(await new SqlLogEntries(database, writer).size(), 0)

    await sql.raw('PRAGMA max_page_count = 1000000').execute(database)
    const [added] = await catalog.addRecords([entryNumbered(3)])
    assert.equal(added?.record.logIndex, 0)
    assert.equal(await catalog.findRecord(digestNumbered(1)), undefined)
    await database.destroy()
  })
})
