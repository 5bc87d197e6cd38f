import type { Digest } from '../record/digest.ts'
import { limits } from '../record/limits.ts'
import type { BlobStore, ByteStream, PutResult, StagedBlob } from '../vault/blob-store.ts'

/** Takes blobs in, within the published limits. */
export class BlobIntake {
  readonly #blobs: BlobStore
  readonly #maxByteLength: number

  constructor(blobs: BlobStore, maxByteLength: number = limits.blobBytes) {
    this.#blobs = blobs
    this.#maxByteLength = maxByteLength
  }

  /**
   * Takes bytes that nobody reads any more: each piece may be freed once it is written.
   *
   * @throws DigestMismatch, BlobTooLarge, StorageFull; then nothing was kept.
   */
  async receive(bytes: ByteStream, expected: Digest, signal: AbortSignal): Promise<PutResult> {
    const maxByteLength = this.#maxByteLength
    return this.#blobs.put(bytes, { expected, signal, maxByteLength, releasePieces: true })
  }

  /** Takes bytes of our own. */
  async put(bytes: ByteStream, expected: Digest): Promise<PutResult> {
    return this.#blobs.put(bytes, { expected, maxByteLength: this.#maxByteLength })
  }

  /** Takes a file of a request whose record is not accepted yet. */
  async stage(
    bytes: ByteStream,
    expected: Digest | undefined,
    signal: AbortSignal,
  ): Promise<StagedBlob> {
    return this.#blobs.stage(bytes, {
      signal,
      maxByteLength: this.#maxByteLength,
      ...(expected === undefined ? {} : { expected }),
    })
  }
}
