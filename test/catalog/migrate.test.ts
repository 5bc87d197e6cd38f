import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import BetterSqlite3 from 'better-sqlite3'
import { migrateSqlite } from '../../src/catalog/migrate.ts'
import { openSqlite } from '../../src/catalog/open-sqlite.ts'
import { temporaryDirectory } from '../vault/temporary-vault.ts'

/** A directory of migration steps. */
async function stepsOf(files: Record<string, string>): Promise<string> {
  const directory = await temporaryDirectory()
  for (const [name, sql] of Object.entries(files)) await writeFile(join(directory, name), sql)
  return directory
}

const tablesOf = (database: BetterSqlite3.Database) =>
  database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .pluck()
    .all()

const one = { '0001-one.sql': 'CREATE TABLE one (id INTEGER)' }
const two = { ...one, '0002-two.sql': 'CREATE TABLE two (id INTEGER); INSERT INTO one VALUES (1)' }

describe('migrations of SQLite', () => {
  it('are applied in the order of their names, and nothing else is', async () => {
    using database = disposable(new BetterSqlite3(':memory:'))
    migrateSqlite(database, await stepsOf({ ...two, 'README.md': 'not SQL' }))
    assert.deepEqual(tablesOf(database), ['migration', 'one', 'two'])
  })

  it('are applied once, and only the new ones later', async () => {
    using database = disposable(new BetterSqlite3(':memory:'))
    migrateSqlite(database, await stepsOf(one))
    const directory = await stepsOf(two)
    migrateSqlite(database, directory)
    migrateSqlite(database, directory)
    assert.equal(database.prepare('SELECT count(*) FROM one').pluck().get(), 1)
  })

  it('refuse a database that was made with another text of a step', async () => {
    using database = disposable(new BetterSqlite3(':memory:'))
    migrateSqlite(database, await stepsOf(one))
    const altered = await stepsOf({ ...two, '0001-one.sql': 'CREATE TABLE one (id TEXT)' })
    assert.throws(() => migrateSqlite(database, altered), /was made with another 0001-one\.sql/)
    assert.deepEqual(tablesOf(database), ['migration', 'one'])
  })

  it('refuse a database of a newer program', async () => {
    using database = disposable(new BetterSqlite3(':memory:'))
    migrateSqlite(database, await stepsOf(two))
    const older = await stepsOf(one)
    assert.throws(() => migrateSqlite(database, older), /step 0002-two\.sql: .* newer version/)
  })

  it('leave nothing of a step that fails', async () => {
    using database = disposable(new BetterSqlite3(':memory:'))
    const sql = 'CREATE TABLE two (id INTEGER); INSERT INTO one VALUES (1); SELECT nothing'
    const broken = await stepsOf({ ...one, '0002-two.sql': sql })
    assert.throws(() => migrateSqlite(database, broken), /nothing/)
    assert.equal(database.prepare('SELECT count(*) FROM one').pluck().get(), 0)
    assert.deepEqual(tablesOf(database), ['migration', 'one'])
  })

  it('protect the file of a catalog', async () => {
    const file = join(await temporaryDirectory(), 'catalog.sqlite')
    await openSqlite(file).destroy()
    using database = disposable(new BetterSqlite3(file))
    database.exec("INSERT INTO migration VALUES ('9999-future.sql', '')")
    assert.throws(() => openSqlite(file), /9999-future\.sql: it was made by a newer version/)
  })

  it('refuse a file that is no database', async () => {
    const file = join(await temporaryDirectory(), 'catalog.sqlite')
    await writeFile(file, 'title,authors\n'.repeat(100))
    assert.throws(() => openSqlite(file), /not a database/)
  })
})

function disposable(database: BetterSqlite3.Database): BetterSqlite3.Database & Disposable {
  return Object.assign(database, { [Symbol.dispose]: () => void database.close() })
}
