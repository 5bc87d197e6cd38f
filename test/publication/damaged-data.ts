import BetterSqlite3 from 'better-sqlite3'
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pino } from 'pino'
import request from 'supertest'
import { parseSettings } from '../../src/service/settings.ts'
import { makeToken } from '../../src/service/tokens.ts'
import { openRegistry, type OpenRegistry, type RegistryOptions } from '../../src/service/wire.ts'
import { minimalRun } from '../record-fixtures.ts'
import { filesIn } from '../vault/temporary-vault.ts'
import { fillLog } from './fill-log.ts'

/** Data of a registry that was stopped, now and at an earlier time. */
export interface StoppedRegistry {
  /** After one record. */
  readonly older: string
  /** After another, and `entries` of the log. */
  readonly newer: string
  readonly entries: number
  readonly digest: string
  readonly authorization: string
}

/** Some full tiles, and partial ones at both levels. */
const entries = 600

/** @param directory - where both are made. */
export async function stoppedRegistry(directory: string): Promise<StoppedRegistry> {
  const { text, token } = makeToken({ project: '*', days: 1, now: new Date() })
  const authorization = `Bearer ${text}`
  const [older, newer] = [join(directory, 'older'), join(directory, 'newer')]
  let digest: string
  {
    await using registry = await openIn(older)
    await registry.accessList.addToken(token)
    digest = (await depositIn(registry, authorization)).body.digest
  }
  await cp(older, newer, { recursive: true })
  fillLog(catalogIn(newer), entries - 1)
  await using registry = await openIn(newer)
  const { body } = await depositIn(registry, authorization, 'A second run')
  assert.equal(body.logIndex, entries - 1)
  return { older, newer, entries, digest, authorization }
}

/** A copy of the newer data beside it, for one test to damage. */
export async function copyOf({ newer }: StoppedRegistry): Promise<string> {
  const directory = await mkdtemp(join(dirname(newer), 'damaged-'))
  await cp(newer, directory, { recursive: true })
  return directory
}

/** Opens a registry as production does, but for the options. */
export async function openIn(
  directory: string,
  settings: Readonly<Record<string, string>> = {},
  options: RegistryOptions = {},
): Promise<OpenRegistry> {
  const environment = { STELE_DATA: directory, STELE_URL: 'https://registry.example.org' }
  const log = pino({ level: 'silent' })
  return openRegistry(parseSettings({ ...environment, ...settings }), { log, ...options })
}

export function depositIn(
  { app }: OpenRegistry,
  authorization: string,
  title = 'A first run',
): request.Test {
  return request(app)
    .post('/records')
    .set('authorization', authorization)
    .send(minimalRun({ title }))
}

export function catalogIn(directory: string): string {
  return join(directory, 'catalog.sqlite')
}

export function inCatalog<Result>(
  directory: string,
  work: (database: BetterSqlite3.Database) => Result,
): Result {
  const database = new BetterSqlite3(catalogIn(directory))
  try {
    return work(database)
  } finally {
    database.close()
  }
}

/** Changes what the catalog lets nobody change. */
export function changeCatalog(directory: string, statements: string): void {
  inCatalog(directory, (database) => {
    const triggers = database.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    const drop = triggers
      .pluck()
      .all()
      .map((name) => `DROP TRIGGER ${String(name)};`)
    database.exec(`PRAGMA foreign_keys = OFF; ${drop.join(' ')} ${statements}`)
  })
}

/** Everything that is kept: files of store and keys by their hashes, and rows of the log. */
export async function everythingIn(
  directory: string,
): Promise<{ readonly files: readonly string[]; readonly rows: unknown }> {
  const files = (await filesIn(directory)).filter((file) => /^(blobs|keys)\//.test(file))
  const hashes = files.map(async (file) => {
    return `${file} ${hash('sha256', await readFile(join(directory, file)))}`
  })
  const isThere = existsSync(catalogIn(directory))
  const rows = isThere ? rowsIn(directory) : []
  return { files: await Promise.all(hashes), rows }
}

function rowsIn(directory: string): unknown[][] {
  return inCatalog(directory, (database) =>
    ['log_entry', 'checkpoint', 'record', 'event', 'registry_key'].map((table) =>
      database.prepare(`SELECT * FROM ${table}`).all(),
    ),
  )
}
