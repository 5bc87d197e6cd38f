import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { BlobStore } from './blob-store.ts'
import { DirectoryBlobStore } from './directory-blob-store.ts'
import { DirectoryDocumentStore } from './directory-document-store.ts'
import { DirectoryLogStore } from './directory-log-store.ts'
import type { DocumentStore } from './document-store.ts'
import { documentWriter } from './document-writer-thread.ts'
import type { CreateFile } from './draft-file.ts'
import { DurableDirectories, syncDirectory } from './durable-directories.ts'
import { isNoSuchFile, refusalOfFullDisk } from './file-errors.ts'
import { createReadOnlyFile, Incoming } from './incoming.ts'
import type { LogStore } from './log-store.ts'
import { readMe } from './read-me.ts'

/**
 * Everything of one directory. Disposing it leaves no journal to go through at the
 * next start; nothing is lost if a process ends without it.
 */
export interface Vault extends AsyncDisposable {
  readonly blobs: BlobStore
  readonly documents: DocumentStore
  readonly log: LogStore
}

/**
 * Blobs, documents and the log below one directory, which is made if it is missing.
 * Writes README.txt there, and removes what an earlier process left unfinished.
 *
 * One directory belongs to one process at a time: opening it writes the newest
 * documents and the checkpoint again, as an earlier process left them. Blobs do
 * not get lost or mixed up if two use it, but both may then answer `added`.
 *
 * @param options.createFile - lets a test stand in for a disk that fails under blobs.
 */
export async function openDirectoryVault(
  directory: string,
  { createFile = createReadOnlyFile }: { createFile?: CreateFile } = {},
): Promise<Vault> {
  const root = resolve(directory)
  const incomingPath = join(root, 'incoming')
  try {
    await makeDurably(root)
    const directories = new DurableDirectories(root)
    await directories.ready(incomingPath)
    const incoming = new Incoming(incomingPath, createFile)
    await incoming.removeLeftovers()
    await writeReadMe(root, incoming)
    const parts = { directories, incoming }
    await documentWriter.do({ verb: 'open', root, draft: incoming.newDraftPath() })
    return {
      blobs: new DirectoryBlobStore(root, parts),
      documents: new DirectoryDocumentStore(root),
      log: new DirectoryLogStore(root),
      [Symbol.asyncDispose]: () => documentWriter.do({ verb: 'close', root }),
    }
  } catch (error) {
    throw refusalOfFullDisk(error)
  }
}

async function makeDurably(path: string): Promise<void> {
  const firstMade = await mkdir(path, { recursive: true })
  if (firstMade === undefined) return
  let made = path
  for (; made !== firstMade; made = dirname(made)) await syncDirectory(dirname(made))
  await syncDirectory(dirname(firstMade))
}

async function writeReadMe(root: string, incoming: Incoming): Promise<void> {
  const path = join(root, 'README.txt')
  if ((await textIfThere(path)) === readMe) return
  await using draft = await incoming.newDraft()
  await draft.append(new TextEncoder().encode(readMe))
  await draft.finish()
  await draft.publish(path)
  await syncDirectory(root)
}

async function textIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isNoSuchFile(error)) return undefined
    throw error
  }
}
