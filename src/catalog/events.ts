import type { Digest } from '../record/digest.ts'
import type { RecordEvent, RecordState } from '../record/record-event.ts'

/** What the catalog keeps of an event. */
export interface EventEntry {
  /** SHA-256 of the text. */
  readonly digest: Digest
  readonly event: RecordEvent
  /** Canonical JSON, exactly as the store keeps it. */
  readonly text: string
  /** Project of the token it came with; `*` stands for every project. */
  readonly project: string
  /** Depositor signatures as they are stored; see docs/format.md, section 8. */
  readonly signatures?: string | undefined
  readonly signatureKeys: readonly { readonly kid: string; readonly alg: string }[]
  /** RFC 3339 in UTC, whole seconds. */
  readonly acceptedAt: string
}

export interface NewEvent extends EventEntry {
  /** Exact bytes of the log entry, and the hex of its hash. */
  readonly leaf: Uint8Array
  readonly leafHash: string
}

/** An event with its place in the log. */
export interface AcceptedEvent extends EventEntry {
  readonly logIndex: number
}

export interface EventQuery {
  readonly record: Digest
  /** By log index, which is the order of acceptance. */
  readonly order: 'oldest-first' | 'newest-first'
  /** Only events that follow this log index in that order. */
  readonly after?: number | undefined
  readonly limit: number
}

/** Seam: the index of the statements about records. */
export interface Events {
  /**
   * Adds events in this order, all or none, with the next log indexes. When the
   * promise resolves they survive a power cut. An event that is there already
   * keeps its first entry and takes no index.
   *
   * @returns for each event its entry, and whether this call added it.
   * @throws Error when the record of an event is unknown.
   */
  addEvents(
    events: readonly NewEvent[],
  ): Promise<{ readonly outcome: 'added' | 'already-there'; readonly event: AcceptedEvent }[]>

  findEvent(digest: Digest): Promise<AcceptedEvent | undefined>

  listEvents(query: EventQuery): Promise<AcceptedEvent[]>

  /** What the newest `state` event of each record says; records without one are left out. */
  statesOf(records: readonly Digest[]): Promise<ReadonlyMap<Digest, RecordState>>

  /** The withdrawal of a record, if it was withdrawn; the first one counts. */
  findWithdrawal(record: Digest): Promise<AcceptedEvent | undefined>

  /** When the first withdrawal of each record was accepted; others are left out. */
  withdrawalTimesOf(records: readonly Digest[]): Promise<ReadonlyMap<Digest, string>>

  /** Whether some record names the blob, and every record that does was withdrawn. */
  isBlobWithdrawn(blob: Digest): Promise<boolean>
}
