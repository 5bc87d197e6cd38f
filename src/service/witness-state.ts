import { hash } from 'node:crypto'
import { open, readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCheckpointText, type Checkpoint } from '../log/checkpoint.ts'
import { openNote, type NoteVerifier } from '../log/note.ts'
import { Refusal } from '../record/refusal.ts'
import { DurableDirectories, syncDirectory } from '../vault/durable-directories.ts'
import { isNoSuchFile } from '../vault/file-errors.ts'
import { CannotServe } from './cannot-serve.ts'

/** The checkpoint that was cosigned last. */
export interface CosignedCheckpoint {
  readonly checkpoint: Checkpoint
  /** With the lines of the log and of the witness. */
  readonly note: string
}

/** Name under which monitors ask for a log. C2SP tlog-witness, "Monitor Retrieval Mechanism". */
export function nameOfLog(origin: string): string {
  return hash('sha256', origin, 'hex')
}

/**
 * What a witness must never forget: of each log the checkpoint it cosigned last, in
 * `<hex SHA-256 of the origin>/checkpoint`.
 */
export class WitnessState {
  readonly #directory: string
  readonly #durable: DurableDirectories
  readonly #verifier: NoteVerifier

  private constructor(directory: string, verifier: NoteVerifier) {
    this.#directory = directory
    this.#durable = new DurableDirectories(directory)
    this.#verifier = verifier
  }

  /**
   * @param directory - one that is there, for these checkpoints alone.
   * @param verifier - of the witness itself, which has signed all of them.
   * @throws CannotServe when one of them is not what this witness wrote.
   */
  static async open(directory: string, verifier: NoteVerifier): Promise<WitnessState> {
    const state = new WitnessState(directory, verifier)
    for (const name of await readdir(directory)) await state.find(name)
    return state
  }

  /**
   * @param name - as `nameOfLog` gives it.
   * @throws CannotServe when it is not what this witness wrote.
   */
  async find(name: string): Promise<CosignedCheckpoint | undefined> {
    const file = join(this.#directory, name, 'checkpoint')
    const note = await readIfThere(file)
    if (note === undefined) return undefined
    try {
      const { text } = await openNote(note, [this.#verifier])
      const checkpoint = parseCheckpointText(text)
      if (nameOfLog(checkpoint.origin) === name) return { checkpoint, note }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
    }
    throw new CannotServe(
      `${file} does not hold a checkpoint that ${this.#verifier.name} has cosigned`,
    )
  }

  /** Puts it in the place of the one before. When the promise resolves it survives a power cut. */
  async keep(name: string, note: string): Promise<void> {
    const directory = join(this.#directory, name)
    await this.#durable.ready(directory)
    const file = join(directory, 'checkpoint')
    await writeAndSync(`${file}.draft`, note)
    await rename(`${file}.draft`, file)
    await syncDirectory(directory)
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (isNoSuchFile(error)) return undefined
    throw error
  }
}

async function writeAndSync(file: string, text: string): Promise<void> {
  await using handle = await open(file, 'w')
  await handle.writeFile(text)
  await handle.sync()
}
