import type { Logger } from 'pino'
import { finishInterrupted, type InterruptedParts } from '../archive/finish-interrupted.ts'
import { ReceiptDelayed } from '../archive/refusals.ts'
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

/** Issues the receipts that an interruption left out, unless there is no room for them. */
export async function issueReceiptsLeftOut(parts: InterruptedParts, log: Logger): Promise<void> {
  try {
    const receipts = await finishInterrupted(parts)
    if (receipts > 0) log.info({ receipts }, 'issued receipts left out by an interruption')
  } catch (error) {
    // All can be read without them, and each is issued when its deposit is repeated.
    if (!(error instanceof ReceiptDelayed)) throw error
    log.error({ err: error }, 'no room for receipts left out by an interruption')
  }
}
