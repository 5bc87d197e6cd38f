import { html, type Content, type Html } from './html.ts'
import { factsOf, firstFew } from './layout.ts'
import { countInWords, countOf, sizeOf, timeOf } from './quantity.ts'
import type { RecordPageView } from './views.ts'

/** What the registry knows and signed about the record. */
export function registryBox(view: RecordPageView): Html {
  const page = `/records/${view.digest}`
  return factsOf([
    ['Accepted', timeOf(view.acceptedAt)],
    ['Log index', countInWords(view.logIndex)],
    ['Deposited for', view.project],
    ['Record', html`<a href="${page}/record.json">record.json</a> (${sizeOf(view.byteLength)})`],
    ['Receipt', html`<a href="${page}/receipt">signed by the registry</a>`],
    ['Depositor’s signatures', signaturesOf(view, page)],
    ['Files', html`${countOf(view.blobCount, 'blob')}, ${sizeOf(view.blobBytes)}`],
    ['Plan', view.planDigest && html`<code class="whole">${view.planDigest}</code>`],
  ])
}

function signaturesOf({ signatures }: RecordPageView, page: string): Content {
  if (signatures.length === 0) return 'none: the registry vouches for the deposit alone'
  const keys = firstFew(
    signatures,
    ({ kid, alg }) => html`<code>${alg}</code> by key <code class="line">${kid}</code>`,
    html`<br />`,
  )
  return html`${keys}<br /><a href="${page}/signatures">all signatures</a>`
}
