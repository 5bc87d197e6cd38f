import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import BetterSqlite3 from 'better-sqlite3'
import { sql } from 'kysely'
import { openSqliteCatalog } from '../../src/catalog/open-catalog.ts'
import { openSqlite } from '../../src/catalog/open-sqlite.ts'
import { SqlCatalogWriter } from '../../src/catalog/sql-catalog-writer.ts'
import { SqlLogEntries } from '../../src/catalog/sql-log-entries.ts'
import { exampleKey, exampleKeyFound, exampleToken } from './access-list-contract.ts'
import { digestNumbered, entryNumbered, keyEntryNumbered, logEntryNumbered } from './entries.ts'
import { registryKey } from './registry-keys-contract.ts'
import { newCatalogFile } from './temporary-catalog.ts'

describe('The catalog in a SQLite file', () => {
  it('is all there when it is opened again, and goes on where it was', async () => {
    const file = await newCatalogFile()
    const blobs = new Map([[digestNumbered(3), 3]])
    const checkpoint = { size: 3, root: 'a'.repeat(64), note: 'signed' }
    const before = await openSqliteCatalog(file)
    await before.accessList.addDepositorKey(exampleKey(), keyEntryNumbered(1))
    await before.accessList.addToken(exampleToken())
    await before.catalog.addRecords([entryNumbered(1, { blobs }), entryNumbered(2)])
    await before.registryKeys.addRegistryKeys([{ key: registryKey(), entry: logEntryNumbered(2) }])
    await before.entries.addCheckpoint(checkpoint)
    const logged = await before.entries.listEntries({ from: 0, limit: 9 })
    const keys = await before.registryKeys.listRegistryKeys()
    await before[Symbol.asyncDispose]()

    await using after = await openSqliteCatalog(file)
    const [next] = await after.catalog.addRecords([entryNumbered(4)])
    assert.equal(next?.record.logIndex, 4)
    assert.equal((await after.catalog.findRecord(digestNumbered(1)))?.logIndex, 1)
    assert.deepEqual(await after.catalog.blobsOf(1), blobs)
    assert.equal((await after.catalog.listRecords({ text: 'record 2', limit: 9 })).length, 1)
    assert.deepEqual(await after.accessList.listTokens(), [exampleToken()])
    assert.deepEqual(await after.accessList.listDepositorKeys(), [exampleKeyFound()])
    assert.deepEqual(await after.registryKeys.listRegistryKeys(), keys)
    assert.deepEqual(await after.entries.newestCheckpoints(9), [checkpoint])
    assert.deepEqual(await after.entries.listEntries({ from: 0, limit: 4 }), logged)
  })

  it('flushes every commit to disk', async () => {
    const database = openSqlite(await newCatalogFile())
    const { rows } = await sql`PRAGMA synchronous`.execute(database)
    await database.destroy()
    assert.deepEqual(rows, [{ synchronous: 2 }])
  })

  // The operator's command works on the file while the service runs.
  it('adds records although another program writes between its steps', async () => {
    const file = await newCatalogFile()
    const database = openSqlite(file)
    const writer = new SqlCatalogWriter(database)
    const other = new BetterSqlite3(file, { timeout: 0 })
    let written = 0
    for (let steps = 0; steps < 60; steps += 1) {
      const adding = writer.addRecords([entryNumbered(steps)])
      for (let step = 0; step < steps; step += 1) await Promise.resolve()
      written += Number(wroteToken(other, steps))
      await adding
    }
    assert.equal(await new SqlLogEntries(database, writer).size(), 60)
    assert.ok(written > 0)
    other.close()
    await writer.close()
  })

  it('keeps the log dense when two programs add to it', async () => {
    const file = await newCatalogFile()
    await using stores = await openSqliteCatalog(file)
    const other = new SqlCatalogWriter(openSqlite(file))
    const numbers = Array.from({ length: 50 }, (_, n) => n)
    const calls = numbers.flatMap((n) => [
      stores.catalog.addRecords([entryNumbered(n)]),
      other.addDepositorKey(exampleKey({ kid: `k ${n}` }), keyEntryNumbered(n)),
    ])
    await Promise.all(calls)
    await other.close()
    const listed = await stores.entries.listEntries({ from: 0, limit: 1000 })
    assert.deepEqual(
      listed.map(({ logIndex }) => logIndex),
      Array.from({ length: 100 }, (_, index) => index),
    )
  })
})

/** Whether another program could write now; it does not wait. */
function wroteToken(database: BetterSqlite3.Database, n: number): boolean {
  try {
    database
      .prepare("INSERT INTO token VALUES (?, ?, 'rods', 'deposit', '', '', NULL, NULL)")
      .run(`id ${n}`, String(n).padStart(64, '0'))
    return true
  } catch (error) {
    if (error instanceof BetterSqlite3.SqliteError && error.code === 'SQLITE_BUSY') return false
    throw error
  }
}
