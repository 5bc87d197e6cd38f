import type { Digest } from '../record/digest.ts'
import { Refusal } from '../record/refusal.ts'

/** The log cannot be continued as it is; nothing more is accepted, everything can still be read. */
export class LogStopped extends Refusal {
  override readonly code = 'log-stopped'
  constructor(reason: string) {
    super(`nothing is accepted: ${reason}`)
  }
}

/** What was sent is kept and has its place in the log, but no checkpoint covers it yet. */
export class PublicationDelayed extends Refusal {
  override readonly code = 'publication-delayed'
  constructor(cause: unknown) {
    super(
      'it is kept and has its place in the log, but the log could not be published just now; ' +
        'send the same again for its receipt and proof',
    )
    this.cause = cause
  }
}

/** An entry of the log by the document it is about. */
export interface PublishedEntry {
  readonly logIndex: number
  readonly digest: Digest
  /** Which kind of document its proof is stored as. */
  readonly kind: 'proof' | 'event-proof'
}

/** Seam: makes the log visible, with a checkpoint that covers what was entered. */
export interface LogPublisher {
  /** Why nothing may be accepted any more; `undefined` while all is well. */
  readonly stoppedBecause: string | undefined

  /** @throws LogStopped */
  refuseIfStopped(): void

  /**
   * Resolves when a published checkpoint covers an entry that is in the catalog;
   * the checkpoint, its tiles and the proof then survive a power cut. Many entries
   * share one checkpoint, and calls may be made at the same time.
   *
   * @returns text of the entry's proof file against the first checkpoint that covers it.
   * @throws LogStopped, PublicationDelayed
   * @see C2SP tlog-proof
   */
  published(entry: PublishedEntry): Promise<string>

  /**
   * The same for an entry that is about no document, such as one about a key: it
   * has no proof file.
   *
   * @throws LogStopped, PublicationDelayed
   */
  covered(logIndex: number): Promise<void>
}
