import { html, joined, type Content, type Html } from './html.ts'
import { digestOf } from './links.ts'
import { dayOf } from './quantity.ts'
import type { RecordSummary } from './views.ts'
import { kindInWords, verdictBadge, withdrawnBadge } from './wording.ts'

const authorsShown = 4

/** Records one below the other, as search and the start page show them. */
export function recordSummaries(records: readonly RecordSummary[]): Html {
  return html`<ol class="records">
    ${records.map(recordSummary)}
  </ol>`
}

function recordSummary(record: RecordSummary): Html {
  const facts = [
    html`<span class="kind">${kindInWords[record.kind]}</span>`,
    record.application,
    record.project,
    authorsOf(record.authors ?? []),
    html`accepted ${dayOf(record.acceptedAt)}`,
    digestOf(record.digest),
  ].filter((fact) => fact !== undefined)
  return html`<li>
    <a class="title" href="/records/${record.digest}" dir="auto">${record.title}</a>
    ${record.verdict && verdictBadge(record.verdict)} ${record.withdrawnAt && withdrawnBadge()}
    <p>${joined(facts, ' · ')}</p>
  </li>`
}

function authorsOf(authors: readonly string[]): Content {
  if (authors.length === 0) return undefined
  const shown = authors.slice(0, authorsShown)
  return html`<bdi>${shown.join(', ')}${authors.length > shown.length ? ' et al.' : ''}</bdi>`
}
