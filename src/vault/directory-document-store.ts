import { readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { digestOfHex, hexOf, type Digest } from '../record/digest.ts'
import type { DocumentKind, DocumentName, DocumentStore, NamedDocument } from './document-store.ts'
import type { DraftFile } from './draft-file.ts'
import { syncDirectory, type DurableDirectories } from './durable-directories.ts'
import { isNoSuchFile, refusalOfFullDisk } from './file-errors.ts'
import type { Incoming } from './incoming.ts'
import { listNames } from './sharded-names.ts'
import { Turns } from './turns.ts'

const suffixes: Readonly<Record<DocumentKind, string>> = {
  json: '.json',
  signatures: '.signatures.json',
  leaf: '.leaf.json',
  receipt: '.receipt.jws',
}

/** Documents as files `records/sha256/ab/abcd….json` and so on; made by `openDirectoryVault`. */
export class DirectoryDocumentStore implements DocumentStore {
  readonly #root: string
  readonly #directories: DurableDirectories
  readonly #incoming: Incoming
  readonly #publications = new Turns()

  constructor(root: string, parts: { directories: DurableDirectories; incoming: Incoming }) {
    this.#root = join(root, 'records', 'sha256')
    this.#directories = parts.directories
    this.#incoming = parts.incoming
  }

  async putAll(documents: readonly NamedDocument[]): Promise<void> {
    const wanted = this.#byPath(documents)
    try {
      await this.#publications.take([...wanted.keys()], () => this.#putAll(wanted))
    } catch (error) {
      throw refusalOfFullDisk(error)
    }
  }

  async read(name: DocumentName): Promise<Uint8Array | undefined> {
    const path = this.#pathOf(name)
    const bytes = await readIfThere(path)
    if (bytes === undefined) return undefined
    // Its name may be visible and not yet durable.
    if (await this.#publications.over(path)) return this.read(name)
    await this.#directories.ready(dirname(path))
    return bytes
  }

  async *list(kind: DocumentKind): AsyncIterable<Digest> {
    for await (const hex of listNames(this.#root, suffixes[kind])) yield digestOfHex(hex)
  }

  async #putAll(wanted: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const directories = new Set([...wanted.keys()].map((path) => dirname(path)))
    await Promise.all([...directories].map((path) => this.#directories.ready(path)))
    const missing = await withoutStored(wanted)
    await using drafts = new AsyncDisposableStack()
    const finishing = missing.map(async ([path, bytes]) => {
      const draft = drafts.use(await this.#incoming.newDraft())
      await draft.append(bytes)
      await draft.finish()
      return { path, draft }
    })
    // All must be over before the first failure counts: a draft that is opened
    // after the others were disposed would stay for ever.
    await Promise.allSettled(finishing)
    const finished = await Promise.all(finishing)
    await publishAll(finished)
  }

  #byPath(documents: readonly NamedDocument[]): Map<string, Uint8Array> {
    const byPath = new Map<string, Uint8Array>()
    for (const document of documents) {
      const path = this.#pathOf(document)
      requireSame(path, document.bytes, byPath.get(path) ?? document.bytes)
      byPath.set(path, document.bytes)
    }
    return byPath
  }

  #pathOf({ digest, kind }: DocumentName): string {
    const hex = hexOf(digest)
    return join(this.#root, hex.slice(0, 2), hex + suffixes[kind])
  }
}

async function withoutStored(
  wanted: ReadonlyMap<string, Uint8Array>,
): Promise<[string, Uint8Array][]> {
  const looked = await Promise.all(
    Array.from(wanted, async ([path, bytes]) => ({ path, bytes, stored: await readIfThere(path) })),
  )
  for (const { path, bytes, stored } of looked) requireSame(path, bytes, stored ?? bytes)
  return looked.filter(({ stored }) => stored === undefined).map(({ path, bytes }) => [path, bytes])
}

async function publishAll(drafts: readonly { path: string; draft: DraftFile }[]): Promise<void> {
  const byDirectory = Map.groupBy(drafts, ({ path }) => dirname(path))
  const published = await Promise.allSettled(
    Array.from(byDirectory, async ([directory, inOrder]) => {
      for (const { path, draft } of inOrder) await draft.publish(path)
      await syncDirectory(directory)
    }),
  )
  const failure = published.find((result) => result.status === 'rejected')
  if (failure === undefined) return
  await Promise.all(drafts.map(({ path }) => rm(path, { force: true })))
  throw failure.reason
}

function requireSame(path: string, bytes: Uint8Array, stored: Uint8Array): void {
  if (Buffer.compare(bytes, stored) === 0) return
  throw new Error(`other bytes are stored already as ${path}`)
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (isNoSuchFile(error)) return undefined
    throw error
  }
}
