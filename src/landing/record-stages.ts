import type { BlobReference } from '../record/fields.ts'
import type { PlanStage } from '../record/plan.ts'
import type { RunStage } from '../record/run.ts'
import type { PlanRecord, RunRecord } from '../record/workflow-record.ts'
import { html, joined, type Content, type Html } from './html.ts'
import { firstFew } from './layout.ts'
import { blobLink } from './links.ts'
import { durationInWords, durationOf, sizeInWords, sizeOf, timeOf } from './quantity.ts'
import { shellWord } from './shell-word.ts'
import { tableOf, type Column } from './table.ts'

/** One attempt at a stage, or a stage that was not tried. */
interface StageRow {
  readonly id: string
  /** What was to be done; said with the first attempt only. */
  readonly planned: PlanStage | undefined
  readonly ran: RunStage | undefined
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
  const isRun = record.kind === 'run'
  return tableOf({
    caption: isRun ? 'Stages as planned and as they went' : 'Stages as planned',
    columns: [...planColumns, ...(isRun ? runColumns : [])],
    below: commandCell,
    rows: rowsOf(record),
    wholeAt,
  })
}

const planColumns: readonly Column<StageRow>[] = [
  { head: 'Stage', cell: stageCell },
  { head: 'Kind', cell: ({ planned }) => planned?.kind },
]

const runColumns: readonly Column<StageRow>[] = [
  { head: 'Status', cell: ({ ran }) => statusCell(ran) },
  { head: 'Started', cell: ({ ran }) => present(ran?.startedAt, timeOf) },
  { head: 'Wall', cell: ({ ran }) => present(wallOf(ran), durationOf), isNumber: true },
  { head: 'CPU', cell: ({ ran }) => cpuCell(ran), isNumber: true },
  { head: 'Peak memory', cell: ({ ran }) => present(ran?.maxRss, sizeOf), isNumber: true },
  { head: 'Exit', cell: ({ ran }) => exitCell(ran), isNumber: true },
]

function rowsOf(record: RunRecord | PlanRecord): StageRow[] {
  const { stages } = record.plan
  const attempts = record.kind === 'run' ? record.run.stages : []
  const plannedById = new Map(stages.map((stage) => [stage.id, stage]))
  const ranIds = new Set<string>()
  const ran = attempts.map((attempt): StageRow => {
    const isFirst = !ranIds.has(attempt.id)
    ranIds.add(attempt.id)
    return {
      id: attempt.id,
      planned: isFirst ? plannedById.get(attempt.id) : undefined,
      ran: attempt,
    }
  })
  const notRun = stages
    .filter((planned) => !ranIds.has(planned.id))
    .map((planned): StageRow => ({ id: planned.id, planned, ran: undefined }))
  return [...ran, ...notRun]
}

function stageCell({ id, ran }: StageRow): Html {
  const attempt = ran?.attempt ?? 1
  return html`<strong>${id}</strong>${attempt === 1 ? undefined : `, attempt ${attempt}`}`
}

function commandCell({ planned, ran }: StageRow): Html {
  const command = planned?.command?.map(shellWord).join(' ') ?? planned?.script
  const launched = ran?.launched === command ? undefined : ran?.launched
  const facts = [...plannedFacts(planned), ...ranFacts(ran)]
  return html`${planned !== undefined && command === undefined ? 'described only' : undefined}
  ${present(command, commandLine)}
  ${present(planned?.launch?.original, lineAfter('original launch line:'))}
  ${present(launched, lineAfter('ran as'))} ${smallLine(facts)} ${smallLine(logsOf(ran))}`
}

function smallLine(facts: readonly Content[]): Content {
  return facts.length === 0 ? undefined : html`<small>${joined(facts, ' · ')}</small>`
}

function commandLine(command: string): Html {
  return html`<code class="line">${command}</code>`
}

function lineAfter(words: string): (command: string) => Html {
  return (command) => html`<small>${words} ${commandLine(command)}</small>`
}

function plannedFacts(planned: PlanStage | undefined): Content[] {
  if (planned === undefined) return []
  const facts: Content[] = []
  if (planned.required === false) facts.push('optional')
  if ((planned.needs ?? []).length > 0) facts.push(`after ${planned.needs?.join(', ')}`)
  if (planned.environment !== undefined) {
    facts.push(html`in <a href="#environment-${planned.environment}">${planned.environment}</a>`)
  }
  if (planned.cwd !== undefined) facts.push(html`in folder <code>${planned.cwd}</code>`)
  if (planned.env !== undefined) facts.push(variablesOf(planned.env))
  if (planned.where === 'batch') facts.push('on batch nodes')
  if (planned.network === 'fetch') facts.push('fetches from the network')
  if (planned.resources !== undefined) facts.push(resourcesInWords(planned.resources))
  const scheduler = planned.schedulerOriginal
  if (scheduler !== undefined) {
    facts.push(html`${scheduler.system}: <code>${scheduler.directives.join(' ')}</code>`)
  }
  return facts
}

function variablesOf(env: NonNullable<PlanStage['env']>): Html {
  return firstFew(
    Object.entries(env),
    ([name, value]) =>
      typeof value === 'string'
        ? html`<code>${name}=${value}</code>`
        : html`<code>${name}</code> from parameter <code>${value.parameter}</code>`,
    ', ',
  )
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

function logsOf(ran: RunStage | undefined): Content[] {
  if (ran === undefined) return []
  const file = (name: string) => (blob: BlobReference) =>
    html`${name} ${blobLink(blob.digest, `${ran.id}.${name}`)} (${sizeOf(blob.size)})`
  return [
    present(ran.logs?.stdout, file('stdout')),
    present(ran.logs?.stderr, file('stderr')),
    present(ran.rendered, file('script')),
    present(ran.logs?.truncatedAt, (size) => html`cut at ${sizeOf(size)}`),
  ].filter((part) => part !== undefined)
}

function present<Value>(value: Value | undefined, show: (value: Value) => Content): Content {
  return value === undefined ? undefined : show(value)
}
