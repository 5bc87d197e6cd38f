import { rename, rm, type FileHandle } from 'node:fs/promises'
import { releasePiece } from './release-piece.ts'

const writeByteLength = 1024 * 1024
/** A sender of tiny pieces must not make us hold a buffer of the network for each of them. */
const maxPieces = 64

/** Opens a new file for writing; fails if the name is taken. */
export type CreateFile = (path: string) => Promise<FileHandle>

export interface DraftOptions {
  /** See `PutOptions`. */
  readonly releasePieces?: boolean | undefined
}

/**
 * A file that is being written under a temporary name. Small pieces are joined
 * into large writes, and one write runs while the next is gathered (and hashed
 * by the caller). Disposing removes the file unless it was published.
 */
export class DraftFile implements AsyncDisposable {
  readonly #path: string
  readonly #file: FileHandle
  readonly #options: DraftOptions
  #pieces: Uint8Array[] = []
  #piecesByteLength = 0
  #writing: Promise<{ fault?: unknown }> = Promise.resolve({})
  #isOpen = true
  #isPublished = false

  private constructor(path: string, file: FileHandle, options: DraftOptions) {
    this.#path = path
    this.#file = file
    this.#options = options
  }

  static async create(
    path: string,
    createFile: CreateFile,
    options: DraftOptions = {},
  ): Promise<DraftFile> {
    return new DraftFile(path, await createFile(path), options)
  }

  /** Keeps the piece until it is written; may report the fault of an earlier piece. */
  async append(piece: Uint8Array): Promise<void> {
    if (piece.length === 0) return
    this.#pieces.push(piece)
    this.#piecesByteLength += piece.length
    if (this.#piecesByteLength >= writeByteLength || this.#pieces.length >= maxPieces) {
      await this.#writeGathered()
    }
  }

  /** Brings all bytes to the disk and closes the file. */
  async finish(): Promise<void> {
    await this.#writeGathered()
    await this.#written()
    await this.#file.sync()
    await this.#close()
  }

  /** Gives the finished file its name. Durable only once the directory is synced. */
  async publish(path: string): Promise<void> {
    await rename(this.#path, path)
    this.#isPublished = true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing
    await this.#close()
    if (!this.#isPublished) await rm(this.#path, { force: true })
  }

  async #writeGathered(): Promise<void> {
    await this.#written()
    const pieces = this.#pieces
    this.#pieces = []
    this.#piecesByteLength = 0
    if (pieces.length > 0) this.#writing = faultOf(this.#write(pieces))
  }

  async #write(pieces: readonly Uint8Array[]): Promise<void> {
    await writeAll(this.#file, pieces)
    if (this.#options.releasePieces === true) for (const piece of pieces) releasePiece(piece)
  }

  async #written(): Promise<void> {
    const { fault } = await this.#writing
    if (fault !== undefined) throw fault
  }

  async #close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    await this.#file.close()
  }
}

// A write that fails while nobody waits for it would end the process as an
// unhandled rejection; its fault is kept for whoever asks next.
async function faultOf(work: Promise<void>): Promise<{ fault?: unknown }> {
  try {
    await work
    return {}
  } catch (fault) {
    return { fault }
  }
}

async function writeAll(file: FileHandle, pieces: readonly Uint8Array[]): Promise<void> {
  let rest = [...pieces]
  while (rest.length > 0) {
    const { bytesWritten } = await file.writev(rest)
    rest = withoutStart(rest, bytesWritten)
  }
}

function withoutStart(pieces: readonly Uint8Array[], byteLength: number): Uint8Array[] {
  let skip = byteLength
  const rest: Uint8Array[] = []
  for (const piece of pieces) {
    if (skip < piece.length) rest.push(piece.subarray(skip))
    skip = Math.max(0, skip - piece.length)
  }
  return rest
}
