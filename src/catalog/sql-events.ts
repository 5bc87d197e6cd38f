import { sql, type CompiledQuery, type Kysely, type RawBuilder } from 'kysely'
import { parseDigest, type Digest } from '../record/digest.ts'
import { RecordState } from '../record/record-event.ts'
import type { CatalogWriter } from './catalog-writer.ts'
import { eventFromRow, findEvent } from './event-rows.ts'
import type { AcceptedEvent, EventQuery, Events, NewEvent } from './events.ts'
import { inGroups } from './row-groups.ts'
import type { CatalogTables } from './schema.ts'

type AddedEvents = Awaited<ReturnType<Events['addEvents']>>

export class SqlEvents implements Events {
  readonly #db: Kysely<CatalogTables>

  readonly #writer: CatalogWriter
  /** Compiled once, because it is asked for every blob that is read. */
  readonly #blobIsWithdrawn: CompiledQuery<{ isWithdrawn: unknown }>

  constructor(db: Kysely<CatalogTables>, writer: CatalogWriter) {
    this.#db = db
    this.#writer = writer
    this.#blobIsWithdrawn = blobIsWithdrawn('').compile(db)
  }

  async addEvents(events: readonly NewEvent[]): Promise<AddedEvents> {
    return this.#writer.addEvents(events)
  }

  async findEvent(digest: Digest): Promise<AcceptedEvent | undefined> {
    return findEvent(this.#db, digest)
  }

  async listEvents({ record, order, after, limit }: EventQuery): Promise<AcceptedEvent[]> {
    const isOldestFirst = order === 'oldest-first'
    let select = this.#db.selectFrom('event').selectAll().where('record', '=', record)
    if (after !== undefined) select = select.where('log_index', isOldestFirst ? '>' : '<', after)
    const rows = await select
      .orderBy('log_index', isOldestFirst ? 'asc' : 'desc')
      .limit(limit)
      .execute()
    return rows.map(eventFromRow)
  }

  async statesOf(records: readonly Digest[]): Promise<ReadonlyMap<Digest, RecordState>> {
    if (records.length === 0) return new Map()
    const newest = this.#db
      .selectFrom('event')
      .select(({ fn }) => fn.max('log_index').as('log_index'))
      .where('record', 'in', records)
      .where('state', 'is not', null)
      .groupBy('record')
    const rows = await this.#db
      .selectFrom('event')
      .select(['record', 'state'])
      .where('log_index', 'in', newest)
      .execute()
    return new Map(rows.map((row) => [parseDigest(row.record), RecordState.parse(row.state)]))
  }

  async findWithdrawal(record: Digest): Promise<AcceptedEvent | undefined> {
    const row = await this.#db
      .selectFrom('event')
      .selectAll()
      .where('record', '=', record)
      .where('type', '=', sql.lit('withdrawal'))
      .orderBy('log_index')
      .executeTakeFirst()
    return row === undefined ? undefined : eventFromRow(row)
  }

  async withdrawalTimesOf(records: readonly Digest[]): Promise<ReadonlyMap<Digest, string>> {
    const times = new Map<Digest, string>()
    for (const group of inGroups(records)) {
      const rows = await this.#db
        .selectFrom('event')
        .select(['record', 'accepted_at'])
        .where('record', 'in', group)
        .where('type', '=', sql.lit('withdrawal'))
        .orderBy('log_index', 'desc')
        .execute()
      // The first one comes last, and counts.
      for (const row of rows) times.set(parseDigest(row.record), row.accepted_at)
    }
    return times
  }

  async isBlobWithdrawn(blob: Digest): Promise<boolean> {
    const { rows } = await this.#db.executeQuery<{ isWithdrawn: unknown }>({
      ...this.#blobIsWithdrawn,
      parameters: [blob, blob],
    })
    return Boolean(rows[0]?.isWithdrawn)
  }
}

// Looks no further than the first record that stands: a blob may be in all of them.
function blobIsWithdrawn(blob: string): RawBuilder<{ isWithdrawn: unknown }> {
  return sql`
    SELECT EXISTS (SELECT 1 FROM record_blob WHERE digest = ${blob}) AND NOT EXISTS (
      SELECT 1 FROM record_blob JOIN record ON record.log_index = record_blob.log_index
      WHERE record_blob.digest = ${blob} AND NOT EXISTS (
        SELECT 1 FROM event WHERE event.record = record.digest AND event.type = 'withdrawal'
      )
    ) AS "isWithdrawn"`
}
