import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import { TimeStamps } from '../publication/time-stamps.ts'
import type { LogStore } from '../vault/log-store.ts'
import { reportTimeStamp } from './reports.ts'
import type { Settings } from './settings.ts'

/** Has checkpoints stamped from now on, by the authorities that are set. */
export function startTimeStamps(
  { timeStampUrls: urls }: Settings,
  store: LogStore,
  { log, clock }: { readonly log: Logger; readonly clock: () => Date },
): TimeStamps {
  const timeStamps = new TimeStamps({
    urls,
    log: store,
    fetch,
    clock,
    random: randomBytes,
    report: (fact) => reportTimeStamp(fact, log),
  })
  timeStamps.start()
  return timeStamps
}
