import type { AccessList } from '../catalog/access-list.ts'
import type {
  Catalog,
  CatalogCounts,
  LoggedRecord,
  RecordQuery,
  Referrer,
} from '../catalog/catalog.ts'
import type { AcceptedEvent, EventQuery, Events } from '../catalog/events.ts'
import { digestOf, type Digest } from '../record/digest.ts'
import type { RecordEvent, RecordState } from '../record/record-event.ts'
import type { BlobStat, BlobStore, ByteRange, ByteStream } from '../vault/blob-store.ts'
import type { DocumentKind, DocumentStore } from '../vault/document-store.ts'
import { quickHash } from './quick-hash.ts'
import { mayRead, type Reader } from './reader.ts'
import { UnknownBlob, UnknownEvent, UnknownRecord, WithdrawnBlob } from './refusals.ts'
import { signersOf, type RecordSigner } from './record-signers.ts'

export interface RetrievalParts {
  readonly blobs: BlobStore
  readonly documents: DocumentStore
  readonly catalog: Catalog
  readonly events: Events
  readonly accessList: Pick<AccessList, 'findDepositorKey'>
}

/** The event that withdrew a record. */
export interface Withdrawal extends AcceptedEvent {
  readonly event: Extract<RecordEvent, { type: 'withdrawal' }>
}

/** Referrers shown on one page. */
const mostReferrers = 200

/** Gives out what was accepted. */
export class Retrieval {
  readonly #parts: RetrievalParts

  constructor(parts: RetrievalParts) {
    this.#parts = parts
  }

  /** @throws UnknownRecord also when the reader may not know that it exists. */
  async findRecord(digest: Digest, reader: Reader): Promise<LoggedRecord> {
    const record = await this.#parts.catalog.findRecord(digest)
    if (record === undefined || !mayRead(record, reader)) throw new UnknownRecord(digest)
    return record
  }

  /** Records whose hex digest begins so, at most three: one is an answer, more are a choice. */
  async findByPrefix(hexPrefix: string): Promise<Digest[]> {
    return this.#parts.catalog.findByPrefix(hexPrefix, 3)
  }

  /** Newest first. */
  async listRecords(query: RecordQuery, reader: Reader): Promise<LoggedRecord[]> {
    const records = await this.#parts.catalog.listRecords(query)
    return records.filter((record) => mayRead(record, reader))
  }

  /** Records that point at this one, newest first. */
  async listReferrers(digest: Digest, reader: Reader): Promise<Referrer[]> {
    const referrers = await this.#parts.catalog.listReferrers(digest, mostReferrers)
    return referrers.filter(({ record }) => mayRead(record, reader))
  }

  async titlesOf(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, string>> {
    return this.#parts.catalog.titlesOf(digests)
  }

  async counts(): Promise<CatalogCounts> {
    return this.#parts.catalog.counts()
  }

  /** Who signed a record, and whether their keys were valid then. */
  async listSigners(record: LoggedRecord): Promise<RecordSigner[]> {
    return signersOf(record, this.#parts.accessList)
  }

  /**
   * Exact bytes of a record, checked against their name before they leave.
   *
   * @throws Error when the stored bytes no longer have their digest.
   */
  async readRecord(digest: Digest): Promise<Uint8Array> {
    const bytes = await this.readDocument(digest, 'json')
    if (bytes === undefined) throw new Error(`the bytes of record ${digest} are gone`)
    if ((await digestOf(bytes, quickHash)) !== digest)
      throw new Error(`record ${digest} was altered on disk`)
    return bytes
  }

  async readDocument(digest: Digest, kind: DocumentKind): Promise<Uint8Array | undefined> {
    return this.#parts.documents.read({ digest, kind })
  }

  /** @throws UnknownRecord */
  async listEvents(query: EventQuery, reader: Reader): Promise<AcceptedEvent[]> {
    await this.findRecord(query.record, reader)
    return this.#parts.events.listEvents(query)
  }

  /** What the newest `state` event of each record says; records without one are left out. */
  async statesOf(records: readonly Digest[]): Promise<ReadonlyMap<Digest, RecordState>> {
    return this.#parts.events.statesOf(records)
  }

  /** The withdrawal of a record, if it was withdrawn; the first one counts. */
  async findWithdrawal(record: Digest): Promise<Withdrawal | undefined> {
    const found = await this.#parts.events.findWithdrawal(record)
    if (found?.event.type !== 'withdrawal') return undefined
    return { ...found, event: found.event }
  }

  /** When the records were withdrawn; those that were not are left out. */
  async withdrawalTimesOf(records: readonly Digest[]): Promise<ReadonlyMap<Digest, string>> {
    return this.#parts.events.withdrawalTimesOf(records)
  }

  /**
   * Exact bytes of an event, checked against their name before they leave.
   *
   * @throws UnknownEvent, UnknownRecord
   * @throws Error when the stored bytes no longer have their digest.
   */
  async readEvent(digest: Digest, reader: Reader): Promise<Uint8Array> {
    await this.#findEvent(digest, reader)
    const bytes = await this.readDocument(digest, 'event')
    if (bytes === undefined) throw new Error(`the bytes of event ${digest} are gone`)
    if ((await digestOf(bytes, quickHash)) !== digest)
      throw new Error(`event ${digest} was altered on disk`)
    return bytes
  }

  /**
   * What else is kept of an event.
   *
   * @throws UnknownEvent, UnknownRecord
   */
  async readEventDocument(
    digest: Digest,
    kind: 'event-receipt' | 'event-proof' | 'event-signatures',
    reader: Reader,
  ): Promise<Uint8Array | undefined> {
    await this.#findEvent(digest, reader)
    return this.readDocument(digest, kind)
  }

  /**
   * @throws UnknownBlob also when the reader may not know that it exists.
   * @throws WithdrawnBlob
   */
  async findBlob(digest: Digest, reader: Reader): Promise<BlobStat> {
    const stat = await this.#parts.blobs.find(digest)
    if (stat === undefined || !mayRead(stat, reader)) throw new UnknownBlob(digest)
    if (await this.#parts.events.isBlobWithdrawn(digest)) throw new WithdrawnBlob(digest)
    return stat
  }

  /**
   * Bytes of a blob. Each piece may be overwritten as soon as the next is asked for.
   *
   * @throws UnknownBlob
   */
  async openBlob(digest: Digest, range: ByteRange): Promise<ByteStream> {
    const bytes = await this.#parts.blobs.open(digest, range, { reusePieces: true })
    if (bytes === undefined) throw new UnknownBlob(digest)
    return bytes
  }

  /** Those of the digests that name no blob here; what was withdrawn is here. */
  async missingBlobs(digests: readonly Digest[]): Promise<Digest[]> {
    const missing: Digest[] = []
    for (let at = 0; at < digests.length; at += 64) {
      const group = digests.slice(at, at + 64)
      const stats = await Promise.all(group.map((digest) => this.#parts.blobs.find(digest)))
      missing.push(...group.filter((_, index) => stats[index] === undefined))
    }
    return missing
  }

  async #findEvent(digest: Digest, reader: Reader): Promise<void> {
    const accepted = await this.#parts.events.findEvent(digest)
    if (accepted === undefined) throw new UnknownEvent(digest)
    await this.findRecord(accepted.event.record, reader)
  }
}
