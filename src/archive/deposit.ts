import type { PublicKey } from '../attestation/public-keys.ts'
import type { Catalog, LoggedRecord } from '../catalog/catalog.ts'
import type { LogEntries } from '../catalog/log-entries.ts'
import type { LogPublisher } from '../publication/log-publisher.ts'
import type { Digest } from '../record/digest.ts'
import type { Finding } from '../record/finding.ts'
import type { BlobStore, StagedBlob } from '../vault/blob-store.ts'
import type { DocumentStore, NamedDocument } from '../vault/document-store.ts'
import { Batches } from './batches.ts'
import { catalogEntryOf } from './catalog-entry.ts'
import { secondsText, type Clock } from './clock.ts'
import {
  missingAmong,
  prepareDeposit,
  type PreparedDeposit,
  type Submission,
} from './prepare-deposit.ts'
import { leafHashAt } from './leaf-hash-at.ts'
import type { Entered, Receipts } from './receipts.ts'
import { MissingBlobs, UnnamedBlob } from './refusals.ts'

/** Most records that share one flush. */
const largestBatch = 256

export interface DepositParts {
  readonly blobs: BlobStore
  readonly documents: DocumentStore
  readonly catalog: Catalog
  readonly entries: LogEntries
  readonly receipts: Receipts
  readonly publisher: LogPublisher
  /** A key that depositors of the project may sign with now. */
  readonly findKey: (kid: string, project: string) => Promise<PublicKey | undefined>
  readonly clock: Clock
  /** The runner that bundles of new records carry. */
  readonly runner: Digest
}

export interface DepositResult {
  readonly outcome: 'added' | 'already-there'
  readonly record: LoggedRecord
  /** The receipt's exact text. */
  readonly receipt: string
  /** Text of the proof file. */
  readonly proof: string
  readonly warnings: readonly Finding[]
}

/** What a deposit would say, without depositing. */
export interface DepositReport {
  readonly digest: Digest
  readonly planDigest: Digest | undefined
  readonly warnings: readonly Finding[]
  readonly missing: readonly Digest[]
}

interface Candidate {
  readonly prepared: PreparedDeposit
  readonly sizes: ReadonlyMap<Digest, number>
}

interface EnteredRecord extends Entered<LoggedRecord> {
  readonly outcome: 'added' | 'already-there'
}

type Accepted = Omit<DepositResult, 'warnings'>

/**
 * Takes records in. A deposit is answered only when the record's bytes, its place
 * in the log, its receipt and a published checkpoint that covers it are on disk; a
 * refused one leaves nothing.
 */
export class Deposits {
  readonly #parts: DepositParts
  readonly #recordBytes: Batches<NamedDocument, Digest>
  readonly #logEntries: Batches<Candidate, EnteredRecord>
  readonly #receipts: Batches<Entered<LoggedRecord>, string>
  /** Equal records that arrive together share one way through, and one receipt. */
  readonly #underWay = new Map<Digest, Promise<Accepted>>()

  constructor(parts: DepositParts) {
    this.#parts = parts
    this.#recordBytes = new Batches((list) => this.#writeRecords(list), largestBatch)
    this.#logEntries = new Batches((list) => this.#enterLog(list), largestBatch)
    this.#receipts = new Batches((list) => parts.receipts.issue(list), largestBatch)
  }

