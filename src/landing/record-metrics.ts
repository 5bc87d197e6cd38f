import type { Run } from '../record/run.ts'
import type { Html } from './html.ts'
import { tableOf } from './table.ts'

type Metric = NonNullable<Run['metrics']>[number]

/** Figures of merit of the run, as it measured them. */
export function metricsTable(metrics: readonly Metric[], wholeAt: string): Html {
  return tableOf({
    caption: 'Figures measured by the run',
    columns: [
      { head: 'Figure', cell: ({ name }) => name },
      { head: 'Value', cell: ({ value }) => value, isNumber: true },
      { head: 'Unit', cell: ({ unit }) => unit },
      { head: 'Stage', cell: ({ stage }) => stage },
      { head: 'Better', cell: ({ higherIsBetter }) => betterInWords(higherIsBetter) },
    ],
    rows: metrics,
    wholeAt,
  })
}

function betterInWords(higherIsBetter: boolean | undefined): string | undefined {
  if (higherIsBetter === undefined) return undefined
  return higherIsBetter ? 'higher' : 'lower'
}
