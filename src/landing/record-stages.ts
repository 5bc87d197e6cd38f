import type { PlanStage } from '../record/plan.ts'
import type { RunStage } from '../record/run.ts'
import type { PlanRecord, RunRecord } from '../record/workflow-record.ts'
import { html, joined, type Content, type Html } from './html.ts'
import { blobLink } from './links.ts'
import { durationInWords, durationOf, sizeInWords, sizeOf, timeOf } from './quantity.ts'
import { tableOf, type Column } from './table.ts'

/** A stage as planned, as it went, or both; a stage of a run may have several attempts. */
interface StageRow {
  readonly id: string
  readonly planned: PlanStage | undefined
  readonly ran: RunStage | undefined
}

const kindInWords: Readonly<Record<PlanStage['kind'], string>> = {
  install: 'install',
  run: 'run',
  postprocess: 'postprocess',
  validate: 'validate',
  custom: 'custom',
}

const statusInWords: Readonly<Record<RunStage['status'], string>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  timeout: 'ran out of time',
  cancelled: 'cancelled',
  skipped: 'skipped',
  'not-run': 'not run',
}

/** The stages of the plan, and how each went if there was a run. */
export function stagesTable(record: RunRecord | PlanRecord, wholeAt: string): Html {
  const rows = rowsOf(record)
  const isRun = record.kind === 'run'
  return tableOf({
    caption: isRun ? 'Stages as planned and as they went' : 'Stages as planned',
    columns: [
      { head: 'Stage', cell: stageCell },
      { head: 'Command', cell: commandCell },
      ...(isRun ? runColumns : []),
    ],
    rows,
    wholeAt,
  })
}

const runColumns: readonly Column<StageRow>[] = [
  { head: 'Status', cell: ({ ran }) => statusCell(ran) },
  { head: 'Started', cell: ({ ran }) => present(ran?.startedAt, timeOf) },
  { head: 'Wall', cell: ({ ran }) => present(wallOf(ran), durationOf), isNumber: true },
  { head: 'CPU', cell: ({ ran }) => cpuCell(ran), isNumber: true },
  { head: 'Peak memory', cell: ({ ran }) => present(ran?.maxRss, sizeOf), isNumber: true },
  { head: 'Exit', cell: ({ ran }) => exitCell(ran), isNumber: true },
  { head: 'Logs', cell: ({ ran }) => logsCell(ran) },
]

function rowsOf(record: RunRecord | PlanRecord): StageRow[] {
  const { stages } = record.plan
  if (record.kind === 'plan') {
    return stages.map((planned) => ({ id: planned.id, planned, ran: undefined }))
  }
  const attempts = record.run.stages
  const plannedById = new Map(stages.map((stage) => [stage.id, stage]))
  const ranIds = new Set(attempts.map((attempt) => attempt.id))
  return [
    ...attempts.map((ran) => ({ id: ran.id, planned: plannedById.get(ran.id), ran })),
    ...stages
      .filter((planned) => !ranIds.has(planned.id))
      .map((planned) => ({ id: planned.id, planned, ran: undefined })),
  ]
}

function stageCell({ id, planned, ran }: StageRow): Html {
  const lines: Content[] = []
  if (planned !== undefined && planned.kind !== id) lines.push(kindInWords[planned.kind])
  if (ran?.attempt !== undefined && ran.attempt > 1) lines.push(`attempt ${ran.attempt}`)
  if (planned?.required === false) lines.push('optional')
  if ((planned?.needs ?? []).length > 0) lines.push(`after ${planned?.needs?.join(', ')}`)
  return html`<strong>${id}</strong>${lines.map((line) => html`<small>${line}</small>`)}`
}

function commandCell({ planned, ran }: StageRow): Html {
  const command = planned?.command?.map(shellWord).join(' ') ?? planned?.script
  const launched = ran?.launched === command ? undefined : ran?.launched
  return html`${present(command, (text) => html`<code class="line">${text}</code>`)}
  ${command === undefined && launched === undefined ? 'described only' : undefined}
  ${present(launched, (text) => html`<small>ran as <code class="line">${text}</code></small>`)}
  ${present(planned?.launch?.original, (text) => html`<small>launched by <code class="line">${text}</code></small>`)}
  ${[...plannedFacts(planned), ...ranFacts(ran)].map((fact) => html`<small>${fact}</small>`)}`
}

