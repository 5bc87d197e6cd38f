import type { Insertable, Kysely } from 'kysely'
import { parseDigest, type Digest } from '../record/digest.ts'
import { parseAcceptedEvent } from '../record/record-event.ts'
import { SignatureKeys } from './record-rows.ts'
import type { AcceptedEvent, EventEntry } from './events.ts'
import type { CatalogTables, EventTable } from './schema.ts'

export async function findEvent(
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

/** The one place where columns become members. */
export function eventFromRow(row: EventTable): AcceptedEvent {
  return {
    logIndex: row.log_index,
    digest: parseDigest(row.digest),
    event: parseAcceptedEvent(row.text),
    text: row.text,
    project: row.project,
    signatures: row.signatures ?? undefined,
    signatureKeys: SignatureKeys.parse(JSON.parse(row.signature_keys)),
    acceptedAt: row.accepted_at,
  }
}

export function rowFromEvent(
  { event, ...entry }: EventEntry,
  logIndex: number,
): Insertable<EventTable> {
  return {
    log_index: logIndex,
    digest: entry.digest,
    record: event.record,
    type: event.type,
    state: event.type === 'state' ? event.value : null,
    text: entry.text,
    project: entry.project,
    signatures: entry.signatures ?? null,
    signature_keys: JSON.stringify(entry.signatureKeys.map(({ kid, alg }) => ({ kid, alg }))),
    accepted_at: entry.acceptedAt,
  }
}
