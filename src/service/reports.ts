import type { Logger } from 'pino'
import type { PublicationFact } from '../publication/publication-facts.ts'
import type { TimeStampFact } from '../publication/time-stamps.ts'
import type { WitnessFact } from '../publication/witnesses.ts'

/** What the operator reads about the log of the registry. */
export function reportPublication(fact: PublicationFact, log: Logger): void {
  switch (fact.kind) {
    case 'checking':
      return log.info({ entries: fact.entries }, 'checking the log; nothing is served meanwhile')
    case 'published':
      return log.info({ size: fact.size, added: fact.added }, 'log published')
    case 'delayed':
      return log.error({ err: fact.error }, 'log not published; tried again every second')
    case 'stopped':
      return log.error({ reason: fact.reason }, 'log stopped; nothing is accepted')
  }
}

export function reportTimeStamp(fact: TimeStampFact, log: Logger): void {
  if (fact.kind === 'stamped') log.info({ ...fact }, 'checkpoint time-stamped')
  else log.error({ err: fact.error, url: fact.url }, 'checkpoint not time-stamped')
}

export function reportWitness(fact: WitnessFact, log: Logger): void {
  const { witness } = fact
  if (fact.kind === 'cosigned') log.info({ witness, size: fact.size }, 'checkpoint cosigned')
  else log.error({ err: fact.error, witness }, 'checkpoint not cosigned; tried again later')
}
