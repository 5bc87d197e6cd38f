import type { AccessList } from './access-list.ts'
import type { Catalog } from './catalog.ts'
import type { Events } from './events.ts'
import type { LogEntries } from './log-entries.ts'
import type { RegistryKeys } from './registry-keys.ts'

/**
 * Everything that appends to the log or signs its head, apart from the reading:
 * each call is one transaction that waits for the disk, and may be made in a thread
 * of its own. Calls are done one after the other.
 */
export interface CatalogWriter
  extends
    Pick<Catalog, 'addRecords'>,
    Pick<Events, 'addEvents'>,
    Pick<AccessList, 'addDepositorKey' | 'revokeDepositorKey'>,
    Pick<RegistryKeys, 'addRegistryKeys' | 'retireRegistryKey'>,
    Pick<LogEntries, 'addCheckpoint' | 'addEntryAt'> {
  close(): Promise<void>
}
