import type { Digest } from '../record/digest.ts'
import { limits } from '../record/limits.ts'
import type { BlobStore, ByteStream, PutResult, StagedBlob } from '../vault/blob-store.ts'

/** Takes blobs in, within the published limits. */
export class BlobIntake {
  readonly #blobs: BlobStore

  constructor(blobs: BlobStore) {
    this.#blobs = blobs
  }

  /** @throws DigestMismatch, BlobTooLarge, StorageFull; then nothing was kept. */
  async put(bytes: ByteStream, expected: Digest, signal: AbortSignal): Promise<PutResult> {
    return this.#blobs.put(bytes, { expected, signal, maxByteLength: limits.blobBytes })
  }

  /** Takes a file of a request whose record is not accepted yet. */
  async stage(
    bytes: ByteStream,
    expected: Digest | undefined,
    signal: AbortSignal,
  ): Promise<StagedBlob> {
    const maxByteLength = limits.blobBytes
    return this.#blobs.stage(bytes, {
      signal,
      maxByteLength,
      ...(expected === undefined ? {} : { expected }),
    })
  }
}
