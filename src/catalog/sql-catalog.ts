import { sql, type Kysely, type Transaction } from 'kysely'
import { z } from 'zod'
import { parseDigest, type Digest } from '../record/digest.ts'
import type {
  Catalog,
  CatalogCounts,
  LoggedRecord,
  NewRecord,
  RecordQuery,
  Referrer,
  RelationType,
} from './catalog.ts'
import { recordFromRow, rowFromRecord } from './record-rows.ts'
import type { CatalogTables } from './schema.ts'
import { writeTogether } from './write-together.ts'

/** SQLite allows 32,766 parameters a statement; rows are inserted in groups well below. */
const rowsPerInsert = 1000
const RelationTypeColumn = z.enum([
  'replayOf',
  'derivedFrom',
  'supersedes',
  'partOf',
  'importedFrom',
  'hasMember',
])

export class SqlCatalog implements Catalog {
  readonly #db: Kysely<CatalogTables>

  constructor(db: Kysely<CatalogTables>) {
    this.#db = db
  }

  async addRecords(
    records: readonly NewRecord[],
  ): Promise<{ outcome: 'added' | 'already-there'; record: LoggedRecord }[]> {
    return writeTogether(this.#db, async (db) => {
      const known = await knownRecords(db, records)
      let logIndex = await nextLogIndex(db)
      const added: { record: NewRecord; logIndex: number }[] = []
      const results = records.map((record) => {
        const entry = known.get(record.digest)
        if (entry !== undefined) return { outcome: 'already-there' as const, record: entry }
        const logged = { ...record, logIndex }
        added.push({ record, logIndex })
        known.set(record.digest, logged)
        logIndex += 1
        return { outcome: 'added' as const, record: logged }
      })
      await insertRecords(db, added)
      return results
    })
  }

  async findRecord(digest: Digest): Promise<LoggedRecord | undefined> {
    const row = await this.#db
      .selectFrom('record')
      .selectAll()
      .where('digest', '=', digest)
      .executeTakeFirst()
    return row === undefined ? undefined : recordFromRow(row)
  }

  async findByPrefix(hexPrefix: string, limit: number): Promise<Digest[]> {
    const prefix = `sha256:${hexPrefix}`
    const rows = await this.#db
      .selectFrom('record')
      .select('digest')
      .where('digest', '>=', prefix)
      // 'g' sorts behind every hex digit.
      .where('digest', '<', `${prefix}g`)
      .orderBy('digest')
      .limit(limit)
      .execute()
    return rows.map((row) => parseDigest(row.digest))
  }

  async listRecords(query: RecordQuery): Promise<LoggedRecord[]> {
    let select = this.#db.selectFrom('record').selectAll('record')
    const match = query.text === undefined ? '' : matchExpression(query.text)
    if (match !== '') {
      select = select
        .innerJoin('record_text', 'record_text.rowid', 'record.log_index')
        .where(sql<boolean>`record_text MATCH ${match}`)
    }
    const equal = {
      kind: query.kind,
      project: query.project,
      application: query.application,
      machine: query.machine,
      verdict: query.verdict,
      plan_digest: query.planDigest,
    }
    for (const [column, value] of Object.entries(equal)) {
      if (value !== undefined) select = select.where(sql.ref(`record.${column}`), '=', value)
    }
    if (query.state !== undefined) select = select.where(stateOfRecord, '=', query.state)
    if (query.before !== undefined) select = select.where('log_index', '<', query.before)
    const rows = await select.orderBy('log_index', 'desc').limit(query.limit).execute()
    return rows.map(recordFromRow)
  }

  async blobsOf(logIndex: number): Promise<ReadonlyMap<Digest, number>> {
    const rows = await this.#db
      .selectFrom('record_blob')
      .innerJoin('blob', 'blob.digest', 'record_blob.digest')
      .select(['blob.digest', 'blob.byte_length'])
      .where('record_blob.log_index', '=', logIndex)
      .execute()
    return new Map(rows.map((row) => [parseDigest(row.digest), row.byte_length]))
  }

  async listReferrers(target: string, limit: number): Promise<Referrer[]> {
    const rows = await this.#db
      .selectFrom('record_relation')
      .innerJoin('record', 'record.log_index', 'record_relation.log_index')
      .selectAll('record')
      .select('record_relation.type as relation_type')
      .where('record_relation.target', '=', target)
      .orderBy('record.log_index', 'desc')
      .limit(limit)
      .execute()
    return rows.map(({ relation_type, ...row }) => ({
      type: relationType(relation_type),
      record: recordFromRow(row),
    }))
  }

  async titlesOf(digests: readonly Digest[]): Promise<ReadonlyMap<string, string>> {
    const titles = new Map<string, string>()
    for (const group of inGroups(digests)) {
      const rows = await this.#db
        .selectFrom('record')
        .select(['digest', 'title'])
        .where('digest', 'in', group)
        .execute()
      for (const row of rows) titles.set(row.digest, row.title)
    }
    return titles
  }

  async counts(): Promise<CatalogCounts> {
    const blobs = await this.#db
      .selectFrom('blob')
      .select(({ fn }) => [
        fn.countAll<number>().as('count'),
        fn.sum<number>('byte_length').as('bytes'),
      ])
      .executeTakeFirstOrThrow()
    // Indexes are dense, so the newest one counts the records.
    const records = await nextLogIndex(this.#db)
    return { records, blobs: blobs.count, blobBytes: blobs.bytes ?? 0 }
  }

  async close(): Promise<void> {
    await this.#db.destroy()
  }
}

/** What the newest `state` event of a record says; null without one. */
const stateOfRecord = sql<string | null>`(
  SELECT state FROM event WHERE event.record = record.digest AND state IS NOT NULL
  ORDER BY event.position DESC LIMIT 1
)`

function relationType(text: string): RelationType {
  return RelationTypeColumn.parse(text)
}

async function knownRecords(
  db: Transaction<CatalogTables>,
  records: readonly NewRecord[],
): Promise<Map<Digest, LoggedRecord>> {
  const known = new Map<Digest, LoggedRecord>()
  for (const group of inGroups(records)) {
    const digests = group.map((record) => record.digest)
    const rows = await db.selectFrom('record').selectAll().where('digest', 'in', digests).execute()
    for (const row of rows) known.set(parseDigest(row.digest), recordFromRow(row))
  }
  return known
}

// Not AUTOINCREMENT or a sequence: those spend a number on every insert that is
// rolled back, and a Merkle log cannot have holes.
async function nextLogIndex(db: Kysely<CatalogTables>): Promise<number> {
  const row = await db
    .selectFrom('record')
    .select(({ fn }) => fn.max<number | null>('log_index').as('newest'))
    .executeTakeFirstOrThrow()
  return row.newest === null ? 0 : row.newest + 1
}

async function insertRecords(
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

/** Every word must occur; the last may be unfinished. Nothing of FTS5's own syntax gets through. */
function matchExpression(text: string): string {
  // Marks belong to words: in form NFD an accent is a character of its own.
  const parts = text.split(/[^\p{L}\p{M}\p{N}_]+/u)
  const words = parts.filter((part) => /[\p{L}\p{N}]/u.test(part))
  return words.map((word, i) => `"${word}"${i === words.length - 1 ? '*' : ''}`).join(' ')
}

function* inGroups<T>(list: readonly T[]): Iterable<T[]> {
  for (let at = 0; at < list.length; at += rowsPerInsert) yield list.slice(at, at + rowsPerInsert)
}
