import { isDigest } from '../record/digest.ts'
import type { Relation, WorkflowRecord } from '../record/workflow-record.ts'
import { html, type Content, type Html } from './html.ts'
import {
  commitOf,
  digestOf,
  doiLink,
  knownRecordLink,
  recordLink,
  swhidLink,
  urlLink,
} from './links.ts'
import { countOf, dayOf } from './quantity.ts'
import { tableOf } from './table.ts'
import type { RecordPageView, Referrer } from './views.ts'
import { kindInWords, referrerInWords, relationInWords, verdictBadge } from './wording.ts'

/** Where the record comes from, and what came of it. */
export function provenanceTables(view: RecordPageView, wholeAt: string): Html {
  const relations = view.record.relations ?? []
  if (relations.length + view.referencedBy.length === 0) {
    return html`<p>
      ${view.record.kind === 'collection' ? undefined : 'This record names no other one.'} No other
      record in this registry names it so far.
    </p>`
  }
  return html`${relations.length === 0 ? undefined : relationsTable(view, relations, wholeAt)}
  ${view.referencedBy.length === 0 ? undefined : referrersTable(view.referencedBy, wholeAt)}`
}

/** The records of a collection. */
export function membersTable(
  record: Extract<WorkflowRecord, { kind: 'collection' }>,
  related: RecordPageView['related'],
  wholeAt: string,
): Html {
  return tableOf({
    caption: countOf(record.members.length, 'member'),
    columns: [
      { head: 'Record', cell: (digest) => knownRecordLink(digest, related) },
      { head: 'Digest', cell: (digest) => (related.has(digest) ? digestOf(digest) : undefined) },
    ],
    rows: record.members,
    wholeAt,
  })
}

function relationsTable(
  view: RecordPageView,
  relations: readonly Relation[],
  wholeAt: string,
): Html {
  return tableOf({
    caption: 'What this record names',
    columns: [
      { head: 'Relation', cell: ({ type }) => relationInWords[type] },
      { head: 'To', cell: ({ target }) => targetOf(target, view.related) },
    ],
    rows: relations,
    wholeAt,
  })
}

function referrersTable(referrers: readonly Referrer[], wholeAt: string): Html {
  return tableOf({
    caption: 'What names this record',
    columns: [
      { head: 'Relation', cell: ({ relation }) => referrerInWords[relation] },
      { head: 'Record', cell: (referrer) => recordLink(referrer.digest, referrer) },
      { head: 'Kind', cell: ({ kind }) => kindInWords[kind] },
      { head: 'Verdict', cell: ({ verdict }) => verdict && verdictBadge(verdict) },
      { head: 'Accepted', cell: ({ acceptedAt }) => dayOf(acceptedAt) },
      { head: 'Digest', cell: ({ digest }) => digestOf(digest) },
    ],
    rows: referrers,
    wholeAt,
  })
}

function targetOf(target: Relation['target'], related: RecordPageView['related']): Content {
  if (typeof target === 'object') {
    return html`${urlLink(target.url)} ${target.commit && ['at ', commitOf(target.commit)]}`
  }
  if (isDigest(target)) return knownRecordLink(target, related)
  return target.startsWith('swh:') ? swhidLink(target) : doiLink(target)
}
