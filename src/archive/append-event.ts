import {
  eventSignature,
  parseDepositorSignatures,
  type DepositorSignatures,
} from '../attestation/depositor-signature.ts'
import type { PublicKey } from '../attestation/public-keys.ts'
import type { AcceptedEvent, Events, NewEvent } from '../catalog/events.ts'
import type { LogEntries } from '../catalog/log-entries.ts'
import { eventLeaf, leafHashOf } from '../log/leaf.ts'
import type { LogPublisher } from '../publication/log-publisher.ts'
import { firstDifference, NotCanonical } from '../record/canonical-json.ts'
import { digestOf, type Digest } from '../record/digest.ts'
import { checkEvent, type RecordEvent } from '../record/record-event.ts'
import { recordDigestsOf, type RecordDigests } from '../record/record-digests.ts'
import { parseStrictJson } from '../record/strict-json.ts'
import type { DocumentStore } from '../vault/document-store.ts'
import { Batches } from './batches.ts'
import { secondsText, type Clock } from './clock.ts'
import { leafHashAt } from './leaf-hash-at.ts'
import { quickHash } from './quick-hash.ts'
import type { Entered, Receipts } from './receipts.ts'
import { WrongProject } from './refusals.ts'
import type { Retrieval } from './retrieve.ts'

/** Most events that share one flush. */
const largestBatch = 256

export interface EventIntakeParts {
  readonly documents: DocumentStore
  readonly events: Events
  readonly entries: LogEntries
  readonly receipts: Receipts
  readonly publisher: LogPublisher
  /** A key that depositors of the project may sign with now. */
  readonly findKey: (kid: string, project: string) => Promise<PublicKey | undefined>
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
  /** JWS JSON over exactly these bytes. */
  readonly signatures?: Uint8Array | undefined
}

export interface EventResult {
  readonly outcome: 'added' | 'already-there'
  readonly event: AcceptedEvent
  /** The receipt's exact text. */
  readonly receipt: string
  /** Text of the proof file. */
  readonly proof: string
}

/** An event that keeps every rule. */
interface Candidate {
  readonly digests: RecordDigests
  readonly event: RecordEvent
  readonly text: string
  readonly signatures: DepositorSignatures | undefined
  readonly project: string
}

interface EnteredEvent extends Entered<AcceptedEvent> {
  readonly outcome: 'added' | 'already-there'
}

/**
 * Takes statements about records in. One is answered only when its bytes, its place
 * in the log, its receipt and a checkpoint that covers it are on disk; a refused one
 * leaves nothing.
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
   * @throws UnknownRecord, WrongProject, InvalidJson, InvalidEvent, NotCanonical,
   *   InvalidSignature, StorageFull, LogStopped, PublicationDelayed, ReceiptDelayed
   */
  async append({ record, project, bytes, signatures }: EventSubmission): Promise<EventResult> {
    this.#parts.publisher.refuseIfStopped()
    const { project: owner } = await this.#parts.retrieval.findRecord(record, { project })
    if (project !== '*' && project !== owner) throw new WrongProject(owner, project)
    const { event, text } = checkEvent(parseStrictJson(bytes), record)
    const canonical = bytesOf(text)
    return this.#batches.add({
      digests: await recordDigestsOf(canonical, quickHash),
      event,
      text,
      signatures:
        signatures === undefined
          ? undefined
          : await this.#verified(signatures, { sent: bytes, canonical, owner }),
      project,
    })
  }

  /** Resolves when every event that was begun has been answered. */
  async settled(): Promise<void> {
    await this.#batches.settled()
  }

  // A signature is over the bytes that were sent, so these must be the bytes that are kept.
  async #verified(
    document: Uint8Array,
    { sent, canonical, owner }: { sent: Uint8Array; canonical: Uint8Array; owner: string },
  ): Promise<DepositorSignatures> {
    const offset = firstDifference(sent, canonical)
    if (offset !== undefined) throw new NotCanonical(offset, await digestOf(canonical))
    const findKey = (kid: string) => this.#parts.findKey(kid, owner)
    return parseDepositorSignatures(document, canonical, findKey, eventSignature)
  }

  // Bytes first: whatever is in the catalog can be read.
  async #accept(candidates: Candidate[]): Promise<EventResult[]> {
    const { documents, events, receipts, publisher, clock } = this.#parts
    const acceptedAt = secondsText(clock())
    await documents.putAll(
      candidates.map(({ digests: { digest }, text }) => {
        return { digest, kind: 'event', bytes: bytesOf(text) }
      }),
    )
    const made = await Promise.all(candidates.map((candidate) => newEventOf(candidate, acceptedAt)))
    const added = await events.addEvents(made)
    const entered = await Promise.all(
      added.map(({ outcome, event }) => this.#entered(outcome, event, made)),
    )
    const [issued, proofs] = await Promise.all([
      receipts.issueForEvents(entered.filter(({ outcome }) => outcome === 'added')),
      Promise.all(
        added.map(({ event: { digest, logIndex } }) =>
          publisher.published({ digest, logIndex, kind: 'event-proof' }),
        ),
      ),
    ])
    const fresh = issued.values()
    return Promise.all(
      entered.map(async ({ outcome, accepted, leafHash }, index) => {
        const receipt =
          outcome === 'added' ? fresh.next().value : await this.#receiptOf(accepted, leafHash)
        return { outcome, event: accepted, receipt: receipt ?? '', proof: proofs[index] ?? '' }
      }),
    )
  }

  async #entered(
    outcome: EnteredEvent['outcome'],
    accepted: AcceptedEvent,
    made: readonly NewEvent[],
  ): Promise<EnteredEvent> {
    const own = made.find(({ digest }) => digest === accepted.digest)
    const leafHash = outcome === 'added' ? own?.leafHash : undefined
    return {
      outcome,
      accepted,
      leafHash: leafHash ?? (await leafHashAt(this.#parts.entries, accepted)),
    }
  }

  // An event that is there already may lack its receipt, when the disk was full then.
  async #receiptOf(accepted: AcceptedEvent, leafHash: string): Promise<string | undefined> {
    const { receipts } = this.#parts
    const first = await receipts.find(accepted.digest, 'event-receipt')
    return first ?? (await receipts.issueForEvents([{ accepted, leafHash }]))[0]
  }
}

async function newEventOf(candidate: Candidate, acceptedAt: string): Promise<NewEvent> {
  const { digests, event, text, signatures, project } = candidate
  const leaf = eventLeaf({
    event: digests,
    record: event.record,
    signatures: signatures?.signatures ?? [],
    receivedAt: acceptedAt,
    reason: event.type === 'withdrawal' ? event.value.reason : undefined,
  })
  return {
    digest: digests.digest,
    event,
    text,
    project,
    signatures: signatures?.text,
    signatureKeys: signatures?.signatures ?? [],
    acceptedAt,
    leaf,
    leafHash: await leafHashOf(leaf, quickHash),
  }
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
