import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { hasCode, isFullDisk, isNoSuchFile } from './file-errors.ts'

/** Opens a new file for writing; fails if the name is taken. Returns its descriptor. */
export type CreateFileSync = (path: string) => number

export interface FilePlacementParts {
  readonly root: string
  /** Path of the one unfinished file at a time. */
  readonly draft: string
  readonly createFile?: CreateFileSync
}

/** Gives small files their names below a root; nothing here brings them to the disk. */
export class FilePlacement {
  readonly #root: string
  readonly #draft: string
  readonly #createFile: CreateFileSync

  constructor({ root, draft, createFile = createReadOnlyFile }: FilePlacementParts) {
    this.#root = root
    this.#draft = draft
    this.#createFile = createFile
  }

  /** The file is visible under its name only when it has all its bytes. */
  place(file: string, bytes: Uint8Array): void {
    const path = join(this.#root, file)
    const draft = this.#createFile(this.#draft)
    try {
      writeAll(draft, bytes)
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

  /**
   * Writes the file anew, also over one with the same bytes: those may be in memory
   * alone, given up by a system that failed to write them. Where the disk is full,
   * the same bytes are left as they are.
   */
  replace(file: string, bytes: Uint8Array): void {
    try {
      this.place(file, bytes)
    } catch (error) {
      this.removeDraft()
      const stored = readIfThere(join(this.#root, file))
      if (!isFullDisk(error) || stored === undefined || !stored.equals(bytes)) throw error
    }
  }

  /** Removes the files that are there, and directories that have no other. */
  remove(files: readonly string[]): void {
    for (const file of files) rmSync(join(this.#root, file), { force: true })
    for (const directory of new Set(files.map((file) => dirname(file)))) {
      removeIfEmpty(join(this.#root, directory))
    }
  }

  removeDraft(): void {
    rmSync(this.#draft, { force: true })
  }
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory)
  } catch (error) {
    if (!isNoSuchFile(error) && !hasCode(error, 'ENOTEMPTY')) throw error
  }
}

function createReadOnlyFile(path: string): number {
  return openSync(path, 'wx', 0o444)
}

export function writeAll(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) {
    written += writeSync(file, bytes, written, bytes.length - written)
  }
}

/** Brings the file, or the names in the directory, to the disk. */
export function syncPath(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** The directory of partial tiles, for one, goes with the last of them. */
export function syncDirectoryIfThere(path: string): void {
  try {
    syncPath(path)
  } catch (error) {
    if (!isNoSuchFile(error)) throw error
  }
}

/** The directories of the files and all above them, up to the root. */
export function directoriesOf(files: Iterable<string>): Set<string> {
  const all = new Set(Array.from(files, (file) => dirname(file)))
  for (const directory of all) if (directory !== '.') all.add(dirname(directory))
  return all
}

export function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if (isNoSuchFile(error)) return undefined
    throw error
  }
}
