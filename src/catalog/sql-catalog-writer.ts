import type { Kysely, Transaction } from 'kysely'
import { parseDigest, type Digest } from '../record/digest.ts'
import type { NewDepositorKey } from './access-list.ts'
import type { LoggedRecord, NewRecord } from './catalog.ts'
import type { CatalogWriter } from './catalog-writer.ts'
import { findEvent, rowFromEvent } from './event-rows.ts'
import type { Events, NewEvent } from './events.ts'
import { insertRecords } from './insert-records.ts'
import { registryKeyFromRow } from './key-rows.ts'
import { CheckpointConflict, type NewLogEntry, type SignedCheckpoint } from './log-entries.ts'
import { appendEntries, nextLogIndex } from './log-rows.ts'
import { recordFromRow } from './record-rows.ts'
import type { KeyRetirement, NewRegistryKey, RegistryKey } from './registry-keys.ts'
import { inGroups } from './row-groups.ts'
import type { CatalogTables } from './schema.ts'
import { writeTogether } from './write-together.ts'

type AddedRecord = { outcome: 'added' | 'already-there'; record: LoggedRecord }
type AddedEvents = Awaited<ReturnType<Events['addEvents']>>

export class SqlCatalogWriter implements CatalogWriter {
  readonly #db: Kysely<CatalogTables>

  constructor(db: Kysely<CatalogTables>) {
    this.#db = db
  }

  async addRecords(records: readonly NewRecord[]): Promise<AddedRecord[]> {
    return writeTogether(this.#db, async (db) => {
      const known = await knownRecords(db, records)
      let logIndex = await nextLogIndex(db)
      const added: { record: NewRecord; logIndex: number }[] = []
      const results = records.map((record) => {
        const entry = known.get(record.digest)
        if (entry !== undefined) return { outcome: 'already-there' as const, record: entry }
        const {
          leaf: _leaf,
          leafHash: _hash,
          blobs: _b,
          relations: _r,
          words: _w,
          ...kept
        } = record
        const logged = { ...kept, logIndex }
        added.push({ record, logIndex })
        known.set(record.digest, logged)
        logIndex += 1
        return { outcome: 'added' as const, record: logged }
      })
      await appendEntries(
        db,
        added.map(({ record }) => entryOf('deposit', record)),
      )
      await insertRecords(db, added)
      return results
    })
  }

  async addEvents(events: readonly NewEvent[]): Promise<AddedEvents> {
    return writeTogether(this.#db, async (db) => {
      const results: AddedEvents = []
      for (const event of events) results.push(await addEvent(db, event))
      return results
    })
  }

  async addDepositorKey(
    key: NewDepositorKey,
    entry: NewLogEntry,
  ): Promise<'added' | 'already-there'> {
    return writeTogether(this.#db, async (db) => {
      const known = await db
        .selectFrom('depositor_key')
        .select('kid')
        .where('kid', '=', key.kid)
        .where('project', '=', key.project)
        .executeTakeFirst()
      if (known !== undefined) return 'already-there'
      await db
        .insertInto('depositor_key')
        .values({
          kid: key.kid,
          project: key.project,
          jwk: JSON.stringify(key.jwk),
          added_at: key.addedAt,
          added_index: await appendEntries(db, [entry]),
        })
        .execute()
      return 'added'
    })
  }

  async revokeDepositorKey(
    { kid, project, at }: { kid: string; project: string; at: string },
    entry: NewLogEntry,
  ): Promise<'revoked' | 'already-revoked' | 'unknown'> {
    return writeTogether(this.#db, async (db) => {
      const known = await db
        .selectFrom('depositor_key')
        .select('revoked_at')
        .where('kid', '=', kid)
        .where('project', '=', project)
        .executeTakeFirst()
      if (known === undefined) return 'unknown'
      if (known.revoked_at !== null) return 'already-revoked'
      const revoked_index = await appendEntries(db, [entry])
      await db
        .updateTable('depositor_key')
        .set({ revoked_at: at, revoked_index })
        .where('kid', '=', kid)
        .where('project', '=', project)
        .execute()
      return 'revoked'
    })
  }

  async addRegistryKeys(
    keys: readonly { key: NewRegistryKey; entry: NewLogEntry }[],
    replaced: readonly KeyRetirement[] = [],
  ): Promise<RegistryKey[]> {
    return writeTogether(this.#db, async (db) => {
      const first = await appendEntries(
        db,
        keys.map(({ entry }) => entry),
      )
      const added = keys.map(({ key }, offset) => ({ ...key, introducedIndex: first + offset }))
      for (const key of added) await insertRegistryKey(db, key)
      for (const retirement of replaced) await retireKey(db, retirement)
      return added
    })
  }

  async retireRegistryKey(kid: string, at: string, entry: NewLogEntry): Promise<RegistryKey> {
    return writeTogether(this.#db, (db) => retireKey(db, { kid, at, entry }))
  }

  async addCheckpoint({ size, root, note }: SignedCheckpoint): Promise<void> {
    await writeTogether(this.#db, async (db) => {
      const newest = await db
        .selectFrom('checkpoint')
        .selectAll()
        .orderBy('size', 'desc')
        .executeTakeFirst()
      if (newest?.size === size && newest.note === note) return
      if (newest !== undefined && newest.size >= size) {
        throw new CheckpointConflict(
          `found a checkpoint of size ${newest.size}, expected none before that of size ${size}; ` +
            'does another process publish this log?',
        )
      }
      await db.insertInto('checkpoint').values({ size, root, note }).execute()
    })
  }

  async addEntryAt(logIndex: number, entry: NewLogEntry): Promise<'added' | 'taken'> {
    return writeTogether(this.#db, async (db) => {
      const next = await nextLogIndex(db)
      if (next > logIndex) return 'taken'
      if (next < logIndex) throw new Error(`found ${next} entries, expected ${logIndex}`)
      await appendEntries(db, [entry])
      return 'added'
    })
  }

  async close(): Promise<void> {
    await this.#db.destroy()
  }
}

