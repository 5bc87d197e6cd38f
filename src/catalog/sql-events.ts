import type { Insertable, Kysely, Transaction } from 'kysely'
import { parseDigest, type Digest } from '../record/digest.ts'
import { parseAcceptedEvent, RecordState } from '../record/record-event.ts'
import type { AcceptedEvent, EventQuery, Events, NewEvent } from './events.ts'
import type { CatalogTables, EventTable } from './schema.ts'
import { writeTogether } from './write-together.ts'

type AddedEvents = Awaited<ReturnType<Events['addEvents']>>

export class SqlEvents implements Events {
  readonly #db: Kysely<CatalogTables>

  constructor(db: Kysely<CatalogTables>) {
    this.#db = db
  }

  async addEvents(events: readonly NewEvent[]): Promise<AddedEvents> {
    return writeTogether(this.#db, async (db) => {
      const results: AddedEvents = []
      for (const event of events) results.push(await addEvent(db, event))
      return results
    })
  }

  async findEvent(digest: Digest): Promise<AcceptedEvent | undefined> {
    return findEvent(this.#db, digest)
  }

  async listEvents({ record, order, after, limit }: EventQuery): Promise<AcceptedEvent[]> {
    const isOldestFirst = order === 'oldest-first'
    let select = this.#db.selectFrom('event').selectAll().where('record', '=', record)
    if (after !== undefined) select = select.where('position', isOldestFirst ? '>' : '<', after)
    const rows = await select
      .orderBy('position', isOldestFirst ? 'asc' : 'desc')
      .limit(limit)
      .execute()
    return rows.map(eventFromRow)
  }

  async statesOf(records: readonly Digest[]): Promise<ReadonlyMap<Digest, RecordState>> {
    if (records.length === 0) return new Map()
    const newest = this.#db
      .selectFrom('event')
      .select(({ fn }) => fn.max('position').as('position'))
      .where('record', 'in', records)
      .where('state', 'is not', null)
      .groupBy('record')
    const rows = await this.#db
      .selectFrom('event')
      .select(['record', 'state'])
      .where('position', 'in', newest)
      .execute()
    return new Map(rows.map((row) => [parseDigest(row.record), RecordState.parse(row.state)]))
  }
}

async function addEvent(
  db: Transaction<CatalogTables>,
  event: NewEvent,
): Promise<AddedEvents[number]> {
  const known = await findEvent(db, event.digest)
  if (known !== undefined) return { outcome: 'already-there', event: known }
  const position = await nextPosition(db)
  await db.insertInto('event').values(rowFromEvent(event, position)).execute()
  return { outcome: 'added', event: { ...event, position } }
}

async function findEvent(
  db: Kysely<CatalogTables>,
  digest: Digest,
): Promise<AcceptedEvent | undefined> {
  const row = await db
    .selectFrom('event')
    .selectAll()
    .where('digest', '=', digest)
    .executeTakeFirst()
  return row === undefined ? undefined : eventFromRow(row)
}

async function nextPosition(db: Transaction<CatalogTables>): Promise<number> {
  const row = await db
    .selectFrom('event')
    .select(({ fn }) => fn.max<number | null>('position').as('newest'))
    .executeTakeFirstOrThrow()
  return row.newest === null ? 0 : row.newest + 1
}

/** The one place where columns become members. */
function eventFromRow(row: EventTable): AcceptedEvent {
  return {
    position: row.position,
    digest: parseDigest(row.digest),
    event: parseAcceptedEvent(row.text),
    text: row.text,
    project: row.project,
    acceptedAt: row.accepted_at,
  }
}

function rowFromEvent({ event, ...entry }: NewEvent, position: number): Insertable<EventTable> {
  return {
    position,
    digest: entry.digest,
    record: event.record,
    type: event.type,
    state: event.type === 'state' ? event.value : null,
    text: entry.text,
    project: entry.project,
    accepted_at: entry.acceptedAt,
  }
}
