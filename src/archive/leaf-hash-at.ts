import type { LogEntries } from '../catalog/log-entries.ts'

/** Hash of an entry that is in the log. */
export async function leafHashAt(
  entries: LogEntries,
  { logIndex }: { readonly logIndex: number },
): Promise<string> {
  const [entry] = await entries.listEntries({ from: logIndex, limit: 1 })
  if (entry?.logIndex !== logIndex) throw new Error(`the log has no entry ${logIndex}`)
  return entry.leafHash
}
