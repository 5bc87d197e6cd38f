import type { Digest } from '../record/digest.ts'
import type { Verdict } from '../record/expectation.ts'
import type { RecordEvent, RecordState } from '../record/record-event.ts'
import type { RecordKind, Relation, WorkflowRecord } from '../record/workflow-record.ts'

/**
 * Everything the pages show, as plain data: whoever serves a page reads the
 * clock and the catalog, and hands over the result. All times are RFC 3339 in
 * UTC, all sizes bytes.
 */

/** The installation that serves the page. */
export interface Registry {
  /** How the world reaches it, without a slash at the end. */
  readonly registryUrl: string
  readonly registryName: string
}

/**
 * One typed link in the head of a page. The same links go into the `Link` header.
 *
 * @see https://signposting.org/FAIR/
 */
export interface SignpostingLink {
  readonly rel: 'cite-as' | 'describedby' | 'item' | 'license' | 'author' | 'type' | 'linkset'
  readonly href: string
  /** Media type of what the link leads to. */
  readonly type?: string | undefined
  readonly profile?: string | undefined
}

/** One line of a list of records. */
export interface RecordSummary {
  readonly digest: Digest
  readonly kind: RecordKind
  readonly title: string
  readonly project: string
  readonly acceptedAt: string
  readonly application?: string | undefined
  readonly authors?: readonly string[] | undefined
  /** Overall verdict of the comparison, if the record has one. */
  readonly verdict?: Verdict | undefined
  readonly withdrawnAt?: string | undefined
}

export interface StartPageView extends Registry {
  readonly newest: readonly RecordSummary[]
  readonly counts: { readonly records: number; readonly blobs: number; readonly bytes: number }
}

/** One way to narrow a list down; `name` is also the name of the query parameter. */
export interface RecordFilter {
  readonly name:
    'kind' | 'project' | 'application' | 'machine' | 'verdict' | 'state' | 'plan' | 'withdrawn'
  /** The value the list is narrowed to now. */
  readonly active?: string | undefined
  /** Values to choose from; `count` is the number of records, where it is known. */
  readonly choices?: readonly { readonly value: string; readonly count?: number | undefined }[]
}

export interface RecordListPageView extends Registry {
  /** The search text; '' if there is none. */
  readonly query: string
  readonly items: readonly RecordSummary[]
  readonly filters?: readonly RecordFilter[] | undefined
  /** Cursor of this page; undefined on the first one. */
  readonly cursor?: string | undefined
  /** Cursor of the next page, as the list answers it. */
  readonly next: string | null
}

/** Another record that points at this one. */
export interface Referrer {
  /** What the other record says of this one; `hasMember` is a collection with it. */
  readonly relation: Relation['type'] | 'hasMember'
  readonly digest: Digest
  readonly title: string
  readonly kind: RecordKind
  readonly acceptedAt: string
  /** Overall verdict of the other record's comparison. */
  readonly verdict?: Verdict | undefined
  readonly withdrawnAt?: string | undefined
}

/** Another record of this registry, as far as a link to it says. */
export interface RelatedRecord {
  readonly title: string
  readonly withdrawnAt?: string | undefined
}

/** A key of the depositor that signed the record; the signature was checked at the deposit. */
export interface SignerView {
  /** RFC 7638 thumbprint. */
  readonly kid: string
  readonly alg: string
  /** When the key was bound to the project, and when it was revoked, if it was. */
  readonly boundAt?: string | undefined
  readonly revokedAt?: string | undefined
  /** Whether it was bound and not revoked at the record's place in the log. */
  readonly wasValid: boolean
}

/** What was stated about the record after it was made. */
export interface EventView {
  readonly digest: Digest
  readonly event: RecordEvent
  readonly logIndex: number
  readonly acceptedAt: string
  /** Keys of those who signed the event itself. */
  readonly signatureKeys: readonly { readonly kid: string; readonly alg: string }[]
}

export interface RecordPageView extends Registry {
  readonly digest: Digest
  readonly record: WorkflowRecord
  readonly planDigest?: Digest | undefined
  readonly logIndex: number
  readonly acceptedAt: string
  /** Project of the token the record was deposited with. */
  readonly project: string
  /** Bytes of the record itself. */
  readonly byteLength: number
  readonly signers: readonly SignerView[]
  /** Distinct blobs the record names, and their bytes together. */
  readonly blobCount: number
  readonly blobBytes: number
  readonly bundles: readonly {
    readonly profile: 'thin' | 'standard' | 'full'
    readonly byteLength: number
  }[]
  /** What the newest `state` event says. */
  readonly state?: RecordState | undefined
  /** Newest first. */
  readonly events: readonly EventView[]
  /** Newest first. */
  readonly referencedBy: readonly Referrer[]
  /** Records, by digest, that this one names and the registry knows. */
  readonly related: ReadonlyMap<string, RelatedRecord>
  /** Path of the script that checks the record in the reader's browser. */
  readonly checkScript?: string | undefined
  readonly links: readonly SignpostingLink[]
}

/** What stays of a record that was withdrawn. */
export interface TombstoneView extends Registry {
  readonly digest: Digest
  readonly title: string
  readonly kind: RecordKind
  readonly logIndex: number
  /** When the record was deposited. */
  readonly acceptedAt: string
  /** Whether the depositor signed it. */
  readonly isSigned: boolean
  readonly withdrawal: EventView & {
    readonly event: Extract<RecordEvent, { readonly type: 'withdrawal' }>
  }
  /** Newest first, the withdrawal among them. */
  readonly events: readonly EventView[]
}

export interface ProblemPageView extends Registry {
  readonly status: number
  /** The stable code of the refusal. */
  readonly code: string
  readonly title: string
  readonly detail?: string | undefined
}
