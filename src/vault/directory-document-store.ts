import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOfHex, hexOf, type Digest } from '../record/digest.ts'
import type { DocumentKind, DocumentName, DocumentStore, NamedDocument } from './document-store.ts'
import { documentWriter } from './document-writer-thread.ts'
import { isNoSuchFile, refusalOfFullDisk } from './file-errors.ts'
import { listNames } from './sharded-names.ts'

interface Place {
  readonly directory: string
  readonly suffix: string
}

const records = 'records/sha256'
const events = 'events/sha256'
const places: Readonly<Record<DocumentKind, Place>> = {
  json: { directory: records, suffix: '.json' },
  signatures: { directory: records, suffix: '.signatures.json' },
  receipt: { directory: records, suffix: '.receipt.jws' },
  proof: { directory: records, suffix: '.tlog-proof' },
  event: { directory: events, suffix: '.json' },
  'event-signatures': { directory: events, suffix: '.signatures.json' },
  'event-receipt': { directory: events, suffix: '.receipt.jws' },
  'event-proof': { directory: events, suffix: '.tlog-proof' },
}

/** Documents as files `records/sha256/ab/abcd….json` and so on; made by `openDirectoryVault`. */
export class DirectoryDocumentStore implements DocumentStore {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  async putAll(documents: readonly NamedDocument[]): Promise<void> {
    if (documents.length === 0) return
    const files = documents.map((document) => ({
      file: documentFile(document),
      bytes: document.bytes,
    }))
    try {
      await documentWriter.do({ verb: 'write', root: this.#root, files })
    } catch (error) {
      throw refusalOfFullDisk(error)
    }
  }

  // A file is visible only after the journal that has its bytes is on the disk, so
  // whatever can be read survives a power cut.
  async read(name: DocumentName): Promise<Uint8Array | undefined> {
    try {
      return await readFile(join(this.#root, documentFile(name)))
    } catch (error) {
      if (isNoSuchFile(error)) return undefined
      throw error
    }
  }

  async *list(kind: DocumentKind): AsyncIterable<Digest> {
    const { directory, suffix } = places[kind]
    const names = listNames(join(this.#root, directory), suffix)
    for await (const hex of names) yield digestOfHex(hex)
  }
}

/** Path below the vault's root. */
export function documentFile({ digest, kind }: DocumentName): string {
  const { directory, suffix } = places[kind]
  const hex = hexOf(digest)
  return `${directory}/${hex.slice(0, 2)}/${hex}${suffix}`
}
