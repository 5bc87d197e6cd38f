import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import BetterSqlite3 from 'better-sqlite3'
import { openSqliteCatalog } from '../../src/catalog/open-catalog.ts'
import { stateEvent } from '../record-event-fixtures.ts'
import { exampleKey, exampleToken } from './access-list-contract.ts'
import { digestNumbered, entryNumbered, keyEntryNumbered, logEntryNumbered } from './entries.ts'
import { newEvent } from './events-contract.ts'
import { registryKey } from './registry-keys-contract.ts'
import { newCatalogFile } from './temporary-catalog.ts'

/** The catalog's file with one row in every table, open as any SQLite program would open it. */
async function openFilled(): Promise<BetterSqlite3.Database & Disposable> {
  const file = await newCatalogFile()
  const stores = await openSqliteCatalog(file)
  const relations = [{ type: 'replayOf' as const, target: digestNumbered(2) }]
  const blobs = new Map([[digestNumbered(3), 3]])
  await stores.catalog.addRecords([entryNumbered(1, { relations, blobs })])
  await stores.events.addEvents([await newEvent(stateEvent(digestNumbered(1)))])
  await stores.accessList.addToken(exampleToken())
  await stores.accessList.addDepositorKey(exampleKey(), keyEntryNumbered(1))
  await stores.registryKeys.addRegistryKeys([{ key: registryKey(), entry: logEntryNumbered(2) }])
  await stores.entries.addCheckpoint({ size: 4, root: 'a'.repeat(64), note: 'signed' })
  await stores[Symbol.asyncDispose]()
  const raw = new BetterSqlite3(file)
  return Object.assign(raw, { [Symbol.dispose]: () => void raw.close() })
}

const revoked = "revoked_at = '2026-11-23T08:00:00Z', revoked_index = 2"
const retired = "retired_at = '2026-11-23T08:00:00Z', retired_index = 3"

