import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { JournaledFile } from './journal-lines.ts'

type Batch = readonly JournaledFile[]

/** What became of one batch. */
export interface BatchOutcome {
  readonly fault?: unknown
}

export interface WritePlan {
  /** For each batch, in their order; true once the rest is done. */
  readonly outcomes: readonly BatchOutcome[]
  /** Of each batch that can be written, the files that are not there yet. */
  readonly missing: readonly Batch[]
}

/**
 * What is to be written for batches of several callers. A batch that has other bytes
 * than those that are there, or than a batch before it, is a fault of its own.
 */
export function planOf(root: string, batches: readonly Batch[]): WritePlan {
  const planned = new Map<string, JournaledFile>()
  const missing: Batch[] = []
  const outcomes = batches.map((batch) => {
    try {
      const files = missingOf(root, batch, planned)
      for (const file of files) planned.set(file.file, file)
      if (files.length > 0) missing.push(files)
      return {}
    } catch (fault) {
      return { fault }
    }
  })
  return { outcomes, missing }
}

/** In the order in which they become visible: what is replaced comes last, and only once. */
export function filesToPlace(batches: readonly Batch[]): JournaledFile[] {
  const files = batches.flat()
  const replacing = files.filter(({ replaces }) => replaces === true)
  const last = new Map(replacing.map((file) => [file.file, file]))
  return [...files.filter(({ replaces }) => replaces !== true), ...last.values()]
}

function missingOf(
  root: string,
  batch: Batch,
  planned: ReadonlyMap<string, JournaledFile>,
): JournaledFile[] {
  const missing = new Map<string, JournaledFile>()
  for (const file of batch) {
    const known = missing.get(file.file) ?? planned.get(file.file)
    const bytes = known?.bytes ?? storedBytes(root, file)
    if (bytes !== undefined && Buffer.compare(bytes, file.bytes) === 0) continue
    if (bytes !== undefined && file.replaces !== true) {
      throw new Error(`other bytes are stored already as ${file.file}`)
    }
    missing.set(file.file, file)
  }
  return [...missing.values()]
}

function storedBytes(root: string, { file }: JournaledFile): Buffer | undefined {
  const path = join(root, file)
  // Asked first, because an exception for each file that is new would take longer.
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined
  return readFileSync(path)
}
