import { html, type Html } from './html.ts'
import type { RecordPageView } from './views.ts'

/** How a reader checks what the page says, without believing the page. */
export function checkBox({ checkScript }: RecordPageView): Html {
  return html`<p>
      Nobody has to believe this page. A script in your browser can fetch the record, its receipt
      and the log, and check every hash and signature between them.
    </p>
    <div id="record-check" class="check">
      <p class="note">It needs JavaScript, which is not there or switched off.</p>
    </div>
    <p class="aside">
      The script comes from this registry, and one that meant to deceive you could send another.
      <a href="/verify-by-hand.md">Check by hand</a>, with nothing but common programs, or with a
      copy of <code>stele.pyz</code> that you have from somewhere else.
    </p>
    ${checkScript && html`<script type="module" src="${checkScript}"></script>`}`
}
