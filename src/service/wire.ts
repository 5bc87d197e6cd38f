import type { Express } from 'express'
import { randomBytes } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino, type Logger } from 'pino'
import { EventIntake } from '../archive/append-event.ts'
import { Deposits } from '../archive/deposit.ts'
import { BundleExport } from '../archive/export-bundle.ts'
import { LogReading } from '../archive/read-log.ts'
import { KeyNonces } from '../archive/key-nonces.ts'
import { KeyRegister } from '../archive/register-key.ts'
import { Receipts } from '../archive/receipts.ts'
import { Retrieval } from '../archive/retrieve.ts'
import { BlobIntake } from '../archive/take-blobs.ts'
import type { AccessList } from '../catalog/access-list.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { openSqliteCatalog } from '../catalog/open-catalog.ts'
import { createApp } from '../http/app.ts'
import { Authorizer } from '../http/authorize.ts'
import { RecordPages } from '../http/record-pages.ts'
import { allRoutes } from '../http/routes.ts'
import { TilePublisher } from '../publication/tile-publisher.ts'
import { openDirectoryVault } from '../vault/directory-vault.ts'
import type { CreateFile } from '../vault/draft-file.ts'
import { BrowserScripts } from './browser-scripts.ts'
import { depositorKeys, keysOfRecord } from './depositor-keys.ts'
import { Metrics } from './metrics.ts'
import { originOf } from './log-origin.ts'
import { PublishedKeys } from './published-keys.ts'
import type { Settings } from './settings.ts'
import { openKnownWitnesses } from './known-witnesses.ts'
import { reportPublication } from './reports.ts'
import { openShippedRunner, type ShippedRunner } from './shipped-runner.ts'
import { SignedMark } from './signed-mark.ts'
import { openSigningKeys } from './signing-keys.ts'
import { issueReceiptsLeftOut } from './unfinished-receipts.ts'
import { startTimeStamps } from './start-time-stamps.ts'

const nonceSecretBytes = 32
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
  /** Stand in for stores that fail, or end in the middle of something. */
  readonly openVault?: typeof openDirectoryVault
  readonly openCatalog?: typeof openSqliteCatalog
  /** Most bytes of one blob, for those who cannot send the published limit. */
  readonly maxBlobBytes?: number
}

/** The only place where the parts meet. */
export async function openRegistry(
  settings: Settings,
  options: RegistryOptions = {},
): Promise<OpenRegistry> {
  const { log = pino(pino.destination(2)), clock = () => new Date() } = options
  const archive = await openArchive(settings, { log, clock, options })
  if (archive.publisher.stoppedBecause === undefined) await issueReceiptsLeftOut(archive, log)
  const lifecycle: { draining?: string } = {}
  const app = await openApp(archive, { settings, log, clock, lifecycle })
  const timeStamps = startTimeStamps(settings, archive.vault.log, { log, clock })
  const witnesses = archive.witnesses.follow(archive.publisher, log)
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
      await witnesses.stop()
      await archive.publisher[Symbol.asyncDispose]()
      await archive.signedMark[Symbol.asyncDispose]()
      await timeStamps.stop()
      await archive.vault[Symbol.asyncDispose]()
      await archive.stores[Symbol.asyncDispose]()
    },
  }
}

interface OpeningParts {
  readonly log: Logger
  readonly clock: () => Date
  readonly options: RegistryOptions
}

