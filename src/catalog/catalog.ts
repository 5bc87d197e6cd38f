import type { Digest } from '../record/digest.ts'
import type { Verdict } from '../record/expectation.ts'
import type { RecordState } from '../record/record-event.ts'
import type { RecordKind, Relation } from '../record/workflow-record.ts'

/** What the catalog keeps of an accepted record, apart from its bytes. */
export interface RecordEntry {
  readonly digest: Digest
  /** 128 hex digits. */
  readonly sha512: string
  readonly byteLength: number
  readonly planDigest?: Digest | undefined
  readonly kind: RecordKind
  readonly title: string
  readonly authors: readonly string[]
  readonly project: string
  readonly application?: string | undefined
  /** Public name of the machine. */
  readonly machine?: string | undefined
  /** Overall verdict of the record's comparison. */
  readonly verdict?: Verdict | undefined
  /** RFC 3339 in UTC, whole seconds; also in the leaf. */
  readonly acceptedAt: string
  /** Depositor signatures as they are stored; see docs/format.md, section 8. */
  readonly signatures?: string | undefined
  readonly signatureKeys: readonly { readonly kid: string; readonly alg: string }[]
  /** Runner that goes into the record's bundles. */
  readonly runner: Digest
  /** Distinct blobs the record names, and their bytes together. */
  readonly blobCount: number
  readonly blobBytes: number
}

/** An entry with its place in the log. */
export interface LoggedRecord extends RecordEntry {
  readonly logIndex: number
}

export interface NewRecord extends RecordEntry {
  /** Exact bytes of the log entry, and the hex of its hash. */
  readonly leaf: Uint8Array
  readonly leafHash: string
  readonly blobs: ReadonlyMap<Digest, number>
  /** Targets that are a digest or a text; others cannot be found again and are left out. */
  readonly relations: readonly { readonly type: RelationType; readonly target: string }[]
  readonly words: SearchableWords
}

/** What free text is searched in. */
export interface SearchableWords {
  readonly title: string
  readonly summary: string
  readonly authors: string
  readonly application: string
  readonly keywords: string
  readonly packages: string
}

/** `hasMember` is what a collection says of its members. */
export type RelationType = Relation['type'] | 'hasMember'

export interface RecordQuery {
  /** Words that must all occur, the last one as a prefix. */
  readonly text?: string | undefined
  readonly kind?: RecordKind | undefined
  readonly project?: string | undefined
  readonly application?: string | undefined
  readonly machine?: string | undefined
  readonly verdict?: Verdict | undefined
  readonly planDigest?: Digest | undefined
  /** What the newest `state` event says. */
  readonly state?: RecordState | undefined
  /** Whether withdrawn records are among the answers; left out by default. */
  readonly withdrawn?: 'left-out' | 'included' | undefined
  /** Only entries with a smaller log index. */
  readonly before?: number | undefined
  readonly limit: number
}

export interface Referrer {
  readonly type: RelationType
  readonly record: LoggedRecord
}

export interface CatalogCounts {
  readonly records: number
  /** Distinct blobs that records name, and their bytes. */
  readonly blobs: number
  readonly blobBytes: number
}

/**
 * Seam: the index of everything accepted. A record and its entry in the log are
 * added together, so the catalog also assigns log indexes.
 */
export interface Catalog {
  /**
   * Adds records in this order, all or none, with the next log indexes. When the
   * promise resolves they survive a power cut. A record that is there already
   * keeps its first entry and takes no index. Under concurrent calls the log
   * stays dense: no two entries share an index, none is left out.
   *
   * @returns for each record its entry, and whether this call added it.
   * @throws CatalogFull when there is no room.
   */
  addRecords(
    records: readonly NewRecord[],
  ): Promise<{ readonly outcome: 'added' | 'already-there'; readonly record: LoggedRecord }[]>

  findRecord(digest: Digest): Promise<LoggedRecord | undefined>

  /** Digests whose hex begins with `hexPrefix`, at most `limit`. */
  findByPrefix(hexPrefix: string, limit: number): Promise<Digest[]>

  /** Newest first. */
  listRecords(query: RecordQuery): Promise<LoggedRecord[]>

  /** Sizes of the blobs one record names. */
  blobsOf(logIndex: number): Promise<ReadonlyMap<Digest, number>>

  /** Records that point at `target`, newest first, at most `limit`. */
  listReferrers(target: string, limit: number): Promise<Referrer[]>

  /** Titles of those of the records that are known. */
  titlesOf(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, string>>

  counts(): Promise<CatalogCounts>
}
