import type { Digest } from '../record/digest.ts'
import { Refusal } from '../record/refusal.ts'

/** Bytes in pieces. A piece belongs to whoever received it: the sender never changes it again. */
export type ByteStream = AsyncIterable<Uint8Array>

/** Bytes `start` up to, not including, `endExclusive`; offsets from the start of a blob. */
export interface ByteRange {
  readonly start: number
  readonly endExclusive: number
}

export interface BlobStat {
  readonly digest: Digest
  readonly byteLength: number
}

export interface PutOptions {
  /** Refuse the bytes unless they have this name. */
  readonly expected?: Digest
  /** Refuse the bytes as soon as there are more than this many. */
  readonly maxByteLength?: number
  /** Gives up, also while the sender is silent; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /**
   * Frees the memory of each piece as soon as it is written; nobody may read it any
   * more. For bytes from the network: the garbage collector would go through the
   * whole heap for every 64 MiB of them. A piece that is part of something larger
   * is left alone.
   */
  readonly releasePieces?: boolean
}

export interface OpenOptions {
  /**
   * Lets a piece be overwritten as soon as the next one is asked for. For readers
   * that are done with a piece by then: a gibibyte in fresh pieces makes the garbage
   * collector go through the whole heap twenty times.
   */
  readonly reusePieces?: boolean
}

export interface PutResult extends BlobStat {
  readonly outcome: 'added' | 'already-there'
}

/**
 * Bytes that are on disk, checked and named, but not visible yet. Disposing
 * forgets them unless they were kept.
 */
export interface StagedBlob extends BlobStat, AsyncDisposable {
  /** Makes the blob visible; when the promise resolves it survives a power cut. */
  keep(): Promise<'added' | 'already-there'>
}

/** Immutable bytes, each named by its digest. Nothing is ever changed or removed. */
export interface BlobStore {
  /**
   * Stores the bytes and returns their name. When the promise resolves the blob
   * survives a power cut, also when the outcome is `already-there`; when it
   * rejects, nothing new is visible under any digest and nothing is left behind.
   *
   * Calls may run at the same time, with the same bytes too: exactly one of them
   * answers `added`. If `expected` is there already, the bytes are still read to
   * their end and checked, but not written.
   *
   * An error of the sender rejects the promise as it is. On any other error the
   * iterator is ended with `return`, which destroys a stream of Node; if storage
   * fails before the first byte is needed, the stream is left unread.
   *
   * @throws DigestMismatch when the bytes do not have the name `expected`.
   * @throws BlobTooLarge when there are more than `maxByteLength`.
   * @throws StorageFull when there is no room; trying again later is sensible.
   */
  put(bytes: ByteStream, options?: PutOptions): Promise<PutResult>

  /**
   * The first half of `put`: for bytes that must not be visible before something
   * else about the request is decided. Whoever stages, disposes.
   *
   * @throws DigestMismatch, BlobTooLarge, StorageFull as `put` does.
   */
  stage(bytes: ByteStream, options?: PutOptions): Promise<StagedBlob>

  /** The blob of that name, or undefined. What is found survives a power cut. */
  find(digest: Digest): Promise<BlobStat | undefined>

  /**
   * The bytes of a blob, or of a range of it; undefined if it is not there. Nothing is held
   * open until the first piece is asked for, and everything is released at the
   * end, after an error, and when the reader stops early. The stream can be read
   * once. It throws rather than end early when stored bytes are missing.
   *
   * @throws RangeError when the range is not within the blob.
   */
  open(digest: Digest, range?: ByteRange, options?: OpenOptions): Promise<ByteStream | undefined>

  /**
   * Every blob, by ascending digest. A blob that is stored while the list is
   * read may or may not be in it.
   */
  list(): AsyncIterable<BlobStat>
}

/** More bytes than the caller allowed. */
export class BlobTooLarge extends Refusal {
  override readonly code = 'blob-too-large'
  readonly maxByteLength: number
  constructor(maxByteLength: number) {
    super(`found more than ${maxByteLength} bytes, expected at most ${maxByteLength}`)
    this.maxByteLength = maxByteLength
  }
}

/** The store has no room left; nothing of the refused bytes was kept. */
export class StorageFull extends Refusal {
  override readonly code = 'storage-full'
  constructor(cause: unknown) {
    super('the storage of the registry is full, nothing of this request was kept')
    this.cause = cause
  }
}
