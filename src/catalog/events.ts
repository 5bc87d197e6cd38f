import type { Digest } from '../record/digest.ts'
import type { RecordEvent, RecordState } from '../record/record-event.ts'

/** What the catalog keeps of an event that is about to be accepted. */
export interface NewEvent {
  /** SHA-256 of the text. */
  readonly digest: Digest
  readonly event: RecordEvent
  /** Canonical JSON, exactly as the store keeps it. */
  readonly text: string
  /** Project of the token it came with; `*` stands for every project. */
  readonly project: string
  /** RFC 3339 in UTC, whole seconds. */
  readonly acceptedAt: string
}

/** An event with its place in the order of acceptance, which is not a log index. */
export interface AcceptedEvent extends NewEvent {
  readonly position: number
}

export interface EventQuery {
  readonly record: Digest
  /** By position, which is the order of acceptance. */
  readonly order: 'oldest-first' | 'newest-first'
  /** Only events that follow this position in that order. */
  readonly after?: number | undefined
  readonly limit: number
}

/** Seam: the index of the statements about records. */
export interface Events {
  /**
   * Adds events in this order, all or none, with the next positions. When the
   * promise resolves they survive a power cut. An event that is there already
   * keeps its first entry and takes no position. Under concurrent calls positions
   * stay dense, counted from 0 over the events of all records.
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
}