function plannedFacts(planned: PlanStage | undefined): Content[] {
  if (planned === undefined) return []
  const facts: Content[] = []
  if (planned.environment !== undefined) {
    facts.push(html`in <a href="#environment-${planned.environment}">${planned.environment}</a>`)
  }
  if (planned.cwd !== undefined) facts.push(html`in folder <code>${planned.cwd}</code>`)
  if (planned.where === 'batch') facts.push('on batch nodes')
  if (planned.network === 'fetch') facts.push('fetches from the network')
  if (planned.resources !== undefined) facts.push(resourcesInWords(planned.resources))
  const scheduler = planned.schedulerOriginal
  if (scheduler !== undefined) {
    facts.push(html`${scheduler.system}: <code>${scheduler.directives.join(' ')}</code>`)
  }
  return facts
}

function resourcesInWords(resources: NonNullable<PlanStage['resources']>): string {
  const counts = [
    [resources.nodes, 'nodes'],
    [resources.ranks, 'ranks'],
    [resources.ranksPerNode, 'ranks per node'],
    [resources.coresPerRank, 'cores per rank'],
    [resources.threadsPerRank, 'threads per rank'],
    [resources.gpusPerRank, 'GPUs per rank'],
  ] as const
  const words = counts.flatMap(([count, name]) => (count === undefined ? [] : [`${name} ${count}`]))
  if (resources.memoryPerNode !== undefined) {
    words.push(`memory per node ${sizeInWords(resources.memoryPerNode)}`)
  }
  if (resources.scratch !== undefined) words.push(`scratch ${sizeInWords(resources.scratch)}`)
  if (resources.walltime !== undefined) {
    words.push(`at most ${durationInWords(resources.walltime)}`)
  }
  if (resources.exclusive === true) words.push('nodes to itself')
  if (resources.constraint !== undefined) words.push(resources.constraint)
  return words.join(', ')
}

function ranFacts(ran: RunStage | undefined): Content[] {
  if (ran === undefined) return []
  const facts: Content[] = []
  const places = [
    present(ran.nodes, (count) => `nodes ${count}`),
    present(ran.ranks, (count) => `ranks ${count}`),
    present(ran.jobId, (id) => `job ${id}`),
  ].filter((place) => place !== undefined)
  if (places.length > 0) facts.push(html`ran with ${joined(places, ', ')}`)
  if (ran.queueWait !== undefined)
    facts.push(html`waited ${durationOf(ran.queueWait)} in the queue`)
  if (ran.energy !== undefined) {
    facts.push(`${ran.energy.joules} J (${ran.energy.scope}, by ${ran.energy.source})`)
  }
  return facts
}

function statusCell(ran: RunStage | undefined): Html {
  const status = ran?.status ?? 'not-run'
  return html`<span class="badge ${status}">${statusInWords[status]}</span>`
}

function wallOf(ran: RunStage | undefined): number | undefined {
  if (ran?.wall !== undefined) return ran.wall
  if (ran?.startedAt === undefined || ran.endedAt === undefined) return undefined
  return Date.parse(ran.endedAt) - Date.parse(ran.startedAt)
}

function cpuCell(ran: RunStage | undefined): Content {
  if (ran?.cpuUser === undefined && ran?.cpuSystem === undefined) return undefined
  const { cpuUser = 0, cpuSystem = 0 } = ran
  const parts = `user ${durationInWords(cpuUser)}, system ${durationInWords(cpuSystem)}`
  return html`<span title="${parts}">${durationInWords(cpuUser + cpuSystem)}</span>`
}

function exitCell(ran: RunStage | undefined): Content {
  return ran?.signal === undefined ? ran?.exitCode : `signal ${ran.signal}`
}

function logsCell(ran: RunStage | undefined): Content {
  if (ran === undefined) return undefined
  const links = [
    present(ran.logs?.stdout, (log) => html`stdout ${blobLink(log.digest, `${ran.id}.stdout`)}`),
    present(ran.logs?.stderr, (log) => html`stderr ${blobLink(log.digest, `${ran.id}.stderr`)}`),
    present(ran.rendered, (blob) => html`script ${blobLink(blob.digest, `${ran.id}.script`)}`),
    present(ran.logs?.truncatedAt, (size) => html`cut at ${sizeOf(size)}`),
  ].filter((link) => link !== undefined)
  return joined(links, html`<br />`)
}

function present<Value>(value: Value | undefined, show: (value: Value) => Content): Content {
  return value === undefined ? undefined : show(value)
}

/** A word as a shell would need it; the page shows what can be copied. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
