import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { isNoSuchFile } from './file-errors.ts'
import { filesIn, linesOf, type JournaledFile } from './journal-lines.ts'

/** From here on the journal is emptied before more is written; about a second of work. */
const largestByteLength = 64 * 1024 * 1024

/** More is written at once, each file with an fsync of its own: there it costs little. */
const largestBatchByteLength = 4 * 1024 * 1024

/** Opens a new file for writing; fails if the name is taken. Returns its descriptor. */
export type CreateFileSync = (path: string) => number

export interface JournalOptions {
  /** Path of the one unfinished file at a time. */
  readonly draft: string
  readonly createFile?: CreateFileSync
}

/**
 * Makes many small files durable with one fsync: their bytes go into a journal
 * first, then the files are written without an fsync of their own. Those follow
 * when there is time (`settleSome`), and after a crash the journal gives back
 * what is missing. Everything here blocks; it runs in a thread of its own.
 */
export class DocumentJournal implements Disposable {
  readonly #root: string
  readonly #draft: string
  readonly #createFile: CreateFileSync
  readonly #journal: number
  #byteLength = 0
  /** Files, and then directories, that are not on the disk by themselves. */
  #unsettled: string[] = []
  readonly #unsettledDirectories = new Set<string>()
  #broken: unknown

  /** Opens the journal below a root and brings the files in it to their places. */
  constructor(root: string, { draft, createFile = createReadOnlyFile }: JournalOptions) {
    this.#root = root
    this.#draft = draft
    this.#createFile = createFile
    const path = join(root, 'journal.jsonl')
    const files = filesIn(readIfThere(path) ?? Buffer.alloc(0))
    for (const { file, bytes } of files) this.#restore(file, bytes)
    this.#syncDirectoriesOf(files.map(({ file }) => file))
    this.#journal = openSync(path, 'a', 0o644)
    ftruncateSync(this.#journal, 0)
    fsyncSync(this.#journal)
    syncPath(root)
  }

  /**
   * Writes the files that are not there yet; all of them or, when it throws, none.
   *
   * @throws Error when a file is there with other bytes.
   */
  write(files: readonly JournaledFile[]): void {
    if (this.#broken !== undefined) throw this.#broken
    const missing = files.filter((file) => !this.#isStored(file))
    if (missing.length === 0) return
    if (this.#byteLength > largestByteLength) while (this.settleSome(1000));
    const before = this.#byteLength
    const placed: string[] = []
    try {
      if (byteLengthOf(missing) > largestBatchByteLength) this.#writeAtOnce(missing, placed)
      else this.#writeThroughJournal(missing, placed)
    } catch (error) {
      this.#undo(placed, before)
      throw error
    }
  }

  /**
   * Brings some of the files to the disk by themselves; the journal is emptied
   * with the last of them.
   *
   * @returns whether there are more.
   */
  settleSome(count: number): boolean {
    if (this.#broken !== undefined) return false
    try {
      return this.#settleSome(count)
    } catch (error) {
      // A second fsync of the same file would succeed without having written
      // anything. The journal still has the bytes, for the next start.
      this.#broken = error
      throw error
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#journal)
  }

  #settleSome(count: number): boolean {
    if (this.#unsettled.length === 0) {
      this.#unsettled = [...withParents(this.#unsettledDirectories)]
      this.#unsettledDirectories.clear()
    }
    for (const path of this.#unsettled.slice(0, count)) syncPath(join(this.#root, path))
    this.#unsettled = this.#unsettled.slice(count)
    if (this.#unsettled.length > 0 || this.#unsettledDirectories.size > 0) return true
    if (this.#byteLength > 0) ftruncateSync(this.#journal, 0)
    this.#byteLength = 0
    return false
  }

  #isStored({ file, bytes }: JournaledFile): boolean {
    const path = join(this.#root, file)
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return false
    if (Buffer.compare(readFileSync(path), bytes) === 0) return true
    throw new Error(`other bytes are stored already as ${file}`)
  }

  #writeThroughJournal(files: readonly JournaledFile[], placed: string[]): void {
    const lines = linesOf(files)
    writeAll(this.#journal, lines)
    fdatasyncSync(this.#journal)
    this.#byteLength += lines.length
    for (const { file, bytes } of files) {
      this.#place(file, bytes, () => {})
      placed.push(file)
    }
    this.#unsettled.push(...placed)
    for (const file of placed) this.#unsettledDirectories.add(dirname(file))
  }

  #writeAtOnce(files: readonly JournaledFile[], placed: string[]): void {
    for (const { file, bytes } of files) {
      this.#place(file, bytes, fsyncSync)
      placed.push(file)
    }
    this.#syncDirectoriesOf(placed)
  }

  #syncDirectoriesOf(files: readonly string[]): void {
    for (const directory of withParents(files.map((file) => dirname(file)))) {
      syncPath(join(this.#root, directory))
    }
  }

  #undo(placed: readonly string[], byteLength: number): void {
    try {
      ftruncateSync(this.#journal, byteLength)
      fdatasyncSync(this.#journal)
      this.#byteLength = byteLength
      for (const file of placed) rmSync(join(this.#root, file), { force: true })
      rmSync(this.#draft, { force: true })
    } catch (error) {
      // Nobody knows now what the journal says: nothing more may be acknowledged.
      this.#broken = error
    }
  }

  #place(file: string, bytes: Uint8Array, finish: (descriptor: number) => void): void {
    const path = join(this.#root, file)
    const draft = this.#createFile(this.#draft)
    try {
      writeAll(draft, bytes)
      finish(draft)
    } finally {
      closeSync(draft)
    }
    try {
      renameSync(this.#draft, path)
    } catch (error) {
      if (!isNoSuchFile(error)) throw error
      mkdirSync(dirname(path), { recursive: true })
      renameSync(this.#draft, path)
    }
  }

  // A power cut can leave a file under its name with none or half of its bytes.
  #restore(file: string, bytes: Uint8Array): void {
    const path = join(this.#root, file)
    const stored = readIfThere(path)
    if (stored !== undefined && stored.equals(bytes)) syncPath(path)
    else this.#place(file, bytes, fsyncSync)
  }
}

function createReadOnlyFile(path: string): number {
  return openSync(path, 'wx', 0o444)
}

function byteLengthOf(files: readonly JournaledFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes.length, 0)
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) {
    written += writeSync(file, bytes, written, bytes.length - written)
  }
}

function syncPath(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** The directories and all above them, up to the root. */
function withParents(directories: Iterable<string>): Set<string> {
  const all = new Set(directories)
  for (const directory of all) if (directory !== '.') all.add(dirname(directory))
  return all
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if (isNoSuchFile(error)) return undefined
    throw error
  }
}
