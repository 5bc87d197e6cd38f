import type { Kysely, Transaction } from 'kysely'
import { Refusal } from '../record/refusal.ts'
import type { CatalogTables } from './schema.ts'

/** The disk of the catalog has no room left; nothing of what was to be written is there. */
export class CatalogFull extends Refusal {
  override readonly code = 'storage-full'
  constructor(cause: unknown) {
    super('the storage of the registry is full, nothing of this request was kept')
    this.cause = cause
  }
}

/**
 * Writes all or nothing. When the promise resolves, what was written survives a power cut.
 *
 * @throws CatalogFull
 */
export async function writeTogether<Result>(
  db: Kysely<CatalogTables>,
  write: (db: Transaction<CatalogTables>) => Promise<Result>,
): Promise<Result> {
  let fault: unknown
  try {
    return await db.transaction().execute(async (transaction) => {
      try {
        return await write(transaction)
      } catch (error) {
        fault = error
        throw error
      }
    })
  } catch (error) {
    // SQLite may have rolled back by itself; the attempt to do it again hides the reason.
    const reason = fault ?? error
    throw isFullDisk(reason) ? new CatalogFull(reason) : reason
  }
}

function isFullDisk(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_FULL'
}