function entryOf(
  kind: NewLogEntry['kind'],
  { digest, leaf, leafHash }: { digest: Digest; leaf: Uint8Array; leafHash: string },
): NewLogEntry {
  return { kind, subject: digest, leaf, leafHash }
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

async function addEvent(
  db: Transaction<CatalogTables>,
  event: NewEvent,
): Promise<AddedEvents[number]> {
  const known = await findEvent(db, event.digest)
  if (known !== undefined) return { outcome: 'already-there', event: known }
  const kind = event.event.type === 'withdrawal' ? 'withdrawal' : 'event'
  const logIndex = await appendEntries(db, [entryOf(kind, event)])
  const { leaf: _leaf, leafHash: _hash, ...kept } = event
  await db.insertInto('event').values(rowFromEvent(kept, logIndex)).execute()
  return { outcome: 'added', event: { ...kept, logIndex } }
}

async function insertRegistryKey(
  db: Transaction<CatalogTables>,
  key: NewRegistryKey & { introducedIndex: number },
): Promise<void> {
  await db
    .insertInto('registry_key')
    .values({
      kid: key.kid,
      role: key.role,
      jwk: JSON.stringify(key.jwk),
      introduced_at: key.introducedAt,
      introduced_index: key.introducedIndex,
    })
    .execute()
}

async function retireKey(
  db: Transaction<CatalogTables>,
  { kid, at, entry }: KeyRetirement,
): Promise<RegistryKey> {
  const retired_index = await appendEntries(db, [entry])
  const row = await db
    .updateTable('registry_key')
    .set({ retired_at: at, retired_index })
    .where('kid', '=', kid)
    .where('retired_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) throw new Error(`no key ${kid} is there to be retired`)
  return registryKeyFromRow(row)
}
