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

  /** @throws DigestMismatch, BlobTooLarge, StorageFull; then nothing was kept. */
  async put(bytes: ByteStream, expected: Digest, signal: AbortSignal): Promise<PutResult> {
    return this.#blobs.put(bytes, { expected, signal, maxByteLength: this.#maxByteLength })
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
