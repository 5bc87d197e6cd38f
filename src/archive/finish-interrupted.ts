import type { Catalog, LoggedRecord } from '../catalog/catalog.ts'
import type { AcceptedEvent, Events } from '../catalog/events.ts'
import type { LogEntries, LogEntry } from '../catalog/log-entries.ts'
import type { Entered, Receipts } from './receipts.ts'

export interface InterruptedParts {
  readonly catalog: Catalog
  readonly events: Events
  readonly entries: LogEntries
  readonly receipts: Receipts
}

/** Entries looked at together, from the newest on. */
const entriesAtOnce = 256

/**
 * Issues the receipts that a crash between commit and answer left out. Called
 * once, before anything is accepted. Receipts are issued in the order of the log,
 * so the missing ones are its newest.
 *
 * @returns how many there were.
 * @throws ReceiptDelayed
 */
export async function finishInterrupted(parts: InterruptedParts): Promise<number> {
  let finished = 0
  for (let end = await parts.entries.size(); end > 0;) {
    const from = Math.max(0, end - entriesAtOnce)
    const page = await parts.entries.listEntries({ from, limit: end - from })
    const issued = await issueMissing(page, parts)
    finished += issued
    if (issued === 0 && page.some(getsReceipt)) return finished
    end = from
  }
  return finished
}

/** Entries about keys, and renewals, never get one. */
function getsReceipt({ subject }: LogEntry): boolean {
  return subject !== undefined
}

async function issueMissing(
  page: readonly LogEntry[],
  { catalog, events, receipts }: InterruptedParts,
): Promise<number> {
  const records: Entered<LoggedRecord>[] = []
  const stated: Entered<AcceptedEvent>[] = []
  for (const { kind, subject, leafHash } of page) {
    if (subject === undefined) continue
    const isRecord = kind === 'deposit'
    const found = await receipts.find(subject, isRecord ? 'receipt' : 'event-receipt')
    if (found !== undefined) continue
    const record = isRecord ? await catalog.findRecord(subject) : undefined
    const event = isRecord ? undefined : await events.findEvent(subject)
    if (record !== undefined) records.push({ accepted: record, leafHash })
    if (event !== undefined) stated.push({ accepted: event, leafHash })
  }
  await receipts.issue(records)
  await receipts.issueForEvents(stated)
  return records.length + stated.length
}
