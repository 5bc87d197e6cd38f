import { html, type Content, type Html } from './html.ts'
import { factsOf, firstFew } from './layout.ts'
import { countInWords, countOf, dayOf, sizeOf, timeOf } from './quantity.ts'
import type { RecordPageView, SignerView } from './views.ts'

/** What the registry knows and signed about the record. */
export function registryBox(view: RecordPageView): Html {
  const page = `/records/${view.digest}`
  return factsOf([
    ['In the log since', timeOf(view.acceptedAt)],
    ['Log index', countInWords(view.logIndex)],
    [
      'Proof',
      html`<a href="${page}/proof">that it is in the log</a>, against the first checkpoint that
        covers it; <a href="/log/checkpoint">the newest checkpoint</a>`,
    ],
    ['Deposited for', view.project],
    ['Record', html`<a href="${page}/record.json">record.json</a> (${sizeOf(view.byteLength)})`],
    ['Receipt', html`<a href="${page}/receipt">signed by the registry</a>`],
    ['Depositor’s signatures', signaturesOf(view, page)],
    ['Files', html`${countOf(view.blobCount, 'blob')}, ${sizeOf(view.blobBytes)}`],
    ['Plan', view.planDigest && html`<code class="whole">${view.planDigest}</code>`],
  ])
}

function signaturesOf({ signers }: RecordPageView, page: string): Content {
  if (signers.length === 0) return 'none: the registry vouches for the deposit alone'
  return html`${firstFew(signers, signerOf, html`<br />`)}<br /><a href="${page}/signatures"
      >all signatures</a
    >`
}

function signerOf(signer: SignerView): Html {
  const { alg, kid, boundAt } = signer
  const since = boundAt && html`, bound to the project since ${dayOf(boundAt)}`
  return html`<code>${alg}</code> by key <code class="line">${kid}</code>${since};
    ${validityOf(signer)}`
}

function validityOf({ boundAt, revokedAt, wasValid }: SignerView): Content {
  if (boundAt === undefined) return 'the registry knows no such key any more'
  const revoked = revokedAt && html`revoked ${dayOf(revokedAt)}`
  if (wasValid) return revoked ? html`valid at the deposit, ${revoked}` : 'valid at the deposit'
  return revoked
    ? html`<strong>not valid at the deposit</strong>, ${revoked}`
    : html`<strong>not valid at the deposit</strong>`
}
