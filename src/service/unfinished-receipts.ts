import type { LogEntries } from '../catalog/log-entries.ts'
import type { DocumentStore } from '../vault/document-store.ts'
import { CannotServe } from './cannot-serve.ts'

/** Entries looked at; receipts are issued in the order of the log. */
const newestEntries = 4096

/**
 * A receipt that an interruption left out must be signed by the key of its time.
 *
 * @throws CannotServe when one of the newest entries lacks its receipt.
 */
export async function refuseUnfinishedReceipts(parts: {
  readonly entries: LogEntries
  readonly documents: DocumentStore
}): Promise<void> {
  const from = Math.max(0, (await parts.entries.size()) - newestEntries)
  for (const entry of await parts.entries.listEntries({ from, limit: newestEntries })) {
    const { kind, subject: digest } = entry
    if (digest === undefined) continue
    const receipt = kind === 'deposit' ? 'receipt' : 'event-receipt'
    if ((await parts.documents.read({ digest, kind: receipt })) !== undefined) continue
    throw new CannotServe(
      `the receipt for ${digest} was left out by an interruption, and is due from the key of ` +
        'its time; start the service once, stop it, and rotate the key then',
    )
  }
}
