import { open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from './file-errors.ts'
import { DraftFile, type CreateFile, type DraftOptions } from './draft-file.ts'

/** Stored files are read-only: nothing may change them, not even by accident. */
export const createReadOnlyFile: CreateFile = (path) => open(path, 'wx', 0o444)

// Two stores over one directory in one process must not share names, and a new
// process in a container often has the number of the one before it.
const processMark = `${process.pid}-${crypto.randomUUID()}`
let drafts = 0

/** The directory of files that are not complete yet. */
export class Incoming {
  readonly #path: string
  readonly #createFile: CreateFile

  constructor(path: string, createFile: CreateFile) {
    this.#path = path
    this.#createFile = createFile
  }

  async newDraft(options: DraftOptions = {}): Promise<DraftFile> {
    return DraftFile.create(this.newDraftPath(), this.#createFile, options)
  }

  /** A path of its own for a file that is being written. */
  newDraftPath(): string {
    drafts += 1
    return join(this.#path, `${processMark}-${drafts}`)
  }

  /**
   * Removes what processes that no longer run have left. A file of a process
   * that still runs on this machine stays; one of another machine or container
   * would go, and its `put` would fail: one directory belongs to one process.
   */
  async removeLeftovers(): Promise<void> {
    const names = await readdir(this.#path)
    const leftovers = names.filter((name) => !isBeingWritten(name))
    await Promise.all(leftovers.map((name) => rm(join(this.#path, name), { force: true })))
  }
}

function isBeingWritten(name: string): boolean {
  if (name.startsWith(`${processMark}-`)) return true
  const processId = Number(/^(\d+)-/.exec(name)?.[1])
  return processId > 0 && processId !== process.pid && isRunning(processId)
}

function isRunning(processId: number): boolean {
  try {
    return process.kill(processId, 0)
  } catch (error) {
    return !hasCode(error, 'ESRCH')
  }
}
