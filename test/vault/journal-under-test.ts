import {
  closeSync,
  cpSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after } from 'node:test'
import { DocumentJournal, type JournalOptions } from '../../src/vault/document-journal.ts'
import type { CreateFileSync } from '../../src/vault/file-placement.ts'
import type { JournaledFile } from '../../src/vault/journal-lines.ts'
import { syncEach } from '../../src/vault/sync-files.ts'
import { filesIn, temporaryDirectory } from './temporary-vault.ts'

export async function openJournal(
  root: string,
  options: Partial<JournalOptions> = {},
): Promise<DocumentJournal> {
  const draft = join(root, 'incoming', 'draft')
  return DocumentJournal.open(root, { draft, syncFiles: syncEach, ...options })
}

/** What the next process does first; it is over when it has done that. */
export async function startAgain(
  root: string,
  options: Partial<JournalOptions> = {},
): Promise<void> {
  const journal = await openJournal(root, options)
  await journal[Symbol.asyncDispose]()
}

/** An empty directory for journals. */
export async function temporaryRoot(): Promise<string> {
  const root = await temporaryDirectory()
  await mkdir(join(root, 'incoming'))
  return root
}

/** A file with bytes that say its name, or what is given. */
export function fileOf(file: string, text = `the bytes of ${file}`): JournaledFile {
  return { file, bytes: Buffer.from(text) }
}

/** The one file that is replaced. */
export function checkpointOf(text: string): JournaledFile {
  return { ...fileOf('log/checkpoint', text), replaces: true }
}

export function textOf(root: string, file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

export function journalsIn(root: string): string[] {
  return readdirSync(root).filter((name) => name.startsWith('journal'))
}

/** The disk is full for the files of these numbers, counted from 1, and has room for others. */
export function fullForFiles(...numbers: readonly number[]): CreateFileSync {
  let made = 0
  return (path) => {
    made += 1
    const file = openSync(path, 'wx')
    if (!numbers.includes(made)) return file
    closeSync(file)
    return openSync('/dev/full', 'w')
  }
}

/** The directory as a process that is killed now would leave it. */
export function asKilledNow(root: string): string {
  const copy = mkdtempSync(`${root}-killed-`)
  after(() => rmSync(copy, { recursive: true }))
  cpSync(root, copy, { recursive: true, filter: (path) => !path.endsWith('draft') })
  return copy
}

/** The checkpoint, and the names of all files, as the next process finds them. */
export async function stateAfterStart(root: string): Promise<string> {
  await startAgain(root)
  return [textOf(root, 'log/checkpoint'), ...(await filesIn(root))].join(' ')
}

export function throwFault(outcome: { readonly fault?: unknown } | undefined): void {
  if (outcome?.fault !== undefined) throw outcome.fault
}
