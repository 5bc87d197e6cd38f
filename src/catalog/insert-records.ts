import type { Transaction } from 'kysely'
import type { NewRecord } from './catalog.ts'
import { rowFromRecord } from './record-rows.ts'
import { inGroups } from './row-groups.ts'
import type { CatalogTables } from './schema.ts'

/** Writes new records, what is searched in them, their blobs and their relations. */
export async function insertRecords(
  db: Transaction<CatalogTables>,
  added: readonly { record: NewRecord; logIndex: number }[],
): Promise<void> {
  const blobs = new Map(added.flatMap(({ record }) => [...record.blobs]))
  const blobRows = [...blobs].map(([digest, byte_length]) => ({ digest, byte_length }))
  for (const group of inGroups(added)) {
    const rows = group.map(({ record, logIndex }) => rowFromRecord(record, logIndex))
    await db.insertInto('record').values(rows).execute()
    const words = group.map(({ record, logIndex }) => ({ rowid: logIndex, ...record.words }))
    await db.insertInto('record_text').values(words).execute()
  }
  for (const group of inGroups(blobRows)) {
    await db
      .insertInto('blob')
      .values(group)
      .onConflict((c) => c.doNothing())
      .execute()
  }
  const named = added.flatMap(({ record, logIndex }) =>
    [...record.blobs.keys()].map((digest) => ({ log_index: logIndex, digest })),
  )
  for (const group of inGroups(named)) await db.insertInto('record_blob').values(group).execute()
  const relations = added.flatMap(({ record, logIndex }) =>
    record.relations.map(({ type, target }) => ({ log_index: logIndex, type, target })),
  )
  for (const group of inGroups(relations)) {
    const insert = db.insertInto('record_relation').values(group)
    await insert.onConflict((c) => c.doNothing()).execute()
  }
}