/** The stores, and the log on them: what everything else stands on. */
async function openLog(settings: Settings, { log, clock, options }: OpeningParts) {
  await mkdir(settings.dataDirectory, { recursive: true, mode: 0o750 })
  const { openVault = openDirectoryVault, openCatalog = openSqliteCatalog } = options
  const vault = await openVault(settings.blobDirectory, options)
  const stores = await openCatalog(settings.databaseFile)
  const origin = await originOf(vault.log, settings)
  const directory = join(settings.dataDirectory, 'keys')
  const { entries, registryKeys } = stores
  const keys = await openSigningKeys({ directory, registryKeys, log: vault.log, origin, clock })
  const witnesses = await openKnownWitnesses(settings.witnesses, vault.log)
  const signedMark = new SignedMark({
    file: join(directory, 'log.signed'),
    entries,
    report: (error) => log.error({ err: error }, 'what was signed last could not be written down'),
  })
  const publisher = await TilePublisher.open({
    entries,
    log: vault.log,
    documents: vault.documents,
    origin,
    signers: keys.logSigners,
    verifiers: keys.logVerifiers,
    fault: keys.fault,
    findContradiction: async () =>
      (await signedMark.findContradiction()) ?? witnesses.findContradiction(),
    report: (fact) => {
      if (fact.kind === 'published') signedMark.noteSigned()
      reportPublication(fact, log)
    },
  })
  return { vault, stores, origin, signer: keys.receiptSigner, publisher, witnesses, signedMark }
}

type Archive = Awaited<ReturnType<typeof openArchive>>

async function openArchive(settings: Settings, parts: OpeningParts) {
  const { signer, origin, ...log } = await openLog(settings, parts)
  const { vault, stores, publisher } = log
  const { clock, options } = parts
  const { blobs, documents } = vault
  const { catalog, events, accessList, entries, registryKeys } = stores
  const { url: issuer } = settings
  const runner: ShippedRunner = await openShippedRunner(new BlobIntake(blobs))
  const receipts = new Receipts({ documents, signer, issuer, origin })
  const named = { origin, url: issuer, witnesses: settings.witnesses }
  const publishedKeys = new PublishedKeys({ registryKeys, ...named })
  const common = { blobs, documents, catalog, events, entries, receipts, publisher, clock }
  const retrieval = new Retrieval({ ...common, accessList })
  const findKey = depositorKeys(accessList)
  return {
    ...common,
    ...log,
    accessList,
    publishedKeys,
    keyRegister: new KeyRegister({
      accessList,
      publisher,
      nonces: new KeyNonces(randomBytes(nonceSecretBytes), clock),
      registryUrl: issuer,
      clock,
    }),
    retrieval,
    intake: new BlobIntake(blobs, options.maxBlobBytes),
    runner,
    deposits: new Deposits({ ...common, findKey, runner: runner.digest }),
    eventIntake: new EventIntake({ ...common, findKey, retrieval }),
    logReading: new LogReading({ log: vault.log, entries }),
    bundles: new BundleExport({
      ...common,
      retrieval,
      keysFor: keysOfRecord(registryKeys, accessList),
      policyOf: (checkpoint) => publishedKeys.policyOf(checkpoint),
    }),
  }
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
  const { catalog, accessList, publishedKeys } = archive
  const registry = { registryUrl: settings.url, registryName: new URL(settings.url).host }
  const scripts = new BrowserScripts()
  const pages = new RecordPages({ ...archive, registry, scripts })
  const metrics = new Metrics(() => archive.entries.size())
  const routes = allRoutes({
    ...archive,
    pages,
    registryUrl: settings.url,
    onAccepted: ({ outcome, record }) => {
      metrics.countDeposit(outcome)
      log.info({ digest: record.digest, logIndex: record.logIndex, outcome }, 'record accepted')
    },
    onEventAccepted: ({ outcome, event: { digest, logIndex, event } }) => {
      log.info({ digest, logIndex, record: event.record, outcome }, 'event accepted')
    },
    onKeyChanged: (fact) => log.info(fact, 'key of a depositor'),
    unready: async () =>
      lifecycle.draining ?? archive.publisher.stoppedBecause ?? (await catalogFault(catalog)),
    metrics: () => metrics.text(),
    publicKeys: () => publishedKeys.receiptKeys(),
    logKeys: () => publishedKeys.logKeys(),
    logPolicy: () => publishedKeys.policy(),
    openApi: await readFile(join(root, 'openapi.yaml'), 'utf8'),
    styleSheet: await readFile(join(root, 'src/landing/style.css'), 'utf8'),
    verifyByHand: await readFile(join(root, 'docs/verify-by-hand.md'), 'utf8'),
    scripts,
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
