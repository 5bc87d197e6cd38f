import { access, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { lockStorage } from './directory-lock.ts'
import { depositExamples } from './examples.ts'
import { writePrivateFile } from './private-key-file.ts'
import { startServer, type RunningServer } from './server.ts'
import type { Settings } from './settings.ts'
import { makeToken } from './tokens.ts'
import { openRegistry, type OpenRegistry } from './wire.ts'

const examples = join(import.meta.dirname, '../../examples')
const firstTokenDays = 365

/** A registry that answers requests, and what its operator should know. */
export interface Service {
  readonly url: string
  readonly port: number
  readonly records: number
  /** File with the deposit token that was made on the first start, if it is still there. */
  readonly tokenFile: string | undefined
  stop(): Promise<void>
}

/**
 * Starts the service on the embedded storage. On the first start it makes keys
 * and a deposit token for every project, and deposits the examples if wanted.
 *
 * @throws DirectoryInUse when another process serves from the same directory.
 */
export async function serve(settings: Settings): Promise<Service> {
  const log = pino(pino.destination(2))
  for (const name of settings.unknownNames) log.warn({ name }, 'no setting has this name')
  await mkdir(settings.dataDirectory, { recursive: true, mode: 0o750 })
  const lock = lockStorage(settings)
  const registry = await openRegistry(settings, { log })
  await makeFirstToken(settings, registry)
  const isEmpty = (await registry.catalog.counts()).records === 0
  if (isEmpty && settings.depositExamples) await depositExamples(examples, registry)
  const server = await startServer(registry, settings)
  return describe(settings, registry, server, lock)
}

async function describe(
  settings: Settings,
  registry: OpenRegistry,
  server: RunningServer,
  lock: Disposable,
): Promise<Service> {
  const tokenFile = tokenFileOf(settings)
  const isTokenThere = await access(tokenFile).then(
    () => true,
    () => false,
  )
  return {
    url: settings.url,
    port: server.port,
    records: (await registry.catalog.counts()).records,
    tokenFile: isTokenThere ? tokenFile : undefined,
    stop: async () => {
      await server.stop()
      lock[Symbol.dispose]()
    },
  }
}

async function makeFirstToken(settings: Settings, { accessList }: OpenRegistry): Promise<void> {
  if ((await accessList.listTokens()).length > 0) return
  const request = { project: '*', days: firstTokenDays, now: new Date() }
  const { text, token } = makeToken(request)
  // The file first: a token whose text is lost could not be made again.
  await rm(tokenFileOf(settings), { force: true })
  await writePrivateFile(tokenFileOf(settings), `${text}\n`)
  await accessList.addToken(token)
}

function tokenFileOf(settings: Settings): string {
  return join(settings.dataDirectory, 'deposit-token')
}
