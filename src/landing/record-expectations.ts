import { Verdict, type Expectation } from '../record/expectation.ts'
import type { Plan } from '../record/plan.ts'
import type { Comparison } from '../record/run.ts'
import type { PlanRecord, RunRecord } from '../record/workflow-record.ts'
import { html, joined, type Content, type Html } from './html.ts'
import { factsOf, firstFew, proseOf } from './layout.ts'
import { blobLink, knownRecordLink } from './links.ts'
import { cutNote, rowsShown, tableOf } from './table.ts'
import type { RecordPageView } from './views.ts'
import { boundsInWords, ruleInWords } from './rule-wording.ts'
import { measurementInWords, verdictBadge, verdictMeaning } from './wording.ts'

type Claim = NonNullable<Plan['claims']>[number]
type Result = Comparison['results'][number]
type Measurement = NonNullable<Result['measured']>[number]

/** What outputs must look like, and, where a run was compared, how they did. */
export function expectationsList(
  record: RunRecord | PlanRecord,
  view: RecordPageView,
  wholeAt: string,
): Html {
  const expectations = record.plan.expectations ?? []
  const comparison = record.kind === 'run' ? record.run.comparison : undefined
  const results = resultsByExpectation(comparison)
  return html`${comparisonNote(record, comparison, view)}
  ${expectations
    .slice(0, rowsShown)
    .map((expectation) => expectationEntry(expectation, results.get(expectation.id), wholeAt))}
  ${cutNote(expectations.length, wholeAt)}`
}

function comparisonNote(
  record: RunRecord | PlanRecord,
  comparison: Comparison | undefined,
  view: RecordPageView,
): Html {
  if (record.kind === 'plan') return html`<p>What a run of this plan must show.</p>`
  if (comparison === undefined) {
    return html`<p>
      What a replay must show. The outputs of this run itself were not compared with anything.
    </p>`
  }
  const { against, verdict } = comparison
  const other =
    against === undefined ? undefined : html` with ${knownRecordLink(against, view.related)}`
  return html`<p>
    The outputs were compared${other}: ${verdictBadge(verdict)} ${verdictMeaning[verdict]}.
  </p>`
}

function resultsByExpectation(comparison: Comparison | undefined): Map<string, Result[]> {
  return Map.groupBy(comparison?.results ?? [], (result) => result.expectation)
}

function expectationEntry(
  expectation: Expectation,
  results: readonly Result[] | undefined,
  wholeAt: string,
): Html {
  const { id, stage, path, required, reference, rule, basis } = expectation
  return html`<div class="entry" id="expectation-${id}">
    <h3>
      ${id} <span class="aside">${required ? 'required' : 'not required'}</span> ${worstOf(results)}
    </h3>
    ${results === undefined ? undefined : resultsTable(expectation, results, wholeAt)}
    ${factsOf([
      ['Output', html`<code class="path">${path}</code> of stage ${stage}`],
      ['Number of files', boundsInWords(expectation.count?.min, expectation.count?.max)],
      ['Rule', ruleInWords(rule)],
      ['Reference', reference === undefined ? undefined : blobLink(reference, path)],
      ['Why this tolerance', basis === undefined ? undefined : proseOf(basis)],
      ['Measured before', calibrationOf(expectation)],
    ])}
  </div>`
}

/** Levels are listed best first. */
function worstOf(results: readonly Result[] | undefined): Content {
  const levels = new Set((results ?? []).map((result) => result.level))
  const worst = Verdict.options.findLast((level) => levels.has(level))
  return worst && verdictBadge(worst)
}

interface ResultRow {
  readonly result: Result
  readonly measured: Measurement | undefined
}

function resultsTable(expectation: Expectation, results: readonly Result[], wholeAt: string): Html {
  const rows = results.flatMap((result): ResultRow[] => {
    const measured = result.measured ?? []
    if (measured.length === 0) return [{ result, measured: undefined }]
    return measured.map((measurement) => ({ result, measured: measurement }))
  })
  return tableOf({
    caption: `Comparison of ${expectation.id}`,
    columns: [
      {
        head: 'Output',
        cell: ({ result }) => html`<code class="path">${result.path ?? expectation.path}</code>`,
      },
      { head: 'Verdict', cell: ({ result }) => verdictBadge(result.level) },
      { head: 'Measured', cell: ({ measured }) => measured && measurementInWords(measured.name) },
      { head: 'Value', cell: ({ measured }) => measured?.value, isNumber: true },
      { head: 'Limit', cell: ({ measured }) => measured?.threshold, isNumber: true },
      { head: 'Note', cell: ({ result }) => result.note },
    ],
    rows,
    wholeAt,
  })
}

function calibrationOf({ calibration }: Expectation): Content {
  return firstFew(
    calibration ?? [],
    ({ name, value, note }) => html`${name}: ${value}${note && html` (${note})`}`,
    html`<br />`,
  )
}

/** What the authors say the run shows, and which expectations stand behind it. */
export function claimsList(claims: readonly Claim[], wholeAt: string): Html {
  return html`${claims.slice(0, rowsShown).map(
    ({ id, text, elements, expectations }) =>
      html`<div class="entry" id="claim-${id}">
        <h3>${id}</h3>
        ${proseOf(text)}
        ${factsOf([
          ['In the paper', firstFew(elements ?? [], (element) => element, ', ')],
          ['Supported by', joined((expectations ?? []).map(expectationLink), ', ')],
        ])}
      </div>`,
  )}
  ${cutNote(claims.length, wholeAt)}`
}

function expectationLink(id: string): Html {
  return html`<a href="#expectation-${id}">${id}</a>`
}
