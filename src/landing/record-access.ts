import { bibtexOf, citationTextOf } from '../record/citation.ts'
import { hexOf } from '../record/digest.ts'
import { nihUriOf, niUriOf, recordUrlOf } from '../record/identifier.ts'
import type { WorkflowRecord } from '../record/workflow-record.ts'
import { html, type Content, type Html } from './html.ts'
import { commandsOf, factsOf } from './layout.ts'
import { sizeOf } from './quantity.ts'
import { shellWord } from './shell-word.ts'
import { tableOf } from './table.ts'
import type { RecordPageView } from './views.ts'

/** Options of one command; nobody copies more of them from a page. */
const optionsShown = 20

type Profile = RecordPageView['bundles'][number]['profile']

const profileInWords: Readonly<Record<Profile, string>> = {
  thin: 'record, signatures, receipt, proof and runner: enough to check',
  standard: 'also scripts, inputs, lockfiles and expected outputs: enough to replay',
  full: 'also outputs, sources and binaries: everything the registry holds',
}

/** How to cite the record. */
export function citeBox(view: RecordPageView): Html {
  return html`<p class="citation">${citationTextOf(view)}</p>
    <details>
      <summary>BibTeX</summary>
      <pre class="bibtex"><code>${bibtexOf(view)}</code></pre>
    </details>
    <details>
      <summary>Other spellings of the digest</summary>
      ${factsOf([
        ['ni URI (RFC 6920)', html`<code class="whole">${niUriOf(view.digest)}</code>`],
        ['For print', html`<code class="whole">${nihUriOf(view.digest)}</code>`],
        ['Page', html`<code class="whole">${recordUrlOf(view.registryUrl, view.digest)}</code>`],
      ])}
    </details>`
}

/** What can be downloaded, and the lines that fetch, check and replay it. */
export function downloadBox(view: RecordPageView): Html {
  const page = `/records/${view.digest}`
  if (view.bundles.length === 0) {
    return html`<p>The record itself: <a href="${page}/record.json">record.json</a></p>`
  }
  return html`${tableOf({
    caption: 'Bundles: one tar file each',
    columns: [
      {
        head: 'Profile',
        cell: ({ profile }) => html`<a href="${page}/bundle.tar?profile=${profile}">${profile}</a>`,
      },
      { head: 'Holds', cell: ({ profile }) => profileInWords[profile] },
      { head: 'Size', cell: ({ byteLength }) => sizeOf(byteLength), isNumber: true },
    ],
    rows: view.bundles,
    wholeAt: `${page}/record.json`,
  })}
  ${commandLines(view)}`
}

function commandLines(view: RecordPageView): Content {
  const profile = preferredProfile(view)
  const folder = hexOf(view.digest).slice(0, 16)
  const bundleUrl = `${recordUrlOf(view.registryUrl, view.digest)}/bundle.tar?profile=${profile}`
  return html`<h3>Download and check</h3>
    <p>An interrupted download goes on where it stopped when the first line is given again.</p>
    ${commandsOf([
      `curl -fL -C - -o ${folder}.tar '${bundleUrl}'`,
      `tar xf ${folder}.tar`,
      `sh ${folder}/verify.sh ${view.digest}`,
    ])}
    ${replayLines(view)}`
}

function replayLines(view: RecordPageView): Content {
  if (!canBeReplayed(view.record)) return undefined
  return html`<h3>Replay</h3>
    <p>
      The runner is one file and needs Python 3.6 or newer. It checks the bundle, shows what it is
      about to do, asks before anything runs, and compares what came out.
      <code>stele.pyz deposit</code>
      publishes the replay.
    </p>
    ${commandsOf([
      `curl -fLO ${view.registryUrl}/runner/stele.pyz`,
      `python3 stele.pyz run ${hexOf(view.digest).slice(0, 16)}.tar${missingValues(view.record)}`,
    ])}`
}

/** Options for what the bundle cannot hold: values of the site, and inputs kept elsewhere. */
function missingValues(record: WorkflowRecord): string {
  if (record.kind === 'collection') return ''
  const { parameters = [], inputs = [] } = record.plan
  const unbound = parameters.filter(
    ({ required, value, default: usual }) =>
      required === true && value === undefined && usual === undefined,
  )
  const elsewhere = inputs.filter((input) => input.availability !== 'retained')
  return [
    ...unbound.map(({ name }) => ` --bind ${name}=VALUE`),
    ...elsewhere.map(({ path }) => ` --input ${shellWord(`${path}=FILE`)}`),
  ]
    .slice(0, optionsShown)
    .join('')
}

/** A stage with neither command nor script is documentation. */
function canBeReplayed(record: WorkflowRecord): boolean {
  if (record.kind === 'collection') return false
  return record.plan.stages.some(
    (stage) => stage.command !== undefined || stage.script !== undefined,
  )
}

function preferredProfile(view: RecordPageView): Profile {
  const profiles = view.bundles.map((bundle) => bundle.profile)
  return profiles.includes('standard') ? 'standard' : (profiles[0] ?? 'thin')
}
