import type { BundleExport } from '../archive/export-bundle.ts'
import type { Retrieval, Withdrawal } from '../archive/retrieve.ts'
import { problemPage } from '../landing/problem-page.ts'
import { eventsShown } from '../landing/record-events.ts'
import { recordListPage } from '../landing/record-list-page.ts'
import { recordPage } from '../landing/record-page.ts'
import { startPage } from '../landing/start-page.ts'
import { tombstonePage } from '../landing/tombstone-page.ts'
import type {
  EventView,
  RecordFilter,
  RecordPageView,
  RecordSummary,
  Registry,
  SignpostingLink,
} from '../landing/views.ts'
import { isDigest, type Digest } from '../record/digest.ts'
import { recordMediaType } from '../record/record-digests.ts'
import { parseAcceptedRecord, type WorkflowRecord } from '../record/workflow-record.ts'
import type { Problem } from './problem.ts'

type Entry = Awaited<ReturnType<Retrieval['findRecord']>>

export interface RecordPageParts {
  readonly retrieval: Retrieval
  readonly bundles: BundleExport
  readonly registry: Registry
  readonly scripts: {
    /** Path of the script that checks a record. */
    recordPageScript(): Promise<string>
  }
}

const profiles = ['thin', 'standard', 'full'] as const
const newestShown = 20
/** Members of a collection that its page names by title. */
const membersShown = 200

/** Gathers what the pages show and renders them. */
export class RecordPages {
  readonly #parts: RecordPageParts

  constructor(parts: RecordPageParts) {
    this.#parts = parts
  }

  get registry(): Registry {
    return this.#parts.registry
  }

  async start(): Promise<string> {
    const { retrieval, registry } = this.#parts
    const newest = await retrieval.listRecords({ limit: newestShown }, {})
    const { records, blobs, blobBytes } = await retrieval.counts()
    const counts = { records, blobs, bytes: blobBytes }
    return startPage({ ...registry, newest: newest.map((entry) => summaryOf(entry)), counts })
  }

  list(page: {
    readonly query: string
    readonly items: readonly Entry[]
    /** When those of them were withdrawn that were. */
    readonly withdrawnAt: ReadonlyMap<Digest, string>
    readonly filters: readonly RecordFilter[]
    readonly cursor: string | undefined
    readonly next: string | null
  }): string {
    const items = page.items.map((entry) => summaryOf(entry, page.withdrawnAt.get(entry.digest)))
    return recordListPage({ ...this.#parts.registry, ...page, items })
  }

  async record(entry: Entry): Promise<string> {
    const { retrieval, registry } = this.#parts
    const { digest } = entry
    const record = await this.readRecord(digest)
    return recordPage({
      ...registry,
      ...entry,
      record,
      signers: await retrieval.listSigners(entry),
      bundles: await this.#bundlesOf(entry),
      state: (await retrieval.statesOf([digest])).get(digest),
      events: await this.#newestEvents(digest),
      ...(await this.#neighbours(digest, record)),
      checkScript: await this.#parts.scripts.recordPageScript(),
      links: this.links(entry, record),
    })
  }

  /** What stays of a record that was withdrawn. */
  async tombstone(entry: Entry, withdrawal: Withdrawal): Promise<string> {
    return tombstonePage({
      ...this.#parts.registry,
      ...entry,
      isSigned: entry.signatureKeys.length > 0,
      withdrawal,
      events: await this.#newestEvents(entry.digest),
    })
  }

  problem({ status, document }: Problem): string {
    return problemPage({ ...this.#parts.registry, status, ...document })
  }

  /** None as long as the record is not published. */
  async #bundlesOf(entry: Entry): Promise<RecordPageView['bundles']> {
    const found = profiles.map(async (profile) => {
      const bundle = await this.#parts.bundles.find(entry, profile)
      return bundle === undefined ? [] : [{ profile, byteLength: bundle.byteLength }]
    })
    return (await Promise.all(found)).flat()
  }

  async #newestEvents(record: Digest): Promise<EventView[]> {
    const newest = { record, order: 'newest-first' as const, limit: eventsShown + 1 }
    return this.#parts.retrieval.listEvents(newest, {})
  }

  /** Records that name this one, and records this one names. */
  async #neighbours(
    digest: Digest,
    record: WorkflowRecord,
  ): Promise<Pick<RecordPageView, 'referencedBy' | 'related'>> {
    const { retrieval } = this.#parts
    const referrers = await retrieval.listReferrers(digest, {})
    const titles = await retrieval.titlesOf(recordsNamedBy(record))
    const known = referrers.map(({ record: other }) => other.digest)
    const withdrawnAt = await retrieval.withdrawalTimesOf([...known, ...titles.keys()])
    return {
      referencedBy: referrers.map(({ type, record: other }) => ({
        ...summaryOf(other, withdrawnAt.get(other.digest)),
        relation: type,
      })),
      related: new Map(
        [...titles].map(([named, title]) => [
          named,
          { title, withdrawnAt: withdrawnAt.get(named) },
        ]),
      ),
    }
  }

  async readRecord(digest: Digest): Promise<WorkflowRecord> {
    return parseAcceptedRecord(await this.#parts.retrieval.readRecord(digest))
  }

  /** @see https://signposting.org/FAIR/ */
  links(entry: Entry, record: WorkflowRecord): SignpostingLink[] {
    const url = `${this.#parts.registry.registryUrl}/records/${entry.digest}`
    const authors = record.authors.flatMap(({ orcid }) =>
      orcid === undefined ? [] : [{ rel: 'author' as const, href: `https://orcid.org/${orcid}` }],
    )
    return [
      { rel: 'cite-as', href: url },
      { rel: 'describedby', href: `${url}/record.json`, type: recordMediaType },
      { rel: 'item', href: `${url}/bundle.tar?profile=standard`, type: 'application/x-tar' },
      { rel: 'type', href: 'https://schema.org/AboutPage' },
      { rel: 'type', href: 'https://schema.org/Dataset' },
      ...authors.slice(0, 10),
    ]
  }
}

function summaryOf(entry: Entry, withdrawnAt?: string): RecordSummary {
  return { ...entry, withdrawnAt }
}

function recordsNamedBy(record: WorkflowRecord): Digest[] {
  const members = record.kind === 'collection' ? record.members.slice(0, membersShown) : []
  const against = record.kind === 'run' ? record.run.comparison?.against : undefined
  const targets = (record.relations ?? []).flatMap(({ target }) =>
    typeof target === 'string' && isDigest(target) ? [target] : [],
  )
  return [...members, ...targets, ...(against === undefined ? [] : [against])]
}
