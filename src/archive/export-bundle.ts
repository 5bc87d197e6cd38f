import { bundleFormat } from '../attestation/receipt.ts'
import type { PublicKey } from '../attestation/public-keys.ts'
import { layOutBundle, topDirectoryOf } from '../bundle/layout.ts'
import type { BundleProfile } from '../bundle/payload.ts'
import { planBundle, type ByteRange, type PlannedBundle } from '../bundle/write-bundle.ts'
import type { Catalog, LoggedRecord } from '../catalog/catalog.ts'
import { canonicalText } from '../record/canonical-json.ts'
import type { Digest } from '../record/digest.ts'
import { parseAcceptedRecord } from '../record/workflow-record.ts'
import type { BlobStore } from '../vault/blob-store.ts'
import type { Receipts } from './receipts.ts'
import type { Retrieval } from './retrieve.ts'

export interface ExportParts {
  readonly blobs: BlobStore
  readonly catalog: Catalog
  readonly retrieval: Retrieval
  readonly receipts: Receipts
  /** Public keys that vouch for the record: those of its receipt and of its depositors. */
  readonly keysFor: (record: LoggedRecord) => Promise<PublicKey[]>
}

/** A bundle, decided to the last byte and not yet read. */
export interface ExportedBundle {
  readonly byteLength: number
  readonly etag: string
  readonly fileName: string
  /** Each piece may be overwritten as soon as the next is asked for. */
  open(range: ByteRange): AsyncIterable<Uint8Array>
}

/** Makes bundles: a pure function of the record, its signatures and its receipt. */
export class BundleExport {
  readonly #parts: ExportParts

  constructor(parts: ExportParts) {
    this.#parts = parts
  }

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

  async #planned(entry: LoggedRecord, profile: BundleProfile): Promise<PlannedBundle> {
    const { catalog, retrieval, receipts, keysFor } = this.#parts
    const [recordBytes, receipt, sizes, keys, runner] = await Promise.all([
      retrieval.readRecord(entry.digest),
      receipts.find(entry.digest),
      catalog.blobsOf(entry.logIndex),
      keysFor(entry),
      this.#runnerOf(entry),
    ])
    if (receipt === undefined) throw new Error(`record ${entry.digest} has no receipt`)
    const issuedAt = Date.parse(entry.acceptedAt) / 1000
    const entries = await layOutBundle(
      {
        record: parseAcceptedRecord(recordBytes),
        recordDigest: entry.digest,
        recordBytes,
        receipt,
        jwks: canonicalText({ keys: keys.map((key) => ({ ...key })) }),
        signatures: entry.signatures,
        leaf: entry.leaf,
        pinned: { bundleFormat, issuedAt, runner },
        byteLengthOf: (digest) => sizes.get(digest),
      },
      profile,
    )
    return planBundle(entries, topDirectoryOf(entry.digest), issuedAt)
  }

  async #runnerOf({ runner }: LoggedRecord): Promise<{ digest: Digest; byteLength: number }> {
    const stat = await this.#parts.blobs.find(runner)
    if (stat === undefined) throw new Error(`the runner ${runner} is not in the store`)
    return stat
  }
}