describe('The catalog in SQLite lets nobody', () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ["UPDATE log_entry SET leaf = x'00'", /log_entry is append-only/],
    ["UPDATE log_entry SET leaf_hash = replace(leaf_hash, 'e', 'f')", /log_entry is append-only/],
    ['UPDATE log_entry SET log_index = log_index + 10', /log_entry is append-only/],
    [
      "INSERT OR REPLACE INTO log_entry SELECT log_index, kind, subject, x'00', leaf_hash FROM log_entry",
      /log_entry has no holes/,
    ],
    [
      'INSERT INTO log_entry SELECT -1, kind, subject, leaf, leaf_hash FROM log_entry LIMIT 1',
      /log_entry has no holes/,
    ],
    [
      'INSERT INTO log_entry SELECT 9, kind, subject, leaf, leaf_hash FROM log_entry LIMIT 1',
      /log_entry has no holes/,
    ],
    ["INSERT OR REPLACE INTO checkpoint SELECT size, root, 'x' FROM checkpoint", /only grows/],
    ["INSERT INTO checkpoint SELECT 3, root, 'x' FROM checkpoint", /only grows/],
    ['DELETE FROM log_entry', /log_entry is append-only/],
    ['DELETE FROM log_entry WHERE log_index = 3', /log_entry is append-only/],
    ["UPDATE checkpoint SET note = 'signed again'", /checkpoint is append-only/],
    ['UPDATE checkpoint SET size = 5', /checkpoint is append-only/],
    ['DELETE FROM checkpoint', /checkpoint is append-only/],
    ["UPDATE record SET title = 'Another'", /record is append-only/],
    ['UPDATE record SET log_index = 2', /record is append-only/],
    ['DELETE FROM record', /record is append-only/],
    ['UPDATE blob SET byte_length = 4', /blob is append-only/],
    ['DELETE FROM blob', /blob is append-only/],
    ['UPDATE record_blob SET log_index = 0', /record_blob is append-only/],
    ['DELETE FROM record_blob', /record_blob is append-only/],
    ["UPDATE record_relation SET type = 'partOf'", /record_relation is append-only/],
    ['DELETE FROM record_relation', /record_relation is append-only/],
    ["UPDATE event SET state = 'archive'", /event is append-only/],
    ['UPDATE event SET log_index = 2', /event is append-only/],
    ['DELETE FROM event', /event is append-only/],
    ['DELETE FROM token', /never deleted/],
    ['DELETE FROM depositor_key', /never deleted/],
    ["UPDATE depositor_key SET jwk = '{}'", /revoked once/],
    ["UPDATE depositor_key SET kid = 'other'", /revoked once/],
    ["UPDATE depositor_key SET project = '*'", /revoked once/],
    ["UPDATE depositor_key SET added_at = ''", /revoked once/],
    [`UPDATE depositor_key SET added_index = 1, ${revoked}`, /revoked once/],
    ["UPDATE depositor_key SET revoked_at = '2026-11-23T08:00:00Z'", /CHECK/],
    ['UPDATE depositor_key SET revoked_index = 2', /CHECK/],
    ['DELETE FROM registry_key', /never deleted/],
    ["UPDATE registry_key SET jwk = '{}'", /retired once/],
    ["UPDATE registry_key SET kid = 'other'", /retired once/],
    ["UPDATE registry_key SET role = 'receipt'", /retired once/],
    ["UPDATE registry_key SET introduced_at = ''", /retired once/],
    [`UPDATE registry_key SET introduced_index = 1, ${retired}`, /retired once/],
    ["UPDATE registry_key SET retired_at = '2026-11-23T08:00:00Z'", /CHECK/],
    ['UPDATE registry_key SET retired_index = 3', /CHECK/],
  ]
  for (const [statement, reason] of refused) {
    it(statement, async () => {
      using database = await openFilled()
      const [, table = ''] = /(?:UPDATE|FROM) (\w+)/.exec(statement) ?? []
      const select = database.prepare(`SELECT * FROM ${table}`)
      const before = select.all()
      assert.throws(() => database.exec(statement), reason)
      assert.ok(before.length > 0)
      assert.deepEqual(select.all(), before)
    })
  }

  it('take back that a key was revoked, or move its time', async () => {
    using database = await openFilled()
    database.exec(`UPDATE depositor_key SET ${revoked}`)
    const undo = 'UPDATE depositor_key SET revoked_at = NULL, revoked_index = NULL'
    const later = "UPDATE depositor_key SET revoked_at = '2027-01-01T00:00:00Z'"
    assert.throws(() => database.exec(undo), /revoked once/)
    assert.throws(() => database.exec(later), /revoked once/)
  })

  it('take back that a key was retired, or move its time', async () => {
    using database = await openFilled()
    database.exec(`UPDATE registry_key SET ${retired}`)
    const undo = 'UPDATE registry_key SET retired_at = NULL, retired_index = NULL'
    const later = "UPDATE registry_key SET retired_at = '2027-01-01T00:00:00Z'"
    assert.throws(() => database.exec(undo), /retired once/)
    assert.throws(() => database.exec(later), /retired once/)
  })

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
    assert.throws(() => database.exec(copy('log_index = 2')), /UNIQUE.*record\.digest/)
  })

  const unlogged = [
    "INSERT INTO log_entry SELECT 4, 'rumour', subject, leaf, leaf_hash FROM log_entry LIMIT 1",
    "INSERT INTO depositor_key VALUES ('k', 'rods', '{}', '', 99, NULL, NULL)",
    "INSERT INTO registry_key VALUES ('k', 'log', '{}', '', 99, NULL, NULL)",
    "INSERT INTO registry_key VALUES ('k', 'both', '{}', '', 2, NULL, NULL)",
  ]
  for (const statement of unlogged) {
    it(statement, async () => {
      using database = await openFilled()
      database.pragma('foreign_keys = ON')
      assert.throws(() => database.exec(statement), /CHECK|FOREIGN KEY/)
    })
  }
})
