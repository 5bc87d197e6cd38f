import type { Kysely, Transaction } from 'kysely'
import { z } from 'zod'
import { parseDigest } from '../record/digest.ts'
import type { EntryKind, LogEntry, NewLogEntry } from './log-entries.ts'
import { inGroups } from './row-groups.ts'
import type { CatalogTables, LogEntryTable } from './schema.ts'

const Kind: z.ZodType<EntryKind> = z.enum([
  'deposit',
  'event',
  'withdrawal',
  'key',
  'depositor-key',
  'renewal',
])

/**
 * Appends entries in the transaction in which what they are about is accepted.
 *
 * @returns the index of the first; the others follow it without a hole.
 */
export async function appendEntries(
  db: Transaction<CatalogTables>,
  entries: readonly NewLogEntry[],
): Promise<number> {
  const first = await nextLogIndex(db)
  const rows = entries.map(({ kind, subject, leaf, leafHash }, offset) => ({
    log_index: first + offset,
    kind,
    subject: subject ?? null,
    leaf: Buffer.from(leaf),
    leaf_hash: leafHash,
  }))
  for (const group of inGroups(rows)) await db.insertInto('log_entry').values(group).execute()
  return first
}

// Not AUTOINCREMENT or a sequence: those spend a number on every insert that is
// rolled back, and a Merkle log cannot have holes.
export async function nextLogIndex(db: Kysely<CatalogTables>): Promise<number> {
  const row = await db
    .selectFrom('log_entry')
    .select(({ fn }) => fn.max<number | null>('log_index').as('newest'))
    .executeTakeFirstOrThrow()
  return row.newest === null ? 0 : row.newest + 1
}

/** The one place where columns become members. */
export function logEntryFromRow(row: LogEntryTable): LogEntry {
  return {
    logIndex: row.log_index,
    kind: Kind.parse(row.kind),
    subject: row.subject === null ? undefined : parseDigest(row.subject),
    leaf: new Uint8Array(row.leaf),
    leafHash: row.leaf_hash,
  }
}
