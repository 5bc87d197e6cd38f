import { isDigest } from '../record/digest.ts'
import { declaredGapsOf, derivedGapsOf } from '../record/gaps.ts'
import type { Author, WorkflowRecord } from '../record/workflow-record.ts'
import { html, joined, type Content, type Html } from './html.ts'
import { factsOf, firstFew, proseOf } from './layout.ts'
import { doiLink, knownRecordLink, orcidLink, recordLink, urlLink } from './links.ts'
import { countOf, timeOf } from './quantity.ts'
import type { RecordPageView } from './views.ts'
import { kindInWords, stateBadge, verdictBadge, verdictMeaning } from './wording.ts'

/** What the record is, who made it, and its name. */
export function recordHeading(view: RecordPageView): Html {
  const { record } = view
  return html`<header class="heading">
    ${supersededNotice(view)}
    <p class="kind">${kindOf(view)}</p>
    <h1 dir="auto">${record.title}${view.state && [' ', stateBadge(view.state)]}</h1>
    <p class="authors">${firstFew(record.authors, authorOf, '; ')}</p>
    ${outcome(view)}
    <p class="name"><span>Digest</span> <code class="whole">${view.digest}</code></p>
  </header>`
}

/** Summary and facts about the whole record. */
export function aboutRecord(view: RecordPageView): Html {
  const { record } = view
  return html`${proseOf(record.summary ?? '')}
  ${factsOf([
    ['Project', projectOf(record)],
    ['Application', applicationOf(record)],
    ['Licence', licenseOf(record.license)],
    ['Made', timeOf(record.createdAt)],
    ['Accepted', timeOf(view.acceptedAt)],
    ['Keywords', keywordsOf(record.keywords ?? [])],
    ['Publications', publicationsOf(record)],
  ])}`
}

function kindOf({ record, related }: RecordPageView): Content {
  const words = kindInWords[record.kind]
  const relation = (record.relations ?? []).find(({ type }) => type === 'replayOf')
  if (relation === undefined) return words
  const { target } = relation
  const original =
    typeof target === 'string' && isDigest(target)
      ? html` of ${knownRecordLink(target, related)}`
      : undefined
  return html`${words}, a replay${original}`
}

function supersededNotice(view: RecordPageView): Content {
  const newer = view.referencedBy.find(
    ({ relation, withdrawnAt }) => relation === 'supersedes' && withdrawnAt === undefined,
  )
  if (newer === undefined) return undefined
  return html`<p class="notice">
    A newer record supersedes this one: ${recordLink(newer.digest, newer)}. This one stays as it is.
  </p>`
}

/** What a reader should know before anything else: the verdict and the gaps. */
function outcome({ record }: RecordPageView): Content {
  const comparison = record.kind === 'run' ? record.run.comparison : undefined
  const verdict =
    comparison &&
    html`<a href="#expectations">${verdictBadge(comparison.verdict)}</a>
      ${verdictMeaning[comparison.verdict]}`
  const gaps = declaredGapsOf(record).length + derivedGapsOf(record).length
  const gapsLink = gaps === 0 ? undefined : html`<a href="#gaps">${countOf(gaps, 'gap')}</a>`
  const facts = [verdict, gapsLink].filter((fact) => fact !== undefined)
  return facts.length === 0 ? undefined : html`<p class="outcome">${joined(facts, ' · ')}</p>`
}

function authorOf(author: Author): Html {
  const orcid = author.orcid === undefined ? undefined : html` (${orcidLink(author.orcid)})`
  return html`<span class="author"><bdi>${author.name}</bdi>${orcid}${affiliationOf(author)}</span>`
}

function affiliationOf({ affiliation }: Author): Content {
  if (affiliation === undefined) return undefined
  const { name, ror } = affiliation
  return html`, <span class="affiliation">${ror === undefined ? name : urlLink(ror, name)}</span>`
}

function projectOf({ project }: WorkflowRecord): Content {
  return project.url === undefined ? project.name : urlLink(project.url, project.name)
}

function applicationOf({ application }: WorkflowRecord): Content {
  if (application === undefined) return undefined
  return [application.name, application.version].filter((part) => part !== undefined).join(' ')
}

/** An SPDX identifier leads to its text; an expression of several does not. */
function licenseOf(license: string | undefined): Content {
  if (license === undefined) return 'not stated'
  if (!/^[A-Za-z0-9.+-]+$/.test(license)) return license
  return urlLink(`https://spdx.org/licenses/${license}`, license)
}

function keywordsOf(keywords: readonly string[]): Html {
  const link = (keyword: string) =>
    html`<a href="/records?q=${encodeURIComponent(keyword)}">${keyword}</a>`
  return joined(keywords.map(link), ', ')
}

function publicationsOf(record: WorkflowRecord): Html {
  const words = {
    IsDescribedBy: 'described by',
    IsSupplementTo: 'supplement to',
    IsCitedBy: 'cited by',
    IsReferencedBy: 'referenced by',
    IsDocumentedBy: 'documented by',
    IsPublishedIn: 'published in',
  }
  return firstFew(
    record.publications ?? [],
    ({ doi, relation }) => html`${words[relation]} ${doiLink(doi)}`,
    html`<br />`,
  )
}
