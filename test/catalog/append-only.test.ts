import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import BetterSqlite3 from 'better-sqlite3'
import { openSqlite } from '../../src/catalog/open-sqlite.ts'
import { SqlAccessList } from '../../src/catalog/sql-access-list.ts'
import { SqlCatalog } from '../../src/catalog/sql-catalog.ts'
import { temporaryDirectory } from '../vault/temporary-vault.ts'
import { exampleKey, exampleToken } from './access-list-contract.ts'
import { digestNumbered, entryNumbered } from './entries.ts'

/** The catalog's file with one row in every table, open as any SQLite program would open it. */
async function openFilled(): Promise<BetterSqlite3.Database & Disposable> {
  const file = join(await temporaryDirectory(), 'catalog.sqlite')
  const database = openSqlite(file)
  const catalog = new SqlCatalog(database)
  const accessList = new SqlAccessList(database)
  const relations = [{ type: 'replayOf' as const, target: digestNumbered(2) }]
  const blobs = new Map([[digestNumbered(3), 3]])
  await catalog.addRecords([entryNumbered(1, { relations, blobs })])
  await accessList.addToken(exampleToken())
  await accessList.addDepositorKey(exampleKey())
  await catalog.close()
  const raw = new BetterSqlite3(file)
  return Object.assign(raw, { [Symbol.dispose]: () => void raw.close() })
}

describe('The catalog in SQLite lets nobody', () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ["UPDATE record SET title = 'Another'", /record is append-only/],
    ['UPDATE record SET log_index = 5', /record is append-only/],
    ['DELETE FROM record', /record is append-only/],
    ['UPDATE blob SET byte_length = 4', /blob is append-only/],
    ['DELETE FROM blob', /blob is append-only/],
    ['UPDATE record_blob SET log_index = 0', /record_blob is append-only/],
    ['DELETE FROM record_blob', /record_blob is append-only/],
    ["UPDATE record_relation SET type = 'partOf'", /record_relation is append-only/],
    ['DELETE FROM record_relation', /record_relation is append-only/],
    ['DELETE FROM token', /never deleted/],
    ['DELETE FROM depositor_key', /never deleted/],
  ]
  for (const [statement, reason] of refused) {
    it(statement, async () => {
      using database = await openFilled()
      assert.throws(() => database.exec(statement), reason)
      const [, table = ''] = /(?:UPDATE|FROM) (\w+)/.exec(statement) ?? []
      const count = database.prepare(`SELECT count(*) FROM ${table}`).pluck().get()
      assert.equal(count, 1)
    })
  }

  it('give two records one index, or one record two', async () => {
    using database = await openFilled()
    const copy = (change: string) =>
      `CREATE TEMP TABLE t AS SELECT * FROM record; UPDATE t SET ${change};
       INSERT INTO record SELECT * FROM t`
    assert.throws(
      () => database.exec(copy("digest = replace(digest, '1', '2')")),
      /UNIQUE.*record\.log_index/,
    )
    database.exec('DROP TABLE t')
    assert.throws(() => database.exec(copy('log_index = 1')), /UNIQUE.*record\.digest/)
  })
})
