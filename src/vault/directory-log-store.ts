import { readdir, readFile } from 'node:fs/promises'
import type { Dirent } from 'node:fs'
import { join } from 'node:path'
import { documentFile } from './directory-document-store.ts'
import type { NamedDocument } from './document-store.ts'
import { documentWriter } from './document-writer-thread.ts'
import { isNoSuchFile, refusalOfFullDisk } from './file-errors.ts'
import type { JournaledFile } from './journal-lines.ts'
import {
  checkpointPath,
  refuseCheckpoint,
  refuseOddLogPath,
  type LogFile,
  type LogStore,
} from './log-store.ts'

/** The log as files `log/checkpoint`, `log/tile/…` and so on; made by `openDirectoryVault`. */
export class DirectoryLogStore implements LogStore {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  async putAll(files: readonly LogFile[]): Promise<void> {
    for (const { path } of files) refuseCheckpoint(path)
    await this.#write(files.map(({ path, bytes }) => ({ file: fileOf(path), bytes })))
  }

  async publish(checkpoint: Uint8Array, documents: readonly NamedDocument[]): Promise<void> {
    const files = documents.map((document) => ({
      file: documentFile(document),
      bytes: document.bytes,
    }))
    const replacing = { file: fileOf(checkpointPath), bytes: checkpoint, replaces: true }
    await this.#write([...files, replacing])
  }

  // A file is visible only after the journal that has its bytes is on the disk, so
  // whatever can be read survives a power cut.
  async read(path: string): Promise<Uint8Array | undefined> {
    try {
      return await readFile(join(this.#root, fileOf(path)))
    } catch (error) {
      if (isNoSuchFile(error)) return undefined
      throw error
    }
  }

  async remove(paths: readonly string[]): Promise<void> {
    if (paths.length === 0) return
    for (const path of paths) refuseCheckpoint(path)
    await documentWriter.do({ verb: 'remove', root: this.#root, files: paths.map(fileOf) })
  }

  list(prefix: string): AsyncIterable<string> {
    return listBelow(join(this.#root, 'log'), '', prefix)
  }

  async #write(files: readonly JournaledFile[]): Promise<void> {
    if (files.length === 0) return
    try {
      await documentWriter.do({ verb: 'write', root: this.#root, files })
    } catch (error) {
      throw refusalOfFullDisk(error)
    }
  }
}

/** Paths below a directory, ascending as a whole. */
async function* listBelow(root: string, directory: string, prefix: string): AsyncIterable<string> {
  const names = (await entriesOf(join(root, directory))).map((entry) =>
    entry.isDirectory() ? `${entry.name}/` : entry.name,
  )
  for (const name of names.sort()) {
    const path = `${directory}${name}`
    if (!path.startsWith(prefix) && !prefix.startsWith(path)) continue
    if (name.endsWith('/')) yield* listBelow(root, path, prefix)
    else if (path.startsWith(prefix)) yield path
  }
}

async function entriesOf(directory: string): Promise<Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true })
  } catch (error) {
    if (isNoSuchFile(error)) return []
    throw error
  }
}

function fileOf(path: string): string {
  refuseOddLogPath(path)
  return `log/${path}`
}
