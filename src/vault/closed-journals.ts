import { removeJournal } from './journal-files.ts'
import type { SyncFiles } from './sync-files.ts'

interface ClosedJournal {
  readonly name: string
  /** Paths below the root. */
  readonly files: Set<string>
}

/** Journals that take no more lines, each there until its files are on the disk by themselves. */
export class ClosedJournals {
  readonly #root: string
  readonly #syncFiles: SyncFiles
  #journals: readonly ClosedJournal[] = []
  #unsettled: Set<string> = new Set()
  #settling: Promise<void> | undefined

  constructor(root: string, syncFiles: SyncFiles) {
    this.#root = root
    this.#syncFiles = syncFiles
  }

  get count(): number {
    return this.#journals.length
  }

  add(journal: ClosedJournal): void {
    this.#journals = [...this.#journals, journal]
  }

  /** Files that are no longer there. */
  forget(files: readonly string[]): void {
    for (const set of [this.#unsettled, ...this.#journals.map((journal) => journal.files)]) {
      for (const file of files) set.delete(file)
    }
  }

  /**
   * Brings the files of all journals to the disk and removes the journals. Resolves
   * also when others were added meanwhile. After it rejected, it must not be called
   * again: the next start has to go through the journals.
   */
  async settle(): Promise<void> {
    this.#settling ??= this.#settleAll().finally(() => (this.#settling = undefined))
    return this.#settling
  }

  /** Resolves when nothing goes on any more, whatever came of it. */
  async rest(): Promise<void> {
    await Promise.allSettled([this.#settling])
  }

  async #settleAll(): Promise<void> {
    const journals = this.#journals
    this.#unsettled = new Set(journals.flatMap(({ files }) => [...files]))
    await this.#syncFiles(this.#root, this.#unsettled)
    for (const { name } of journals) {
      removeJournal(this.#root, name)
      this.#journals = this.#journals.slice(1)
    }
  }
}
