import type { Kysely } from 'kysely'
import type { CatalogWriter } from './catalog-writer.ts'
import type { LogEntries, LogEntry, NewLogEntry, SignedCheckpoint } from './log-entries.ts'
import { logEntryFromRow, nextLogIndex } from './log-rows.ts'
import type { CatalogTables } from './schema.ts'

export class SqlLogEntries implements LogEntries {
  readonly #db: Kysely<CatalogTables>
  readonly #writer: CatalogWriter

  constructor(db: Kysely<CatalogTables>, writer: CatalogWriter) {
    this.#db = db
    this.#writer = writer
  }

  async size(): Promise<number> {
    return nextLogIndex(this.#db)
  }

  async listEntries({ from, limit }: { from: number; limit: number }): Promise<LogEntry[]> {
    const rows = await this.#db
      .selectFrom('log_entry')
      .selectAll()
      .where('log_index', '>=', from)
      .orderBy('log_index')
      .limit(limit)
      .execute()
    return rows.map(logEntryFromRow)
  }

  async newestCheckpoints(limit: number): Promise<SignedCheckpoint[]> {
    return this.#db
      .selectFrom('checkpoint')
      .selectAll()
      .orderBy('size', 'desc')
      .limit(limit)
      .execute()
  }

  async firstCheckpointCovering(logIndex: number): Promise<SignedCheckpoint | undefined> {
    return this.#db
      .selectFrom('checkpoint')
      .selectAll()
      .where('size', '>', logIndex)
      .orderBy('size')
      .executeTakeFirst()
  }

  async checkpointSizes(range: {
    first: number
    endExclusive: number
    limit: number
  }): Promise<number[]> {
    const rows = await this.#db
      .selectFrom('checkpoint')
      .select('size')
      .where('size', '>=', range.first)
      .where('size', '<', range.endExclusive)
      .orderBy('size')
      .limit(range.limit)
      .execute()
    return rows.map((row) => row.size)
  }

  async addCheckpoint(checkpoint: SignedCheckpoint): Promise<void> {
    return this.#writer.addCheckpoint(checkpoint)
  }

  async addEntryAt(logIndex: number, entry: NewLogEntry): Promise<'added' | 'taken'> {
    return this.#writer.addEntryAt(logIndex, entry)
  }
}
