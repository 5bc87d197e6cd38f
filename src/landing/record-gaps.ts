import { declaredGapsOf, derivedGapsOf } from '../record/gaps.ts'
import type { Gap } from '../record/run.ts'
import type { WorkflowRecord } from '../record/workflow-record.ts'
import { html, type Content, type Html } from './html.ts'
import { firstFew } from './layout.ts'
import { countOf } from './quantity.ts'
import { cutNote, rowsShown } from './table.ts'
import { gapInWords } from './wording.ts'

/** What the record lacks, by its own account and by what the registry found in it. */
export function gapsList(record: WorkflowRecord, wholeAt: string): Html {
  const declared = declaredGapsOf(record)
  const derived = derivedGapsOf(record)
  if (declared.length + derived.length === 0) {
    return html`<p>None was declared, and the registry found none.</p>
      ${redactionsNote(record)}`
  }
  const items = [
    ...declared.map((gap) => ({ gap, by: 'declared by the depositor' })),
    ...derived.map((gap) => ({ gap, by: 'found by the registry' })),
  ]
  return html`<ul class="gaps">
      ${items.slice(0, rowsShown).map(({ gap, by }) => gapItem(gap, by))}
    </ul>
    ${cutNote(items.length, wholeAt)} ${redactionsNote(record)}`
}

function gapItem({ code, path, note }: Gap, by: string): Html {
  return html`<li>
    <strong>${gapInWords[code]}</strong>
    ${path && html`<code class="path">${path}</code>${note && ': '}`}${note}
    <small><code>${code}</code>, ${by}</small>
  </li>`
}

function redactionsNote(record: WorkflowRecord): Content {
  const redactions = record.kind === 'run' ? (record.run.capture?.redactions ?? []) : []
  if (redactions.length === 0) return undefined
  return html`<p>
    Taken out before the deposit:
    ${firstFew(
      redactions,
      ({ where, rule, count }) =>
        html`${countOf(count, 'place')} in <code class="path">${where}</code> (${rule})`,
      ', ',
    )}.
  </p>`
}
