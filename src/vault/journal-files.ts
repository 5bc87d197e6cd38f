import { closeSync, fsyncSync, ftruncateSync, openSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { readIfThere, syncPath, type FilePlacement } from './file-placement.ts'
import { filesIn } from './journal-lines.ts'
import type { SyncFiles } from './sync-files.ts'

/** The journal that is written to. */
export const currentJournal = 'journal.jsonl'

const closedJournal = /^journal\.(\d+)\.jsonl$/

/** The name that the journal has when it takes no more lines; numbers ascend. */
export function closedJournalName(number: number): string {
  return `journal.${number}.jsonl`
}

/** Removes a journal whose files are all on the disk by themselves. */
export function removeJournal(root: string, name: string): void {
  rmSync(join(root, name), { force: true })
  // Before a later one goes: of two checkpoints, the journal that stays has the newer.
  syncPath(root)
}

/**
 * Brings everything in the journals below a root to its place and to the disk. Then
 * there is one journal without a line. Partial tiles that were removed are there
 * again if they are in a journal.
 *
 * @throws Error when acknowledged bytes are lost; nothing is touched then.
 */
export async function restoreJournals(
  root: string,
  parts: { readonly placement: FilePlacement; readonly syncFiles: SyncFiles },
): Promise<void> {
  const closed = closedJournalsIn(root)
  const journaled = [...closed, currentJournal].flatMap((name) =>
    filesIn(readIfThere(join(root, name)) ?? Buffer.alloc(0), {
      isClosed: name !== currentJournal,
    }),
  )
  const files = new Map(journaled.map(({ file, bytes }) => [file, bytes]))
  for (const [file, bytes] of files) parts.placement.replace(file, bytes)
  if (files.size > 0) await parts.syncFiles(root, new Set(files.keys()))
  for (const name of closed) removeJournal(root, name)
  emptyCurrentJournal(root)
}

function closedJournalsIn(root: string): string[] {
  const numbers = readdirSync(root).map((name) => Number(closedJournal.exec(name)?.[1]))
  return numbers
    .filter((number) => number > 0)
    .sort((a, b) => a - b)
    .map(closedJournalName)
}

function emptyCurrentJournal(root: string): void {
  const journal = openSync(join(root, currentJournal), 'a', 0o644)
  try {
    ftruncateSync(journal, 0)
    fsyncSync(journal)
  } finally {
    closeSync(journal)
  }
  syncPath(root)
}
