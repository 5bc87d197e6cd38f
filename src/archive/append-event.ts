import type { AcceptedEvent, Events, NewEvent } from '../catalog/events.ts'
import { digestOf, type Digest } from '../record/digest.ts'
import { checkEvent } from '../record/record-event.ts'
import { parseStrictJson } from '../record/strict-json.ts'
import type { DocumentStore } from '../vault/document-store.ts'
import { Batches } from './batches.ts'
import { secondsText, type Clock } from './clock.ts'
import { WrongProject } from './refusals.ts'
import type { Retrieval } from './retrieve.ts'

/** Most events that share one flush. */
const largestBatch = 256

export interface EventIntakeParts {
  readonly documents: DocumentStore
  readonly events: Events
  readonly retrieval: Retrieval
  readonly clock: Clock
}

/** What a depositor wants to state about a record. */
export interface EventSubmission {
  readonly record: Digest
  /** Project of the depositor's token; `*` stands for every project. */
  readonly project: string
  /** The event as it was received. */
  readonly bytes: Uint8Array
}

export interface EventResult {
  readonly outcome: 'added' | 'already-there'
  readonly event: AcceptedEvent
}

type Candidate = Omit<NewEvent, 'acceptedAt'>

/**
 * Takes statements about records in. One is answered only when its bytes and its
 * entry in the catalog are on disk; a refused one leaves nothing.
 */
export class EventIntake {
  readonly #parts: EventIntakeParts
  readonly #batches: Batches<Candidate, EventResult>

  constructor(parts: EventIntakeParts) {
    this.#parts = parts
    this.#batches = new Batches((candidates) => this.#accept(candidates), largestBatch)
  }

  /**
   * The same event again is no error: it keeps its first place and time.
   *
   * @throws UnknownRecord, WrongProject, InvalidJson, InvalidEvent, StorageFull
   */
  async append({ record, project, bytes }: EventSubmission): Promise<EventResult> {
    const { project: owner } = await this.#parts.retrieval.findRecord(record, { project })
    if (project !== '*' && project !== owner) throw new WrongProject(owner, project)
    const { event, text } = checkEvent(parseStrictJson(bytes), record)
    return this.#batches.add({ digest: await digestOf(bytesOf(text)), event, text, project })
  }

  /** Resolves when every event that was begun has been answered. */
  async settled(): Promise<void> {
    await this.#batches.settled()
  }

  // Bytes first: whatever is in the catalog can be read.
  async #accept(candidates: Candidate[]): Promise<EventResult[]> {
    const { documents, events, clock } = this.#parts
    const acceptedAt = secondsText(clock())
    await documents.putAll(
      candidates.map(({ digest, text }) => ({ digest, kind: 'event', bytes: bytesOf(text) })),
    )
    return events.addEvents(candidates.map((candidate) => ({ ...candidate, acceptedAt })))
  }
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
