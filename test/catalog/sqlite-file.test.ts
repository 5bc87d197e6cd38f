import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import BetterSqlite3 from 'better-sqlite3'
import { sql } from 'kysely'
import { openSqlite } from '../../src/catalog/open-sqlite.ts'
import { SqlAccessList } from '../../src/catalog/sql-access-list.ts'
import { SqlCatalog } from '../../src/catalog/sql-catalog.ts'
import { temporaryDirectory } from '../vault/temporary-vault.ts'
import { exampleKey, exampleToken } from './access-list-contract.ts'
import { digestNumbered, entryNumbered } from './entries.ts'

const newFile = async () => join(await temporaryDirectory(), 'catalog.sqlite')

describe('The catalog in a SQLite file', () => {
  it('is all there when it is opened again, and goes on where it was', async () => {
    const file = await newFile()
    const blobs = new Map([[digestNumbered(3), 3]])
    const before = openSqlite(file)
    await new SqlCatalog(before).addRecords([entryNumbered(1, { blobs }), entryNumbered(2)])
    await new SqlAccessList(before).addToken(exampleToken())
    await new SqlAccessList(before).addDepositorKey(exampleKey())
    await before.destroy()

    const after = openSqlite(file)
    const catalog = new SqlCatalog(after)
    const [next] = await catalog.addRecords([entryNumbered(4)])
    assert.equal(next?.record.logIndex, 2)
    assert.equal((await catalog.findRecord(digestNumbered(1)))?.logIndex, 0)
    assert.deepEqual(await catalog.blobsOf(0), blobs)
    assert.equal((await catalog.listRecords({ text: 'record 2', limit: 9 })).length, 1)
    assert.deepEqual(await new SqlAccessList(after).listTokens(), [exampleToken()])
    assert.deepEqual(await new SqlAccessList(after).listDepositorKeys(), [exampleKey()])
    await after.destroy()
  })

  it('flushes every commit to disk', async () => {
    const file = await newFile()
    const database = openSqlite(file)
    const { rows } = await sql`PRAGMA synchronous`.execute(database)
    await database.destroy()
    assert.deepEqual(rows, [{ synchronous: 2 }])
  })

  // The operator's command works on the file while the service runs.
  it('adds records although another program writes between its steps', async () => {
    const file = await newFile()
    const database = openSqlite(file)
    const catalog = new SqlCatalog(database)
    const other = new BetterSqlite3(file, { timeout: 0 })
    let written = 0
    for (let steps = 0; steps < 60; steps += 1) {
      const adding = catalog.addRecords([entryNumbered(steps)])
      for (let step = 0; step < steps; step += 1) await Promise.resolve()
      written += Number(wroteToken(other, steps))
      await adding
    }
    assert.equal((await catalog.counts()).records, 60)
    assert.ok(written > 0)
    other.close()
    await database.destroy()
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
