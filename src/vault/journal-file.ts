import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  renameSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { isFullDisk } from './file-errors.ts'
import { syncPath, writeAll } from './file-placement.ts'
import { currentJournal } from './journal-files.ts'
import { linesOf, type JournaledFile } from './journal-lines.ts'

/** Opens a file for appending and makes it if it is missing. Returns its descriptor. */
export type OpenJournal = (path: string) => number

/** The journal that is written to. */
export class JournalFile implements Disposable {
  readonly #root: string
  readonly #path: string
  readonly #openFile: OpenJournal
  #file: number
  /** Why nothing the file says can be relied on any more. */
  #fault: unknown

  constructor(root: string, openFile: OpenJournal = openToAppend) {
    this.#root = root
    this.#path = join(root, currentJournal)
    this.#openFile = openFile
    this.#file = openFile(this.#path)
  }

  get byteLength(): number {
    return fstatSync(this.#file).size
  }

  /** Brings the batches to the disk. When it throws, `truncate` must follow. */
  append(batches: readonly (readonly JournaledFile[])[]): void {
    this.#refuseFault()
    this.#refuseOtherWriter()
    writeAll(this.#file, linesOf(batches, this.byteLength))
    this.#sync()
  }

  /** Takes back what is behind the first bytes. */
  truncate(byteLength: number): void {
    this.#refuseFault()
    ftruncateSync(this.#file, byteLength)
    this.#sync()
  }

  /** Gives the file another name and begins a new one. */
  rename(name: string): void {
    this.#refuseFault()
    this.#refuseOtherWriter()
    const closed = join(this.#root, name)
    renameSync(this.#path, closed)
    let next: number
    try {
      next = this.#openFile(this.#path)
    } catch (error) {
      renameSync(closed, this.#path)
      throw error
    }
    closeSync(this.#file)
    this.#file = next
    try {
      syncPath(this.#root)
    } catch (error) {
      this.#fault = error
      throw error
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#file)
  }

  #sync(): void {
    try {
      fdatasyncSync(this.#file)
    } catch (error) {
      // The next sync would succeed, without what this one has not written. On a disk
      // that is full, no more than the end is missing, and that is taken back.
      if (!isFullDisk(error)) this.#fault = error
      throw error
    }
  }

  #refuseFault(): void {
    if (this.#fault !== undefined) throw this.#fault
  }

  // It would remove this journal once its own files are on the disk.
  #refuseOtherWriter(): void {
    const there = statSync(this.#path, { throwIfNoEntry: false })
    if (there?.ino === fstatSync(this.#file).ino) return
    this.#fault = new Error(`another process has begun a journal below ${this.#root}`)
    throw this.#fault
  }
}

function openToAppend(path: string): number {
  return openSync(path, 'a', 0o644)
}
