import BetterSqlite3 from 'better-sqlite3'
import {
  CompiledQuery,
  Kysely,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type SqliteDatabase,
  type SqliteDialectConfig,
} from 'kysely'
import { join } from 'node:path'
import { migrateSqlite } from './migrate.ts'
import type { CatalogTables } from './schema.ts'

const migrations = join(import.meta.dirname, '../../migrations/sqlite')

/** Opens (and makes, if need be) the catalog in a SQLite file, or in `:memory:`. */
export function openSqlite(file: string): Kysely<CatalogTables> {
  const database = new BetterSqlite3(file)
  database.pragma('busy_timeout = 5000')
  database.pragma('journal_mode = WAL')
  // FULL: a commit that was acknowledged survives a power cut, not only a crash of the process.
  database.pragma('synchronous = FULL')
  database.pragma('foreign_keys = ON')
  database.pragma('cache_size = -65536')
  migrateSqlite(database, migrations)
  return new Kysely<CatalogTables>({
    dialect: new WritingDialect({ database: preparingOnce(database) }),
  })
}

/** Statements kept; the queries of one service have far fewer texts. */
const mostStatements = 1000

// kysely prepares every query again, which takes as long as a small query itself.
function preparingOnce(database: BetterSqlite3.Database): SqliteDatabase {
  const statements = new Map<string, BetterSqlite3.Statement<unknown[]>>()
  return {
    prepare(text) {
      const known = statements.get(text)
      if (known !== undefined) return known
      const statement = database.prepare<unknown[]>(text)
      if (statements.size >= mostStatements) statements.clear()
      statements.set(text, statement)
      return statement
    },
    close: () => void database.close(),
  }
}

// A transaction of ours reads first and writes then. SQLite refuses the write of such a
// transaction at once, without waiting, when another process wrote in between: the operator's
// command, say. So each takes the right to write when it begins.
class WritingDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }
}

class WritingDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig

  constructor(config: SqliteDialectConfig) {
    super(config)
    this.#config = config
  }

  override createDriver(): WritingDriver {
    return new WritingDriver(this.#config)
  }
}
