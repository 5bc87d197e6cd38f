import type { WorkflowRecord } from '../record/workflow-record.ts'
import { html, type Content, type Html } from './html.ts'
import { sectionOf, type Section } from './layout.ts'
import { pageOf } from './page-frame.ts'
import { citeBox, downloadBox } from './record-access.ts'
import { checkBox } from './record-check.ts'
import { environmentsList } from './record-environments.ts'
import { eventsTable } from './record-events.ts'
import { claimsList, expectationsList } from './record-expectations.ts'
import { inputsTable, outputsTable } from './record-files.ts'
import { gapsList } from './record-gaps.ts'
import { aboutRecord, recordHeading } from './record-heading.ts'
import { machineDetails } from './record-machine.ts'
import { metricsTable } from './record-metrics.ts'
import { parametersTable } from './record-parameters.ts'
import { membersTable, provenanceTables } from './record-provenance.ts'
import { registryBox } from './record-registry.ts'
import { sourcesTable } from './record-sources.ts'
import { stagesTable } from './record-stages.ts'
import type { RecordPageView } from './views.ts'
import { kindInWords } from './wording.ts'

const descriptionLength = 160

/** The page behind a digest: what the record is, how to check it, and how to run it again. */
export function recordPage(view: RecordPageView): string {
  const sections = sectionsOf(view)
  return pageOf(view, {
    title: view.record.title,
    description: descriptionOf(view.record),
    links: view.links,
    isListed: true,
    hasSearch: true,
    main: html`<div class="record">
      ${recordHeading(view)} ${contentsOf(sections)}
      <div class="sections">${sections.map(sectionOf)}</div>
    </div>`,
  })
}

function contentsOf(sections: readonly Section[]): Html {
  return html`<nav class="contents" aria-label="On this page">
    <ul>
      ${sections.map(({ id, heading }) => html`<li><a href="#${id}">${heading}</a></li>`)}
    </ul>
  </nav>`
}

function sectionsOf(view: RecordPageView): Section[] {
  const { record } = view
  const wholeAt = `/records/${view.digest}/record.json`
  return [
    section('about', 'About', aboutRecord(view)),
    section('cite', 'Cite', citeBox(view)),
    section(
      'download',
      record.kind === 'collection' ? 'Download' : 'Download, check, replay',
      downloadBox(view),
    ),
    section('check', 'Check this record in your browser', checkBox(view)),
    ...contentSections(record, view, wholeAt),
    section('provenance', 'Provenance', provenanceTables(view, wholeAt)),
    section('events', 'Events', eventsTable(view)),
    section('registry', 'In the registry', registryBox(view)),
  ].filter((section) => section !== undefined)
}

function contentSections(
  record: WorkflowRecord,
  view: RecordPageView,
  wholeAt: string,
): (Section | undefined)[] {
  if (record.kind === 'collection') {
    return [section('members', 'Members', membersTable(record, view.related, wholeAt))]
  }
  const { plan } = record
  const run = record.kind === 'run' ? record.run : undefined
  return [
    section('stages', 'Stages', stagesTable(record, wholeAt)),
    section('parameters', 'Parameters', parametersTable(record, wholeAt)),
    section('environments', 'Environments', list(plan.environments, environmentsList, wholeAt)),
    section('sources', 'Sources', list(plan.sources, sourcesTable, wholeAt)),
    section('machine', 'Machine', run?.machine && machineDetails(run.machine, wholeAt)),
    section('inputs', 'Inputs', list(plan.inputs, inputsTable, wholeAt)),
    section('outputs', 'Outputs', list(run?.outputs, outputsTable, wholeAt)),
    section('metrics', 'Metrics', list(run?.metrics, metricsTable, wholeAt)),
    section(
      'expectations',
      'Expectations',
      plan.expectations && expectationsList(record, view, wholeAt),
    ),
    section('claims', 'Claims', list(plan.claims, claimsList, wholeAt)),
    section('gaps', 'Gaps', gapsList(record, wholeAt)),
  ]
}

function list<Entry>(
  entries: readonly Entry[] | undefined,
  show: (entries: readonly Entry[], wholeAt: string) => Content,
  wholeAt: string,
): Content {
  return entries === undefined || entries.length === 0 ? undefined : show(entries, wholeAt)
}

/** A section that is left out when there is nothing to say. */
function section(id: string, heading: string, content: Content): Section | undefined {
  return content === undefined ? undefined : { id, heading, content }
}

function descriptionOf(record: WorkflowRecord): string {
  const text = record.summary ?? `${kindInWords[record.kind]}: ${record.title}`
  const line = text.replace(/\s+/g, ' ').trim()
  const characters = Array.from(line)
  if (characters.length <= descriptionLength) return line
  return `${characters
    .slice(0, descriptionLength - 1)
    .join('')
    .trimEnd()}…`
}
