import { execFileSync } from 'node:child_process'
import type { Contestant, ContestantName } from './contestants.ts'
import { Connection } from './connection.ts'
import { median } from './statistics.ts'

export interface Scale {
  readonly rounds: number
  /** Small sizes, for trying the harness; the figures mean little. */
  readonly isQuick: boolean
}

/** One line of the table. */
export interface Figure {
  readonly what: string
  readonly unit: string
  readonly values: ReadonlyMap<ContestantName, number>
  readonly target?: Target
}

export interface Target {
  readonly text: string
  readonly isMet: boolean
}

export interface Workload {
  readonly name: string
  /** Servers it compares; a workload with one of them alone gets a fresh one. */
  readonly contestants: readonly ContestantName[]
  measure(contestants: readonly Contestant[], scale: Scale): Promise<Figure[]>
}

/**
 * The median of each server. Rounds go from server to server in turn, so that a
 * slow minute of the machine hits all of them. The first round warms up.
 */
export async function interleaved(
  contestants: readonly Contestant[],
  rounds: number,
  measure: (contestant: Contestant) => Promise<number>,
): Promise<Map<ContestantName, number>> {
  const all = new Map<ContestantName, number[]>()
  for (let round = 0; round <= rounds; round += 1) {
    for (const contestant of contestants) {
      flushDisk()
      const value = await measure(contestant)
      if (round > 0) all.set(contestant.name, [...(all.get(contestant.name) ?? []), value])
    }
  }
  return new Map(Array.from(all, ([name, values]) => [name, median(values)]))
}

/** So that nobody pays for bytes that another one has written. */
export function flushDisk(): void {
  execFileSync('sync')
}

/** Runs the jobs over so many keep-alive connections; answers how many were done per second. */
export async function perSecond<Job>(
  contestant: Contestant,
  clients: number,
  jobs: readonly Job[],
  work: (connection: Connection, job: Job) => Promise<unknown>,
): Promise<number> {
  const connections = await Promise.all(
    Array.from({ length: clients }, () => Connection.open(contestant.server.port)),
  )
  const waiting = jobs.values()
  const startedAt = performance.now()
  await Promise.all(
    connections.map(async (connection) => {
      for (const job of waiting) await work(connection, job)
    }),
  )
  const seconds = (performance.now() - startedAt) / 1000
  for (const connection of connections) connection[Symbol.dispose]()
  return jobs.length / seconds
}

export function ratioTarget(
  values: ReadonlyMap<ContestantName, number>,
  to: ContestantName,
  atLeast: number,
): Target {
  const ratio = (values.get('stele') ?? Number.NaN) / (values.get(to) ?? Number.NaN)
  return { text: `≥ ${atLeast} × ${to}`, isMet: ratio >= atLeast }
}
