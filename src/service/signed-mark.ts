import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { LogEntries } from '../catalog/log-entries.ts'
import { hexOfBytes } from '../log/bytes.ts'
import { parseCheckpointText, type Checkpoint } from '../log/checkpoint.ts'
import { parseNote } from '../log/note.ts'
import { Refusal } from '../record/refusal.ts'
import { syncDirectory } from '../vault/durable-directories.ts'
import { isNoSuchFile } from '../vault/file-errors.ts'

const writtenEveryMs = 1000

export interface SignedMarkParts {
  /** Beside the private keys: whoever signs remembers what was signed. */
  readonly file: string
  readonly entries: Pick<LogEntries, 'newestCheckpoints' | 'firstCheckpointCovering'>
  readonly report: (error: unknown) => void
}

/**
 * Remembers what was signed last apart from catalog and store, so that both of them
 * restored from one old backup are noticed. It is written a second after a
 * checkpoint and when the service ends; no deposit waits for it.
 */
export class SignedMark implements AsyncDisposable {
  readonly #parts: SignedMarkParts
  #next: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(parts: SignedMarkParts) {
    this.#parts = parts
  }

  /** Words for the operator when a checkpoint was signed that the catalog does not know. */
  async findContradiction(): Promise<string | undefined> {
    const note = await this.#read()
    if (note === undefined) return undefined
    const mark = findCheckpoint(note)
    if (mark === undefined) {
      return `${this.#parts.file} holds no checkpoint; put the file of a backup of the keys back`
    }
    const { size, root } = mark
    const known = await this.#parts.entries.firstCheckpointCovering(size - 1)
    if (known?.size === size && known.root === hexOfBytes(root)) return undefined
    return (
      `${this.#parts.file} says that a checkpoint of ${size} entries was signed, which the ` +
      'catalog does not have; were catalog and store restored from an old backup?'
    )
  }

  /** Takes note that something was signed. */
  noteSigned(): void {
    this.#next ??= setTimeout(() => this.#writeSoon(), writtenEveryMs).unref()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#next !== undefined) this.#writeSoon()
    await this.#writing
  }

  #writeSoon(): void {
    clearTimeout(this.#next)
    this.#next = undefined
    this.#writing = this.#writing.then(() => this.#write()).catch(this.#parts.report)
  }

  async #write(): Promise<void> {
    const { file, entries } = this.#parts
    const [newest] = await entries.newestCheckpoints(1)
    if (newest === undefined) return
    const draft = `${file}.new`
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    {
      await using handle = await open(draft, 'w', 0o600)
      await handle.writeFile(newest.note)
      await handle.sync()
    }
    await rename(draft, file)
    await syncDirectory(dirname(file))
  }

  async #read(): Promise<string | undefined> {
    try {
      return await readFile(this.#parts.file, 'utf8')
    } catch (error) {
      if (isNoSuchFile(error)) return undefined
      throw error
    }
  }
}

function findCheckpoint(note: string): Checkpoint | undefined {
  try {
    return parseCheckpointText(parseNote(note).text)
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}
