import type BetterSqlite3 from 'better-sqlite3'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Brings a SQLite database up to the newest step of `directory`, one transaction
 * a step. A released file never changes: the text of every applied step is kept
 * in the database and compared.
 *
 * @throws Error when an applied step differs from its file, or the database is
 *   newer than this program.
 */
export function migrateSqlite(database: BetterSqlite3.Database, directory: string): void {
  database.exec(
    'CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, sql TEXT NOT NULL) STRICT',
  )
  const applied = appliedSteps(database)
  const steps = readdirSync(directory)
    .filter((name) => name.endsWith('.sql'))
    .sort()
  for (const name of applied.keys()) {
    if (!steps.includes(name)) {
      throw new Error(`the catalog has the step ${name}: it was made by a newer version`)
    }
  }
  for (const name of steps) {
    const sql = readFileSync(join(directory, name), 'utf8')
    const before = applied.get(name)
    if (before === undefined) applyStep(database, name, sql)
    else if (before !== sql) throw new Error(`the catalog was made with another ${name}`)
  }
}

function appliedSteps(database: BetterSqlite3.Database): Map<string, string> {
  const rows = database.prepare<[], { name: string; sql: string }>('SELECT * FROM migration').all()
  return new Map(rows.map((row) => [row.name, row.sql]))
}

function applyStep(database: BetterSqlite3.Database, name: string, sql: string): void {
  database.transaction(() => {
    database.exec(sql)
    database.prepare('INSERT INTO migration (name, sql) VALUES (?, ?)').run(name, sql)
  })()
}
