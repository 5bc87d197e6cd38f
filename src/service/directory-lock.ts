import BetterSqlite3 from 'better-sqlite3'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { CannotServe } from './cannot-serve.ts'
import type { Settings } from './settings.ts'

/** Another process serves from the same directory. */
export class DirectoryInUse extends CannotServe {
  constructor(directory: string, advice: string) {
    super(`another process already serves from ${directory}; ${advice}`)
  }
}

/**
 * Takes a directory for this process alone. The lock is one of the operating
 * system's, held through SQLite, so it goes away with the process however it
 * ends; a file with a process id would outlive a `kill -9`.
 *
 * @param advice - what the operator is told to do when another process has it.
 * @throws DirectoryInUse
 */
export function lockDirectory(
  directory: string,
  advice = 'stop it, or set another STELE_DATA',
): Disposable {
  const database = new BetterSqlite3(join(directory, 'serve.lock'), { timeout: 0 })
  try {
    database.pragma('locking_mode = EXCLUSIVE')
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (error instanceof BetterSqlite3.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      throw new DirectoryInUse(directory, advice)
    }
    throw error
  }
  return { [Symbol.dispose]: () => void database.close() }
}

/**
 * Takes everything of a registry for this process alone: its own directory, and the
 * store, which another data directory may name too.
 *
 * @throws DirectoryInUse
 */
export function lockStorage(
  { dataDirectory, blobDirectory }: Pick<Settings, 'dataDirectory' | 'blobDirectory'>,
  advice?: string,
): Disposable {
  using taken = new DisposableStack()
  for (const directory of [dataDirectory, blobDirectory]) {
    mkdirSync(directory, { recursive: true, mode: 0o750 })
    taken.use(lockDirectory(directory, advice))
  }
  return taken.move()
}
