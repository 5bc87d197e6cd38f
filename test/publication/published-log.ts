import { generateKeyPair } from 'jose'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { pino } from 'pino'
import { LogReading } from '../../src/archive/read-log.ts'
import { openSqliteCatalog, type OpenCatalog } from '../../src/catalog/open-catalog.ts'
import { createApp } from '../../src/http/app.ts'
import { Authorizer } from '../../src/http/authorize.ts'
import { logRoutes } from '../../src/http/log-routes.ts'
import {
  ed25519NoteSigner,
  parseVerifierKey,
  signatureTypes,
  verifierKeyOf,
  type NoteSigner,
} from '../../src/log/note.ts'
import type { LogParts } from '../../src/publication/log-parts.ts'
import type { PublicationFact } from '../../src/publication/publication-facts.ts'
import { TilePublisher } from '../../src/publication/tile-publisher.ts'
import { openDirectoryVault } from '../../src/vault/directory-vault.ts'

export const origin = 'registry.example.org/log'

export interface LogKey {
  readonly signer: NoteSigner
  readonly vkey: string
}

export async function newLogKey(): Promise<LogKey> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true })
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey))
  return {
    signer: await ed25519NoteSigner(origin, privateKey, raw),
    vkey: await verifierKeyOf(origin, signatureTypes.ed25519, raw),
  }
}

/** A log alone: its entries, its files and who publishes them, on real stores. */
export interface PublishedLog extends AsyncDisposable {
  readonly parts: LogParts
  readonly stores: OpenCatalog
  readonly publisher: TilePublisher
  /** Everything the publisher reported. */
  readonly facts: readonly PublicationFact[]
  /** Serves it with the routes of the registry; gives the URL of the registry. */
  listen(): Promise<string>
}

export interface LogChoices {
  readonly key: LogKey
  /** Changes the parts before they are used. */
  readonly change?: (parts: LogParts) => LogParts
}

/** Opens the log in a directory, which is empty at first. */
export async function openPublishedLog(
  directory: string,
  { key, change = (parts) => parts }: LogChoices,
): Promise<PublishedLog> {
  await using opened = new AsyncDisposableStack()
  const vault = opened.use(await openDirectoryVault(join(directory, 'blobs')))
  const stores = opened.use(await openSqliteCatalog(join(directory, 'catalog.sqlite')))
  const facts: PublicationFact[] = []
  const parts = change({
    entries: stores.entries,
    log: vault.log,
    documents: vault.documents,
    origin,
    signers: [key.signer],
    verifiers: [await parseVerifierKey(key.vkey)],
  })
  const publisher = opened.use(
    await TilePublisher.open({ ...parts, report: (fact) => facts.push(fact) }),
  )
  const all = opened.move()
  return {
    parts,
    stores,
    publisher,
    facts,
    listen: async () => {
      const server = await serveLog(parts, stores, key)
      all.use(server)
      return server.url
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

async function serveLog(parts: LogParts, { accessList }: OpenCatalog, { vkey }: LogKey) {
  const app = createApp({
    routes: logRoutes({
      logReading: new LogReading(parts),
      logKeys: async () => `${vkey}\n`,
      logPolicy: async () => `log ${vkey}\nquorum none\n`,
    }),
    authorizer: new Authorizer(accessList, () => new Date()),
    log: pino({ level: 'silent' }),
    observe: () => {},
    problemPage: ({ document }) => document.detail,
  })
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('listens on no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
