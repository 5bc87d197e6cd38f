import { html } from './html.ts'
import { pageOf } from './page-frame.ts'
import type { ProblemPageView } from './views.ts'

/** A refusal, for people; programs get the same as problem+json. */
export function problemPage(view: ProblemPageView): string {
  return pageOf(view, {
    title: view.title,
    description: `${view.status}: ${view.title}`,
    isListed: false,
    hasSearch: true,
    main: html`<div class="problem">
      <header class="heading">
        <p class="kind">${view.status}</p>
        <h1>${view.title}</h1>
      </header>
      ${view.detail && html`<p class="prose">${view.detail}</p>`}
      <p>Code: <code>${view.code}</code></p>
      <p><a href="/">Start page</a> · <a href="/records">All records</a></p>
    </div>`,
  })
}
