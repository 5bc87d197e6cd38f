import { bundleFormat } from '../attestation/receipt.ts'
import type { KeyInSet } from '../attestation/public-keys.ts'
import { layOutBundle, topDirectoryOf, type BundledRecord } from '../bundle/layout.ts'
import type { BundleProfile } from '../bundle/payload.ts'
import { planBundle, type ByteRange, type PlannedBundle } from '../bundle/write-bundle.ts'
import type { Catalog, LoggedRecord } from '../catalog/catalog.ts'
import type { LogEntries } from '../catalog/log-entries.ts'
import { parseProofFile } from '../log/proof-file.ts'
import { canonicalText } from '../record/canonical-json.ts'
import type { Digest } from '../record/digest.ts'
import { parseAcceptedRecord } from '../record/workflow-record.ts'
import type { BlobStore } from '../vault/blob-store.ts'
import type { Receipts } from './receipts.ts'
import { NotYetPublished } from './refusals.ts'
import type { Retrieval } from './retrieve.ts'

export interface ExportParts {
  readonly blobs: BlobStore
  readonly catalog: Catalog
  readonly retrieval: Retrieval
  readonly receipts: Receipts
  readonly entries: LogEntries
  /** Public keys that vouch for the record: those of its receipt and of its depositors. */
  readonly keysFor: (record: LoggedRecord, receipt: string) => Promise<KeyInSet[]>
  /** The policy file of the log, with the keys that signed this checkpoint. */
  readonly policyOf: (checkpoint: string) => Promise<string>
}

/** A bundle, decided to the last byte and not yet read. */
export interface ExportedBundle {
  readonly byteLength: number
  readonly etag: string
  readonly fileName: string
  /** Each piece may be overwritten as soon as the next is asked for. */
  open(range: ByteRange): AsyncIterable<Uint8Array>
}

/**
 * Makes bundles: a pure function of the record, its signatures, its receipt, and the
 * first checkpoint that covers it.
 */
export class BundleExport {
  readonly #parts: ExportParts

  constructor(parts: ExportParts) {
    this.#parts = parts
  }

  /** @throws NotYetPublished */
  async plan(entry: LoggedRecord, profile: BundleProfile): Promise<ExportedBundle> {
    const planned = await this.#planned(entry, profile)
    const { blobs } = this.#parts
    return {
      byteLength: planned.byteLength,
      etag: planned.etag,
      fileName: `${topDirectoryOf(entry.digest)}-${profile}.tar`,
      open: (range) =>
        planned.open(range, (digest, part) => blobs.open(digest, part, { reusePieces: true })),
    }
  }

  /** The same, but nothing for a record that is not yet published. */
  async find(entry: LoggedRecord, profile: BundleProfile): Promise<ExportedBundle | undefined> {
    try {
      return await this.plan(entry, profile)
    } catch (error) {
      if (error instanceof NotYetPublished) return undefined
      throw error
    }
  }

  async #planned(entry: LoggedRecord, profile: BundleProfile): Promise<PlannedBundle> {
    const { catalog, retrieval } = this.#parts
    const [recordBytes, statements, sizes, runner] = await Promise.all([
      retrieval.readRecord(entry.digest),
      this.#statementsOn(entry),
      catalog.blobsOf(entry.logIndex),
      this.#runnerOf(entry),
    ])
    const issuedAt = Date.parse(entry.acceptedAt) / 1000
    const entries = await layOutBundle(
      {
        record: parseAcceptedRecord(recordBytes),
        recordDigest: entry.digest,
        recordBytes,
        signatures: entry.signatures,
        ...statements,
        pinned: { bundleFormat, issuedAt, runner },
        byteLengthOf: (digest) => sizes.get(digest),
      },
      profile,
    )
    return planBundle(entries, topDirectoryOf(entry.digest), issuedAt)
  }

  /** What the registry says about the record, and what its words are checked with. */
  async #statementsOn(
    entry: LoggedRecord,
  ): Promise<Pick<BundledRecord, 'receipt' | 'jwks' | 'leaf' | 'proof' | 'checkpoint' | 'policy'>> {
    const { receipts, entries, keysFor, policyOf, retrieval } = this.#parts
    const [receipt, proofBytes, [logEntry]] = await Promise.all([
      receipts.find(entry.digest),
      retrieval.readDocument(entry.digest, 'proof'),
      entries.listEntries({ from: entry.logIndex, limit: 1 }),
    ])
    if (receipt === undefined || proofBytes === undefined) throw new NotYetPublished(entry.digest)
    if (logEntry === undefined) throw new Error(`record ${entry.digest} has no log entry`)
    const proof = new TextDecoder().decode(proofBytes)
    const { checkpoint } = parseProofFile(proof)
    const keys = await keysFor(entry, receipt)
    return {
      receipt,
      jwks: canonicalText({ keys: keys.map((key) => ({ ...key })) }),
      leaf: logEntry.leaf,
      proof,
      checkpoint,
      policy: await policyOf(checkpoint),
    }
  }

  async #runnerOf({ runner }: LoggedRecord): Promise<{ digest: Digest; byteLength: number }> {
    const stat = await this.#parts.blobs.find(runner)
    if (stat === undefined) throw new Error(`the runner ${runner} is not in the store`)
    return stat
  }
}
