import type { Parameter } from '../record/plan.ts'
import type { Run } from '../record/run.ts'
import type { PlanRecord, RunRecord } from '../record/workflow-record.ts'
import { html, type Content, type Html } from './html.ts'
import { countOf } from './quantity.ts'
import { tableOf } from './table.ts'

type Binding = NonNullable<Run['bindings']>[number]

interface ParameterRow {
  readonly name: string
  readonly parameter: Parameter | undefined
  readonly binding: Binding | undefined
}

/** Parameters of the plan, and the values the run gave them. */
export function parametersTable(record: RunRecord | PlanRecord, wholeAt: string): Html | undefined {
  const rows = rowsOf(record)
  if (rows.length === 0) return undefined
  return tableOf({
    caption: countOf(rows.length, 'parameter'),
    columns: [
      { head: 'Name', cell: ({ name }) => html`<code>${name}</code>` },
      { head: 'Scope', cell: ({ parameter }) => parameter?.scope },
      { head: 'In the plan', cell: ({ parameter }) => plannedValue(parameter) },
      ...(record.kind === 'run' ? [{ head: 'In this run', cell: boundValue }] : []),
      { head: 'Unit', cell: ({ parameter }) => parameter?.unit },
      { head: 'Type', cell: ({ parameter }) => typeOf(parameter) },
      { head: 'Meaning', cell: ({ parameter }) => parameter?.description },
    ],
    rows,
    wholeAt,
  })
}

function rowsOf(record: RunRecord | PlanRecord): ParameterRow[] {
  const parameters = record.plan.parameters ?? []
  const bindings = record.kind === 'run' ? (record.run.bindings ?? []) : []
  const bound = new Map(bindings.map((binding) => [binding.parameter, binding]))
  const names = new Set(parameters.map((parameter) => parameter.name))
  return [
    ...parameters.map((parameter) => ({
      name: parameter.name,
      parameter,
      binding: bound.get(parameter.name),
    })),
    ...bindings
      .filter((binding) => !names.has(binding.parameter))
      .map((binding) => ({ name: binding.parameter, parameter: undefined, binding })),
  ]
}

function typeOf(parameter: Parameter | undefined): Content {
  if (parameter === undefined) return undefined
  const choices = parameter.enum?.map(String).join(', ')
  return choices === undefined ? parameter.type : `${parameter.type}: ${choices}`
}

function plannedValue(parameter: Parameter | undefined): Content {
  if (parameter?.value !== undefined) return valueOf(parameter.value)
  if (parameter?.default !== undefined) return html`${valueOf(parameter.default)} unless given`
  return parameter?.required === true ? 'must be given' : undefined
}

/** A value that is sensitive is never shown, even if a record should hold one. */
function boundValue({ parameter, binding }: ParameterRow): Content {
  if (binding === undefined) return undefined
  if (binding.redacted === true || parameter?.sensitive === true) {
    return html`<em class="redacted">redacted: private to the site</em>`
  }
  return binding.value === undefined ? undefined : valueOf(binding.value)
}

function valueOf(value: string | number | boolean): Html {
  return html`<code class="value">${String(value)}</code>`
}
