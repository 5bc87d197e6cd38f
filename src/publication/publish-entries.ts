import { LogDiffers } from './check-log.ts'
import type { PublicationFact, PublisherParts } from './publication-facts.ts'
import { TilePublisher } from './tile-publisher.ts'

/**
 * Publishes what is entered and ends, for who changes a log that is not served
 * meanwhile. When the promise resolves, the published checkpoint covers every entry.
 *
 * @throws LogDiffers when the log is not in order; StorageFull.
 */
export async function publishEntries(parts: Omit<PublisherParts, 'report'>): Promise<void> {
  let fault: unknown
  const report = (fact: PublicationFact): void => {
    if (fact.kind === 'delayed') fault = fact.error
  }
  await using publisher = await TilePublisher.open({ ...parts, report })
  if (publisher.stoppedBecause !== undefined) throw new LogDiffers(publisher.stoppedBecause)
  if (fault !== undefined) throw fault
}
