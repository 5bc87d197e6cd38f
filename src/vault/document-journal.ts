import { join } from 'node:path'
import { ClosedJournals } from './closed-journals.ts'
import {
  directoriesOf,
  FilePlacement,
  syncDirectoryIfThere,
  type CreateFileSync,
} from './file-placement.ts'
import { JournalFile, type OpenJournal } from './journal-file.ts'
import { closedJournalName, restoreJournals } from './journal-files.ts'
import type { JournaledFile } from './journal-lines.ts'
import { syncFilesWith, type SyncFiles } from './sync-files.ts'
import { filesToPlace, planOf, type BatchOutcome } from './write-plan.ts'

type Batch = readonly JournaledFile[]

/** A journal of more bytes is closed before more is written; about 5000 documents. */
const defaultByteLength = 16 * 1024 * 1024

/** With more closed journals the disk does not keep up, and a start would take long. */
const mostClosedJournals = 4

export interface JournalOptions {
  /** Path of the one unfinished file at a time. */
  readonly draft: string
  readonly createFile?: CreateFileSync
  readonly openJournal?: OpenJournal
  readonly syncFiles?: SyncFiles
  readonly largestByteLength?: number
}

interface JournalParts {
  readonly placement: FilePlacement
  readonly syncFiles: SyncFiles
}

/**
 * Makes many small files durable with one fsync: their bytes go into a journal
 * first, then the files are written without an fsync of their own. A journal that
 * has grown is closed and another begun; the closed one is removed when its files
 * are on the disk by themselves (`settle`). After a crash the journals give back
 * what is missing. Most of this blocks; it runs in a thread of its own.
 */
export class DocumentJournal implements AsyncDisposable {
  readonly #root: string
  readonly #placement: FilePlacement
  readonly #current: JournalFile
  readonly #closed: ClosedJournals
  readonly #largestByteLength: number
  /** Files of the current journal. */
  #files = new Set<string>()
  #closedCount = 0
  #broken: unknown

  private constructor(root: string, options: JournalOptions, parts: JournalParts) {
    this.#root = root
    this.#placement = parts.placement
    this.#largestByteLength = options.largestByteLength ?? defaultByteLength
    this.#closed = new ClosedJournals(root, parts.syncFiles)
    this.#current = new JournalFile(root, options.openJournal)
  }

  /** Opens the journal below a root, with the files of all journals at their places. */
  static async open(root: string, options: JournalOptions): Promise<DocumentJournal> {
    const placement = new FilePlacement({ root, ...options })
    const parts = { placement, syncFiles: options.syncFiles ?? syncFilesWith() }
    await restoreJournals(root, parts)
    return new DocumentJournal(root, options, parts)
  }

  /** There is something for `settle` to do. */
  get hasClosed(): boolean {
    return this.#closed.count > 0
  }

  /** Before more is written, `settle` should have ended. */
  get isBehind(): boolean {
    return this.#closed.count > mostClosedJournals
  }

  /**
   * Writes the files that are not there yet: of each batch all or, when it has a
   * fault, none. Batches without one share a sync; if that fails, each gets its own.
   */
  write(batches: readonly Batch[]): readonly BatchOutcome[] {
    try {
      return this.#writeTogether(batches)
    } catch (fault) {
      if (batches.length === 1 || this.#broken !== undefined) return batches.map(() => ({ fault }))
      return batches.flatMap((batch) => this.write([batch]))
    }
  }

  /** Removes files that are needed no more. The next start may bring some of them back. */
  remove(files: readonly string[]): void {
    for (const file of files) this.#files.delete(file)
    this.#closed.forget(files)
    this.#placement.remove(files)
  }

  /** Closes the current journal, unless it is empty, and begins another. */
  rotate(): void {
    this.#refuseBroken()
    if (this.#current.byteLength === 0 && this.#files.size === 0) return
    this.#closedCount += 1
    const name = closedJournalName(this.#closedCount)
    this.#current.rename(name)
    this.#closed.add({ name, files: this.#files })
    this.#files = new Set()
  }

  /**
   * Removes the journals that are closed now, once all their files are on the disk
   * by themselves. When it rejects, nothing more is acknowledged: the journals still
   * have the bytes, for the next start.
   */
  async settle(): Promise<void> {
    this.#refuseBroken()
    try {
      await this.#closed.settle()
    } catch (error) {
      this.#broken = error
      throw error
    }
  }

  /** Leaves one journal without a line. */
  async close(): Promise<void> {
    try {
      this.rotate()
      while (this.hasClosed) await this.settle()
    } finally {
      await this[Symbol.asyncDispose]()
    }
  }

  /** Leaves the journals as they are, but for what goes on now. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#closed.rest()
    this.#current[Symbol.dispose]()
  }

  #writeTogether(batches: readonly Batch[]): readonly BatchOutcome[] {
    this.#refuseBroken()
    const { outcomes, missing } = planOf(this.#root, batches)
    if (missing.length === 0) return outcomes
    if (this.#current.byteLength > this.#largestByteLength) this.rotate()
    const before = this.#current.byteLength
    const placed: string[] = []
    try {
      this.#current.append(missing)
      for (const { file, bytes } of filesToPlace(missing)) {
        this.#placement.place(file, bytes)
        placed.push(file)
      }
    } catch (error) {
      this.#undo(placed, before)
      throw error
    }
    for (const file of placed) this.#files.add(file)
    return outcomes
  }

  // A replaced file is the last to be placed, so it is never among these. The journal
  // comes last: as long as it has the lines, a start brings all of the files back.
  #undo(placed: readonly string[], byteLength: number): void {
    try {
      this.#placement.removeDraft()
      this.#placement.remove(placed)
      for (const directory of directoriesOf(placed)) {
        syncDirectoryIfThere(join(this.#root, directory))
      }
      this.#current.truncate(byteLength)
    } catch (error) {
      // Nobody knows now what the journal says: nothing more may be acknowledged.
      this.#broken = error
    }
  }

  #refuseBroken(): void {
    if (this.#broken !== undefined) throw this.#broken
  }
}
