import type { Express } from 'express'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { startServer } from '../../src/service/server.ts'
import { parseSettings } from '../../src/service/settings.ts'
import { makeToken } from '../../src/service/tokens.ts'
import { openRegistry, type OpenRegistry, type RegistryOptions } from '../../src/service/wire.ts'
import { filesIn } from '../vault/temporary-vault.ts'

export const registryUrl = 'https://registry.example.org'

/** Entries a new log begins with: those of the registry's own two keys. */
export const keyEntries = 2

export interface RegistryUnderTest extends AsyncDisposable {
  readonly app: Express
  readonly registry: OpenRegistry
  /** Value of an `Authorization` field that may deposit for every project. */
  readonly bearer: string
  /** Holds the keys and, in `blobs`, everything immutable. */
  readonly directory: string
  /** Every file of the vault; a refused request leaves the list as it was. */
  files(): Promise<string[]>
  /** Everything that was logged, one JSON text a line. */
  log(): string
  /** The text of a new token, by default one that is valid for every project today. */
  makeToken(request?: { project?: string; days?: number; now?: Date }): Promise<string>
  /** Listens on a port as production does, for what supertest cannot send. */
  listen(options?: { idleTimeoutMs?: number }): Promise<number>
}

export interface RegistryChoices extends Omit<RegistryOptions, 'log'> {
  /** Data of an earlier registry, to be opened again; whoever made it removes it. */
  readonly directory?: string
  readonly database?: string
}

/** Opens a registry exactly as production does, in a directory of its own. */
export async function openRegistryUnderTest({
  directory: earlier,
  database = 'sqlite::memory:',
  ...options
}: RegistryChoices = {}): Promise<RegistryUnderTest> {
  const directory = earlier ?? (await mkdtemp(join(tmpdir(), 'stele-registry-')))
  const settings = parseSettings({
    STELE_DATA: directory,
    STELE_URL: registryUrl,
    STELE_DATABASE: database,
  })
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
  const registry = await openRegistry(settings, { ...options, log })
  const clock = options.clock ?? (() => new Date())
  const addToken: RegistryUnderTest['makeToken'] = async (request = {}) => {
    const { text, token } = makeToken({ project: '*', days: 1, now: clock(), ...request })
    await registry.accessList.addToken(token)
    return text
  }
  let close = async () => registry[Symbol.asyncDispose]()
  return {
    app: registry.app,
    registry,
    bearer: `Bearer ${await addToken()}`,
    directory,
    files: () => filesIn(settings.blobDirectory),
    log: () => lines.join(''),
    makeToken: addToken,
    listen: async (limits = {}) => {
      const server = await startServer(registry, { host: '127.0.0.1', port: 0, ...limits })
      close = () => server.stop()
      return server.port
    },
    [Symbol.asyncDispose]: async () => {
      await close()
      if (earlier === undefined) await rm(directory, { recursive: true, force: true })
    },
  }
}
