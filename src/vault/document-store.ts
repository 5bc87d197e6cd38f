import type { Digest } from '../record/digest.ts'

/**
 * The small immutable documents of one record: its exact bytes (`json`), the
 * depositors' signatures over it, the receipt, and the proof that the log has it;
 * and the same of an event, which is about a record but stands alone.
 */
export type DocumentKind =
  | 'json'
  | 'signatures'
  | 'receipt'
  | 'proof'
  | 'event'
  | 'event-signatures'
  | 'event-receipt'
  | 'event-proof'

/**
 * A document is named by the digest of its record or event, not of its own bytes;
 * only these two are named by the digest of their own.
 */
export interface DocumentName {
  readonly digest: Digest
  readonly kind: DocumentKind
}

export interface NamedDocument extends DocumentName {
  readonly bytes: Uint8Array
}

/** Documents that are written once and never changed or removed. */
export interface DocumentStore {
  /**
   * Stores all of them, at less cost than one by one. When the promise resolves
   * they survive a power cut. When it rejects, none of those that were not there
   * before is visible; only a failure of the disk itself can leave some.
   *
   * The documents become visible in the order given, so whoever sees a later one
   * sees those before it. After the process was killed or the power was cut,
   * the next start finds all documents of a call or none of them.
   *
   * Calls may run at the same time. Storing the same bytes again is no error.
   *
   * @throws StorageFull when there is no room.
   * @throws Error when other bytes are stored under one of the names: a fault of ours.
   */
  putAll(documents: readonly NamedDocument[]): Promise<void>

  /** The exact bytes, or undefined. What is read survives a power cut. */
  read(name: DocumentName): Promise<Uint8Array | undefined>

  /**
   * Digests that name a document of that kind, ascending. Documents that are stored
   * while the list is read may or may not be in it.
   */
  list(kind: DocumentKind): AsyncIterable<Digest>
}
