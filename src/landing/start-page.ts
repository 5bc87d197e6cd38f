import { html, type Html } from './html.ts'
import { commandsOf, sectionOf } from './layout.ts'
import { pageOf, searchForm } from './page-frame.ts'
import { countOf, sizeOf } from './quantity.ts'
import { recordSummaries } from './record-summaries.ts'
import type { StartPageView } from './views.ts'

const description =
  'A public archive of executed workflows: what ran, where, with what and what came out, named by SHA-256 and signed.'

/** The first page: what this is, search, the newest records, how to deposit. */
export function startPage(view: StartPageView): string {
  return pageOf(view, {
    title: view.registryName,
    description,
    isListed: true,
    hasSearch: false,
    main: html`<div class="start">
      <header class="heading">
        <h1>Executed workflows, kept to be cited, checked and run again</h1>
        <p class="lead">
          This registry keeps what a computation really was: the code and its environment, the
          inputs, the machine, the commands, and what came out. Every record is named by the SHA-256
          of its bytes, so it can be cited, checked by anyone, and run again elsewhere.
        </p>
        ${searchForm('')} ${countsLine(view)}
      </header>
      ${sectionOf({ id: 'newest', heading: 'Newest records', content: newestRecords(view) })}
      ${sectionOf({ id: 'deposit', heading: 'Deposit', content: depositLines(view) })}
    </div>`,
  })
}

function countsLine({ counts }: StartPageView): Html {
  return html`<p class="counts">
    ${countOf(counts.records, 'record')} · ${countOf(counts.blobs, 'blob')} ·
    ${sizeOf(counts.bytes)}
  </p>`
}

function newestRecords({ newest }: StartPageView): Html {
  if (newest.length === 0) return html`<p>There is none yet. The first one could be yours.</p>`
  return html`${recordSummaries(newest)}
    <p><a href="/records">All records</a></p>`
}

function depositLines({ registryUrl }: StartPageView): Html {
  return html`<p>
      The runner is one file and needs nothing but Python 3.6 or newer. It reads
      <code>stele.json</code> in a directory, sends what the registry lacks, and prints the digest
      to cite.
    </p>
    ${commandsOf([
      `curl -fLO ${registryUrl}/runner/stele.pyz`,
      `export STELE_REGISTRY=${registryUrl} STELE_TOKEN_FILE=TOKEN-FILE`,
      'python3 stele.pyz deposit DIRECTORY',
    ])}
    <p>
      A token is given out by whoever runs this registry. Without the runner, any HTTP client will
      do: see the <a href="/openapi.yaml">interface</a>, the
      <a href="/schema/record-1.json">schema of a record</a> and the <a href="/limits">limits</a>.
    </p>`
}
