import type { BundleExport } from '../archive/export-bundle.ts'
import type { Retrieval } from '../archive/retrieve.ts'
import { problemPage } from '../landing/problem-page.ts'
import { eventsShown } from '../landing/record-events.ts'
import { recordListPage } from '../landing/record-list-page.ts'
import { recordPage } from '../landing/record-page.ts'
import { startPage } from '../landing/start-page.ts'
import type { RecordFilter, RecordSummary, Registry, SignpostingLink } from '../landing/views.ts'
import { isDigest, type Digest } from '../record/digest.ts'
import { recordMediaType } from '../record/record-digests.ts'
import { parseAcceptedRecord, type WorkflowRecord } from '../record/workflow-record.ts'
import type { Problem } from './problem.ts'

type Entry = Awaited<ReturnType<Retrieval['findRecord']>>

export interface RecordPageParts {
  readonly retrieval: Retrieval
  readonly bundles: BundleExport
  readonly registry: Registry
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
    return startPage({ ...registry, newest: newest.map(summaryOf), counts })
  }

  list(page: {
    readonly query: string
    readonly items: readonly Entry[]
    readonly filters: readonly RecordFilter[]
    readonly cursor: string | undefined
    readonly next: string | null
  }): string {
    return recordListPage({ ...this.#parts.registry, ...page, items: page.items.map(summaryOf) })
  }

  async record(entry: Entry): Promise<string> {
    const { retrieval, bundles, registry } = this.#parts
    const record = await this.readRecord(entry.digest)
    const referrers = await retrieval.listReferrers(entry.digest, {})
    const { digest } = entry
    const newest = { record: digest, order: 'newest-first' as const, limit: eventsShown + 1 }
    const planned = await Promise.all(profiles.map((profile) => bundles.plan(entry, profile)))
    return recordPage({
      ...registry,
      ...entry,
      record,
      signatures: entry.signatureKeys,
      bundles: profiles.map((profile, index) => ({
        profile,
        byteLength: planned[index]?.byteLength ?? 0,
      })),
      state: (await retrieval.statesOf([digest])).get(digest),
      events: await retrieval.listEvents(newest, {}),
      referencedBy: referrers.map(({ type, record: other }) => ({ ...other, relation: type })),
      relatedTitles: await retrieval.titlesOf(recordsNamedBy(record)),
      links: this.links(entry, record),
    })
  }

  problem({ status, document }: Problem): string {
    return problemPage({ ...this.#parts.registry, status, ...document })
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

function summaryOf(entry: Entry): RecordSummary {
  return entry
}

function recordsNamedBy(record: WorkflowRecord): Digest[] {
  const members = record.kind === 'collection' ? record.members.slice(0, membersShown) : []
  const against = record.kind === 'run' ? record.run.comparison?.against : undefined
  const targets = (record.relations ?? []).flatMap(({ target }) =>
    typeof target === 'string' && isDigest(target) ? [target] : [],
  )
  return [...members, ...targets, ...(against === undefined ? [] : [against])]
}
