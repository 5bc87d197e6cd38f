import type { NewRecord } from '../../src/catalog/catalog.ts'
import type { EntryKind, NewLogEntry } from '../../src/catalog/log-entries.ts'
import { digestOfHex, type Digest } from '../../src/record/digest.ts'

/** A digest that is easy to tell from others: `n` as eight hex digits, then zeros. */
export function digestNumbered(n: number): Digest {
  return digestOfHex(n.toString(16).padStart(8, '0').padEnd(64, '0'))
}

/** A record as the archive hands it to the catalog; `n` names it. */
export function entryNumbered(n: number, changes: Partial<NewRecord> = {}): NewRecord {
  return {
    digest: digestNumbered(n),
    sha512: 'f'.repeat(128),
    byteLength: 1000 + n,
    planDigest: undefined,
    kind: 'run',
    title: `Record ${n}`,
    authors: ['Ada Example'],
    project: 'rods',
    application: undefined,
    machine: undefined,
    verdict: undefined,
    acceptedAt: '2026-11-20T10:00:00Z',
    leaf: new TextEncoder().encode(`leaf ${n}`),
    leafHash: 'e'.repeat(64),
    signatures: undefined,
    signatureKeys: [],
    runner: digestNumbered(0xf),
    blobCount: 0,
    blobBytes: 0,
    blobs: new Map(),
    relations: [],
    words: wordsOf({ title: `Record ${n}` }),
    ...changes,
  }
}

export function wordsOf(words: Partial<NewRecord['words']>): NewRecord['words'] {
  const none = { title: '', summary: '', authors: '', application: '', keywords: '', packages: '' }
  return { ...none, ...words }
}

/** An entry of the log about nothing; `n` tells it from others. */
export function logEntryNumbered(n: number, kind: EntryKind = 'key'): NewLogEntry {
  const leaf = new TextEncoder().encode(`leaf ${n}`)
  return { kind, leaf, leafHash: n.toString(16).padStart(64, 'd') }
}

/** The entry that binds or revokes a depositor's key; `n` tells it from others. */
export function keyEntryNumbered(n: number): NewLogEntry {
  return logEntryNumbered(n, 'depositor-key')
}
