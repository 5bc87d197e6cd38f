import BetterSqlite3 from 'better-sqlite3'
import { hash } from 'node:crypto'
import type { NewLogEntry } from '../../src/catalog/log-entries.ts'

/** Enters what a log of that size lacks, as another process would, all in one transaction. */
export function fillLog(catalogFile: string, size: number): void {
  const database = new BetterSqlite3(catalogFile)
  try {
    database.pragma('busy_timeout = 5000')
    const insert = database.prepare(
      'INSERT INTO log_entry (log_index, kind, leaf, leaf_hash) VALUES (?, ?, ?, ?)',
    )
    const count = database.prepare('SELECT count(*) FROM log_entry').pluck()
    const enter = database.transaction(() => {
      for (let index = Number(count.get()); index < size; index += 1) {
        const { kind, leaf, leafHash } = renewalNumbered(index)
        insert.run(index, kind, leaf, leafHash)
      }
    })
    enter.immediate()
  } finally {
    database.close()
  }
}

/** An entry about nothing that a record or event is. */
export function renewalNumbered(index: number): NewLogEntry {
  const leaf = Buffer.from(`{"apiVersion":"1","kind":"renewal","spec":{"number":${index}}}`)
  return { kind: 'renewal', leaf, leafHash: hash('sha256', Buffer.concat([Buffer.of(0), leaf])) }
}
