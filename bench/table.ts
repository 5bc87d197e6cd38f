import type { ContestantName } from './contestants.ts'
import { shortNumber } from './statistics.ts'
import type { Figure } from './workload.ts'

const columns: readonly ContestantName[] = ['stele', 'floor', 'docker-registry']

/** The figures as a Markdown table. */
export function tableOf(figures: readonly Figure[]): string {
  const head = ['what', 'unit', ...columns, '÷ floor', '÷ docker-registry', 'target', 'met']
  const rows = figures.map(rowOf)
  const rule = head.map((_, i) => (i < 2 || i > 6 ? '---' : '---:'))
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function rowOf({ what, unit, values, target }: Figure): string[] {
  const own = values.get('stele')
  const ratioTo = (name: ContestantName): string => {
    const other = values.get(name)
    return own === undefined || other === undefined ? '' : `${shortNumber(own / other)} ×`
  }
  return [
    what,
    unit,
    ...columns.map((name) => textOf(values.get(name))),
    ratioTo('floor'),
    ratioTo('docker-registry'),
    target?.text ?? '',
    target === undefined ? '' : target.isMet ? 'yes' : '**no**',
  ]
}

function textOf(value: number | undefined): string {
  return value === undefined ? '' : shortNumber(value)
}
