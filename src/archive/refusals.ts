import type { Digest } from '../record/digest.ts'
import type { WithdrawalReason } from '../record/record-event.ts'
import { quoted, Refusal } from '../record/refusal.ts'

/** The record names blobs that are not in the store. */
export class MissingBlobs extends Refusal {
  override readonly code = 'missing-blobs'
  readonly missing: readonly Digest[]
  constructor(missing: readonly Digest[]) {
    super(
      `the record names ${missing.length} blob(s) that are not here; send them first, ` +
        `found none of ${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ', …' : ''}`,
    )
    this.missing = missing
  }
}

/** A file came with the record, and the record does not name it. */
export class UnnamedBlob extends Refusal {
  override readonly code = 'unnamed-blob'
  constructor(digest: Digest) {
    super(`found a file with the digest ${digest}, expected only files that the record names`)
  }
}

export class WrongProject extends Refusal {
  override readonly code = 'wrong-project'
  constructor(found: string, expected: string) {
    super(`the record belongs to ${quoted(found)}, the token to ${quoted(expected)}`)
  }
}

export class UnknownRecord extends Refusal {
  override readonly code = 'unknown-record'
  constructor(name: string) {
    super(`no record ${quoted(name)} here`)
  }
}

export class UnknownEvent extends Refusal {
  override readonly code = 'unknown-event'
  constructor(digest: Digest) {
    super(`no event ${digest} here`)
  }
}

export class UnknownBlob extends Refusal {
  override readonly code = 'unknown-blob'
  constructor(digest: Digest) {
    super(`no blob ${digest} here`)
  }
}

export class UnknownLogFile extends Refusal {
  override readonly code = 'unknown-log-file'
  constructor(path: string) {
    super(`the published log has no ${quoted(path)}`)
  }
}

/** The first withdrawal of a record, in short. */
export interface WithdrawalFacts {
  /** Name of the event that says so. */
  readonly event: Digest
  /** When it was accepted. */
  readonly withdrawnAt: string
  readonly reason: WithdrawalReason
}

/** The record was withdrawn: its hash, title and reason can be had, nothing else. */
export class Withdrawn extends Refusal {
  override readonly code = 'withdrawn'
  readonly facts: WithdrawalFacts
  constructor(record: Digest, facts: WithdrawalFacts) {
    super(`record ${record} was withdrawn at ${facts.withdrawnAt} (${facts.reason})`)
    this.facts = facts
  }
}

/** Every record that names the blob was withdrawn. */
export class WithdrawnBlob extends Refusal {
  override readonly code = 'withdrawn'
  constructor(digest: Digest) {
    super(`every record that names the blob ${digest} was withdrawn`)
  }
}

/** What was sent is kept and has its place in the log, but there was no room for its receipt. */
export class ReceiptDelayed extends Refusal {
  override readonly code = 'publication-delayed'
  constructor(cause: unknown) {
    super(
      'it is kept and has its place in the log, but there is no room for its receipt just now; ' +
        'send the same again for its receipt and proof',
    )
    this.cause = cause
  }
}

/** A record is accepted, and its receipt or the checkpoint that covers it is not there yet. */
export class NotYetPublished extends Refusal {
  override readonly code = 'publication-delayed'
  constructor(digest: Digest) {
    super(`record ${digest} is accepted, but its receipt or proof is not there yet; try again soon`)
  }
}