  /** @throws the refusals of `prepareDeposit`; missing blobs are listed, not refused. */
  async check(submission: Submission, staged: readonly StagedBlob[] = []): Promise<DepositReport> {
    const prepared = await prepareDeposit(submission, this.#parts.findKey)
    const sizes = await this.#sizesOf(prepared, staged)
    return {
      digest: prepared.digests.digest,
      planDigest: prepared.planDigest,
      warnings: prepared.warnings,
      missing: missingAmong(prepared.named, sizes),
    }
  }

  /**
   * @param staged - blobs that came in the same request; kept if and only if the
   *   record is accepted.
   * @throws MissingBlobs, UnnamedBlob, StorageFull, LogStopped, PublicationDelayed,
   *   ReceiptDelayed and the refusals of `prepareDeposit`.
   */
  async deposit(
    submission: Submission,
    staged: readonly StagedBlob[] = [],
  ): Promise<DepositResult> {
    this.#parts.publisher.refuseIfStopped()
    const prepared = await prepareDeposit(submission, this.#parts.findKey)
    const sizes = await this.#sizesOf(prepared, staged)
    const missing = missingAmong(prepared.named, sizes)
    if (missing.length > 0) throw new MissingBlobs(missing)
    await Promise.all(staged.map((blob) => blob.keep()))
    const { digest } = prepared.digests
    const known = this.#underWay.get(digest)
    const accepted = await (known ?? this.#enter({ prepared, sizes }))
    return {
      ...accepted,
      outcome: known === undefined ? accepted.outcome : 'already-there',
      warnings: prepared.warnings,
    }
  }

  /** Resolves when every deposit that was begun has been answered. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay.values())
  }

  async #sizesOf(
    prepared: PreparedDeposit,
    staged: readonly StagedBlob[],
  ): Promise<Map<Digest, number>> {
    const sizes = new Map(staged.map((blob) => [blob.digest, blob.byteLength]))
    const named = new Set(prepared.named.map((blob) => blob.digest))
    const unnamed = staged.find((blob) => !named.has(blob.digest))
    if (unnamed !== undefined) throw new UnnamedBlob(unnamed.digest)
    const others = [...named].filter((digest) => !sizes.has(digest))
    const stats = await Promise.all(others.map((digest) => this.#parts.blobs.find(digest)))
    for (const stat of stats) if (stat !== undefined) sizes.set(stat.digest, stat.byteLength)
    return sizes
  }

  async #enter(candidate: Candidate): Promise<Accepted> {
    const { digest } = candidate.prepared.digests
    const accepted = this.#accept(candidate)
    this.#underWay.set(digest, accepted)
    try {
      return await accepted
    } finally {
      this.#underWay.delete(digest)
    }
  }

  // Record bytes first, then the place in the log, then receipt and checkpoint: whatever
  // is in the catalog can be read, and whatever has a receipt is in the catalog. Each step
  // gathers its own batches, so that while one waits for the disk the others go on.
  async #accept(candidate: Candidate): Promise<Accepted> {
    await this.#recordBytes.add(recordDocument(candidate))
    const entered = await this.#logEntries.add(candidate)
    const { outcome, accepted: record } = entered
    const { digest, logIndex } = record
    const published = this.#parts.publisher.published({ digest, logIndex, kind: 'proof' })
    const [receipt, proof] = await Promise.all([this.#receiptOf(entered), published])
    return { outcome, record, receipt, proof }
  }

  // A record that is there already may lack its receipt, when the disk was full then.
  async #receiptOf(entered: EnteredRecord): Promise<string> {
    const { outcome, accepted } = entered
    const first = outcome === 'added' ? undefined : await this.#parts.receipts.find(accepted.digest)
    return first ?? this.#receipts.add(entered)
  }

  async #writeRecords(records: NamedDocument[]): Promise<Digest[]> {
    await this.#parts.documents.putAll(records)
    return records.map((record) => record.digest)
  }

  async #enterLog(candidates: Candidate[]): Promise<EnteredRecord[]> {
    const { catalog, entries, clock, runner } = this.#parts
    const acceptedAt = secondsText(clock())
    const records = await Promise.all(
      candidates.map(({ prepared, sizes }) => catalogEntryOf(prepared, sizes, acceptedAt, runner)),
    )
    const added = await catalog.addRecords(records)
    return Promise.all(
      added.map(async ({ outcome, record }, index) => {
        const leafHash = outcome === 'added' ? records[index]?.leafHash : undefined
        const accepted = record
        return { outcome, accepted, leafHash: leafHash ?? (await leafHashAt(entries, record)) }
      }),
    )
  }
}

function recordDocument({ prepared }: Candidate): NamedDocument {
  return { digest: prepared.digests.digest, kind: 'json', bytes: prepared.bytes }
}
