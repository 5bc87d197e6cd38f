import { html, joined, type Content, type Html } from './html.ts'
import { pageOf, searchForm } from './page-frame.ts'
import { countInWords } from './quantity.ts'
import { recordSummaries } from './record-summaries.ts'
import type { RecordFilter, RecordListPageView } from './views.ts'
import { kindInWords } from './wording.ts'

const filterInWords: Readonly<Record<RecordFilter['name'], string>> = {
  kind: 'Kind',
  project: 'Project',
  application: 'Application',
  machine: 'Machine',
  verdict: 'Verdict',
  state: 'State',
  plan: 'Plan',
  withdrawn: 'Withdrawn records',
}

/** Records found by a search, or all of them, newest first. */
export function recordListPage(view: RecordListPageView): string {
  const heading = view.query === '' ? 'Records' : `Records with “${view.query}”`
  return pageOf(view, {
    title: heading,
    description: 'Search the records of this registry.',
    isListed: false,
    hasSearch: false,
    main: html`<div class="list">
      <header class="heading">
        <h1>${heading}</h1>
        ${searchForm(view.query, activeFilters(view))} ${filtersNav(view)}
      </header>
      ${foundRecords(view)} ${pagesNav(view)}
    </div>`,
  })
}

function foundRecords(view: RecordListPageView): Html {
  if (view.items.length > 0) return recordSummaries(view.items)
  if (view.cursor !== undefined) return html`<p>There are no more records.</p>`
  return html`<p>
    Nothing was found. A search looks for all its words in titles, summaries, authors, applications,
    keywords and package names.
  </p>`
}

function filtersNav(view: RecordListPageView): Content {
  const lines = (view.filters ?? []).map((filter) => filterLine(view, filter))
  if (lines.every((line) => line === undefined)) return undefined
  return html`<nav class="filters" aria-label="Narrow down">${lines}</nav>`
}

function filterLine(view: RecordListPageView, filter: RecordFilter): Content {
  const { name, active, choices = [] } = filter
  if (active !== undefined) {
    return html`<p>
      ${filterInWords[name]}: <strong>${wordOf(name, active)}</strong>
      <a href="${addressOf(view, { [name]: undefined })}"
        >${name === 'withdrawn' ? 'leave out' : 'show all'}</a
      >
    </p>`
  }
  if (choices.length === 0) return undefined
  const links = choices.map(
    ({ value, count }) =>
      html`<a href="${addressOf(view, { [name]: value })}">${wordOf(name, value)}</a
        >${count === undefined ? undefined : ` ${countInWords(count)}`}`,
  )
  return html`<p>${filterInWords[name]}: ${joined(links, ', ')}</p>`
}

function pagesNav(view: RecordListPageView): Content {
  if (view.next === null && view.cursor === undefined) return undefined
  return html`<nav class="pages" aria-label="Pages">
    ${view.cursor === undefined ? undefined : html`<a href="${addressOf(view, {})}">First page</a>`}
    ${
      view.next === null
        ? undefined
        : html`<a rel="next" href="${addressOf(view, { cursor: view.next })}">Next page</a>`
    }
  </nav>`
}

/** Address of this search with some parameters changed; it starts at the first page. */
function addressOf(
  view: RecordListPageView,
  changes: Readonly<Record<string, string | undefined>>,
): string {
  const parameters = { q: view.query, ...Object.fromEntries(activeFilters(view)), ...changes }
  const parts = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined || value === ''
      ? []
      : [`${name}=${encodeURIComponent(value.toWellFormed())}`],
  )
  return parts.length === 0 ? '/records' : `/records?${parts.join('&')}`
}

function activeFilters(view: RecordListPageView): [name: string, value: string][] {
  return (view.filters ?? []).flatMap(({ name, active }): [string, string][] =>
    active === undefined ? [] : [[name, active]],
  )
}

function wordOf(name: RecordFilter['name'], value: string): string {
  if (name !== 'kind') return value
  return Object.entries(kindInWords).find(([kind]) => kind === value)?.[1] ?? value
}
