import type { Express } from 'express'
import { mkdirSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino, type Logger } from 'pino'
import { EventIntake } from '../archive/append-event.ts'
import { Deposits } from '../archive/deposit.ts'
import { BundleExport } from '../archive/export-bundle.ts'
import { Receipts } from '../archive/receipts.ts'
import { Retrieval } from '../archive/retrieve.ts'
import { BlobIntake } from '../archive/take-blobs.ts'
import type { AccessList } from '../catalog/access-list.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { openSqlite } from '../catalog/open-sqlite.ts'
import { SqlAccessList } from '../catalog/sql-access-list.ts'
import { SqlCatalog } from '../catalog/sql-catalog.ts'
import { SqlEvents } from '../catalog/sql-events.ts'
import { createApp } from '../http/app.ts'
import { Authorizer } from '../http/authorize.ts'
import { RecordPages } from '../http/record-pages.ts'
import { allRoutes } from '../http/routes.ts'
import { openDirectoryVault } from '../vault/directory-vault.ts'
import type { CreateFile } from '../vault/draft-file.ts'
import { depositorKeys, keysOfRecord } from './depositor-keys.ts'
import { Metrics } from './metrics.ts'
import { openReceiptKey } from './receipt-key.ts'
import type { Settings } from './settings.ts'
import { openShippedRunner, type ShippedRunner } from './shipped-runner.ts'

const root = join(import.meta.dirname, '../..')

/** Everything of one installation, opened and connected. Whoever opens it, disposes of it. */
export interface OpenRegistry extends AsyncDisposable {
  readonly app: Express
  readonly deposits: Deposits
  readonly intake: BlobIntake
  readonly catalog: Catalog
  readonly accessList: AccessList
  readonly log: Logger
  /** From now on `/readyz` says why deposits are not wanted any more. */
  drain(why: string): void
}

export interface RegistryOptions {
  readonly log?: Logger
  readonly clock?: () => Date
  /** Stands in for a disk that fails. */
  readonly createFile?: CreateFile
  /** Most bytes of one blob, for those who cannot send the published limit. */
  readonly maxBlobBytes?: number
}

/** The only place where the parts meet. */
export async function openRegistry(
  settings: Settings,
  options: RegistryOptions = {},
): Promise<OpenRegistry> {
  const { log = pino(pino.destination(2)), clock = () => new Date() } = options
  const archive = await openArchive(settings, clock, options)
  const finished = await archive.deposits.finishInterrupted()
  if (finished > 0) log.info({ receipts: finished }, 'issued receipts left out by an interruption')
  const lifecycle: { draining?: string } = {}
  const app = await openApp(archive, { settings, log, clock, lifecycle })
  const { deposits, intake, catalog, accessList } = archive
  return {
    app,
    deposits,
    intake,
    catalog,
    accessList,
    log,
    drain: (why) => {
      lifecycle.draining = why
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([deposits.settled(), archive.eventIntake.settled()])
      await archive.vault[Symbol.asyncDispose]()
      await catalog.close()
    },
  }
}

/** The list of tokens and keys alone, for the operator's commands. */
export function openAccessList(settings: Settings): AccessList & AsyncDisposable {
  mkdirSync(settings.dataDirectory, { recursive: true, mode: 0o750 })
  const database = openSqlite(settings.databaseFile)
  const accessList = new SqlAccessList(database)
  return Object.assign(accessList, { [Symbol.asyncDispose]: () => database.destroy() })
}

type Archive = Awaited<ReturnType<typeof openArchive>>

async function openArchive(settings: Settings, clock: () => Date, options: RegistryOptions) {
  await mkdir(settings.dataDirectory, { recursive: true, mode: 0o750 })
  const vault = await openDirectoryVault(settings.blobDirectory, options)
  const { blobs, documents } = vault
  const database = openSqlite(settings.databaseFile)
  const catalog = new SqlCatalog(database)
  const accessList = new SqlAccessList(database)
  const signer = await openReceiptKey(join(settings.dataDirectory, 'keys', 'receipt.jwk'))
  const intake = new BlobIntake(blobs, options.maxBlobBytes)
  const runner: ShippedRunner = await openShippedRunner(new BlobIntake(blobs))
  const { url: issuer, origin } = settings
  const receipts = new Receipts({ documents, signer, issuer, origin })
  const findKey = depositorKeys(accessList)
  const deposits = new Deposits({
    blobs,
    documents,
    catalog,
    receipts,
    findKey,
    clock,
    runner: runner.digest,
  })
  const events = new SqlEvents(database)
  const retrieval = new Retrieval({ blobs, documents, catalog, events })
  const eventIntake = new EventIntake({ documents, events, retrieval, clock })
  const keysFor = keysOfRecord(signer.publicKey, accessList)
  const bundles = new BundleExport({ blobs, catalog, retrieval, receipts, keysFor })
  const parts = { vault, catalog, accessList, signer, intake, runner, deposits, eventIntake }
  return { ...parts, retrieval, bundles }
}

async function openApp(
  archive: Archive,
  parts: {
    readonly settings: Settings
    readonly log: Logger
    readonly clock: () => Date
    readonly lifecycle: { readonly draining?: string }
  },
): Promise<Express> {
  const { settings, log, clock, lifecycle } = parts
  const { catalog, accessList, signer } = archive
  const registry = { registryUrl: settings.url, registryName: new URL(settings.url).host }
  const pages = new RecordPages({ ...archive, registry })
  const metrics = new Metrics(async () => (await catalog.counts()).records)
  const routes = allRoutes({
    ...archive,
    pages,
    registryUrl: settings.url,
    onAccepted: ({ outcome, record }) => {
      metrics.countDeposit(outcome)
      log.info({ digest: record.digest, logIndex: record.logIndex, outcome }, 'record accepted')
    },
    onEventAccepted: ({ outcome, event: { digest, position, event } }) => {
      log.info({ digest, position, record: event.record, outcome }, 'event accepted')
    },
    unready: async () => lifecycle.draining ?? (await catalogFault(catalog)),
    metrics: () => metrics.text(),
    publicKeys: async () => [{ ...signer.publicKey }],
    openApi: await readFile(join(root, 'openapi.yaml'), 'utf8'),
    styleSheet: await readFile(join(root, 'src/landing/style.css'), 'utf8'),
  })
  return createApp({
    routes,
    authorizer: new Authorizer(accessList, clock),
    log,
    observe: (fact) => metrics.observeRequest(fact),
    problemPage: (problem) => pages.problem(problem),
  })
}

async function catalogFault(catalog: Catalog): Promise<string | undefined> {
  try {
    await catalog.listRecords({ limit: 1 })
    return undefined
  } catch {
    return 'the catalog does not answer'
  }
}
