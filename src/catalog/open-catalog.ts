import { CatalogWriterThread } from './catalog-writer-thread.ts'
import type { CatalogWriter } from './catalog-writer.ts'
import { openSqlite } from './open-sqlite.ts'
import { SqlAccessList } from './sql-access-list.ts'
import { SqlCatalogWriter } from './sql-catalog-writer.ts'
import { SqlCatalog } from './sql-catalog.ts'
import { SqlEvents } from './sql-events.ts'
import { SqlLogEntries } from './sql-log-entries.ts'
import { SqlRegistryKeys } from './sql-registry-keys.ts'

/** All seams on one database. */
export interface OpenCatalog extends AsyncDisposable {
  readonly catalog: SqlCatalog
  readonly events: SqlEvents
  readonly accessList: SqlAccessList
  readonly entries: SqlLogEntries
  readonly registryKeys: SqlRegistryKeys
}

/** Opens (and makes, if need be) the catalog in a SQLite file, or in `:memory:`. */
export async function openSqliteCatalog(file: string): Promise<OpenCatalog> {
  const db = openSqlite(file)
  // A database in memory belongs to one connection.
  const writer: CatalogWriter =
    file === ':memory:' ? new SqlCatalogWriter(db) : await CatalogWriterThread.open(file)
  return {
    catalog: new SqlCatalog(db, writer),
    events: new SqlEvents(db, writer),
    accessList: new SqlAccessList(db, writer),
    entries: new SqlLogEntries(db, writer),
    registryKeys: new SqlRegistryKeys(db, writer),
    [Symbol.asyncDispose]: async () => {
      await writer.close()
      await db.destroy()
    },
  }
}
