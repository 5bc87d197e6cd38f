import type { Logger } from 'pino'
import { parseVerifierKey } from '../log/note.ts'
import type { TilePublisher } from '../publication/tile-publisher.ts'
import { WitnessClient } from '../publication/witness-client.ts'
import { findContradiction, Witnesses } from '../publication/witnesses.ts'
import type { LogStore } from '../vault/log-store.ts'
import { reportWitness } from './reports.ts'
import type { ListedWitness } from './witness-list.ts'

/** The witnesses of a registry, before and after its log is opened. */
export interface KnownWitnesses {
  /** @returns words for the operator when one of them knows another log than this one. */
  findContradiction(): Promise<string | undefined>
  /** Has what is published cosigned from now on, until that is stopped. */
  follow(publisher: TilePublisher, log: Logger): Witnesses
}

export async function openKnownWitnesses(
  listed: readonly ListedWitness[],
  store: LogStore,
): Promise<KnownWitnesses> {
  const clients = await Promise.all(
    listed.map(async ({ vkey, url }) => {
      const witness = { verifier: await parseVerifierKey(vkey), url }
      return new WitnessClient({ witness, log: store, fetch })
    }),
  )
  return {
    findContradiction: () => findContradiction(clients),
    follow: (publisher, log) =>
      new Witnesses({ clients, publisher, report: (fact) => reportWitness(fact, log) }),
  }
}
