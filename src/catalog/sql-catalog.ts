import { sql, type Kysely } from 'kysely'
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
import type { CatalogWriter } from './catalog-writer.ts'
import { recordFromRow } from './record-rows.ts'
import { inGroups } from './row-groups.ts'
import type { CatalogTables } from './schema.ts'

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

  readonly #writer: CatalogWriter

  constructor(db: Kysely<CatalogTables>, writer: CatalogWriter) {
    this.#db = db
    this.#writer = writer
  }

  async addRecords(
    records: readonly NewRecord[],
  ): Promise<{ outcome: 'added' | 'already-there'; record: LoggedRecord }[]> {
    return this.#writer.addRecords(records)
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
    if (query.withdrawn !== 'included') select = select.where(isNotWithdrawn)
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

  async titlesOf(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, string>> {
    const titles = new Map<Digest, string>()
    for (const group of inGroups(digests)) {
      const rows = await this.#db
        .selectFrom('record')
        .select(['digest', 'title'])
        .where('digest', 'in', group)
        .execute()
      for (const row of rows) titles.set(parseDigest(row.digest), row.title)
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
    const records = await this.#db
      .selectFrom('record')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    return { records: records.count, blobs: blobs.count, blobBytes: blobs.bytes ?? 0 }
  }
}

/** What the newest `state` event of a record says; null without one. */
const stateOfRecord = sql<string | null>`(
  SELECT state FROM event WHERE event.record = record.digest AND state IS NOT NULL
  ORDER BY event.log_index DESC LIMIT 1
)`

// The type is written out, or the index of withdrawals would not be used.
const isNotWithdrawn = sql<boolean>`NOT EXISTS (
  SELECT 1 FROM event WHERE event.record = record.digest AND event.type = 'withdrawal'
)`

function relationType(text: string): RelationType {
  return RelationTypeColumn.parse(text)
}

/** Every word must occur; the last may be unfinished. Nothing of FTS5's own syntax gets through. */
function matchExpression(text: string): string {
  // Marks belong to words: in form NFD an accent is a character of its own.
  const parts = text.split(/[^\p{L}\p{M}\p{N}_]+/u)
  const words = parts.filter((part) => /[\p{L}\p{N}]/u.test(part))
  return words.map((word, i) => `"${word}"${i === words.length - 1 ? '*' : ''}`).join(' ')
}
