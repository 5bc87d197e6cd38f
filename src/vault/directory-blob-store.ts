import { rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { digestOfHex, hexOf, type Digest } from '../record/digest.ts'
import type {
  BlobStat,
  BlobStore,
  ByteRange,
  ByteStream,
  OpenOptions,
  PutOptions,
  PutResult,
  StagedBlob,
} from './blob-store.ts'
import type { DraftFile } from './draft-file.ts'
import { syncDirectory, type DurableDirectories } from './durable-directories.ts'
import { isNoSuchFile, refusalOfFullDisk } from './file-errors.ts'
import type { Incoming } from './incoming.ts'
import { readFileRange } from './read-file-range.ts'
import { ReceivedBytes } from './received-bytes.ts'
import { releasePiece } from './release-piece.ts'
import { listNames } from './sharded-names.ts'
import { Turns } from './turns.ts'

/** Blobs as files `blobs/sha256/ab/abcd…` below a root directory; made by `openDirectoryVault`. */
export class DirectoryBlobStore implements BlobStore {
  readonly #root: string
  readonly #directories: DurableDirectories
  readonly #incoming: Incoming
  readonly #publications = new Turns()

  constructor(root: string, parts: { directories: DurableDirectories; incoming: Incoming }) {
    this.#root = join(root, 'blobs', 'sha256')
    this.#directories = parts.directories
    this.#incoming = parts.incoming
  }

  async put(bytes: ByteStream, options: PutOptions = {}): Promise<PutResult> {
    options.signal?.throwIfAborted()
    const received = new ReceivedBytes(bytes, options)
    const { expected } = options
    if (expected !== undefined && (await this.find(expected)) !== undefined) {
      await received.forEach(async (piece) => {
        if (options.releasePieces === true) releasePiece(piece)
      })
      return { ...received.verifiedStat(), outcome: 'already-there' }
    }
    await using staged = await this.#stage(received, options)
    const { digest, byteLength } = staged
    return { digest, byteLength, outcome: await staged.keep() }
  }

  async stage(bytes: ByteStream, options: PutOptions = {}): Promise<StagedBlob> {
    options.signal?.throwIfAborted()
    return this.#stage(new ReceivedBytes(bytes, options), options)
  }

  async find(digest: Digest): Promise<BlobStat | undefined> {
    const path = this.#pathOf(digest)
    const byteLength = await byteLengthOf(path)
    if (byteLength === undefined) return undefined
    // Its name may be visible and not yet durable.
    if (await this.#publications.over(digest)) return this.find(digest)
    await this.#directories.ready(dirname(path))
    return { digest, byteLength }
  }

  async open(
    digest: Digest,
    range?: ByteRange,
    options?: OpenOptions,
  ): Promise<ByteStream | undefined> {
    const path = this.#pathOf(digest)
    const byteLength = await byteLengthOf(path)
    if (byteLength === undefined) return undefined
    const { start, endExclusive } = range ?? { start: 0, endExclusive: byteLength }
    if (!(start >= 0 && start <= endExclusive && endExclusive <= byteLength)) {
      throw new RangeError(`found range ${start} to ${endExclusive} of ${byteLength} bytes`)
    }
    return readFileRange(path, { start, endExclusive }, options)
  }

  async *list(): AsyncIterable<BlobStat> {
    for await (const name of listNames(this.#root)) {
      const digest = digestOfHex(name)
      const byteLength = await byteLengthOf(this.#pathOf(digest))
      if (byteLength !== undefined) yield { digest, byteLength }
    }
  }

  async #stage(received: ReceivedBytes, options: PutOptions): Promise<StagedBlob> {
    try {
      await using cleanUp = new AsyncDisposableStack()
      const draft = cleanUp.use(await this.#incoming.newDraft(options))
      await received.forEach((piece) => draft.append(piece))
      const blob = received.verifiedStat()
      await draft.finish()
      cleanUp.move()
      return {
        ...blob,
        keep: () => this.#keep(draft, blob.digest),
        [Symbol.asyncDispose]: () => draft[Symbol.asyncDispose](),
      }
    } catch (error) {
      throw refusalOfFullDisk(error)
    }
  }

  async #keep(draft: DraftFile, digest: Digest): Promise<'added' | 'already-there'> {
    try {
      return await this.#publications.take([digest], () => this.#publish(draft, digest))
    } catch (error) {
      throw refusalOfFullDisk(error)
    }
  }

  async #publish(draft: DraftFile, digest: Digest): Promise<'added' | 'already-there'> {
    const path = this.#pathOf(digest)
    await this.#directories.ready(dirname(path))
    if ((await byteLengthOf(path)) !== undefined) return 'already-there'
    await draft.publish(path)
    try {
      await syncDirectory(dirname(path))
    } catch (error) {
      await rm(path, { force: true })
      throw error
    }
    return 'added'
  }

  #pathOf(digest: Digest): string {
    const hex = hexOf(digest)
    return join(this.#root, hex.slice(0, 2), hex)
  }
}

async function byteLengthOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (isNoSuchFile(error)) return undefined
    throw error
  }
}
