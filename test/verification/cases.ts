import type { Evidence } from './evidence.ts'

export type Outcome = 'good' | 'bad' | 'absent' | 'unknown' | 'unpinned'
export type Expected = Readonly<Record<string, Outcome>>

/** What a reader has decided; texts and bytes, as the reader would keep them in files. */
export interface ReaderTrust {
  readonly policy?: string
  readonly receiptKeys?: Uint8Array
  readonly origin?: string
}

/** One case before it is written to files; its report has the outcomes of `expected`. */
export interface Case {
  readonly name: string
  readonly files: Evidence | { readonly bundle: Uint8Array }
  readonly digest?: string
  readonly trust: ReaderTrust
  readonly allow?: readonly string[]
  readonly needs?: readonly string[]
  readonly expected: Expected
}

const mayBeAbsent = ['depositor-signatures', 'checkpoint-copy', 'witnesses']

/** The rule of README.md, by which a report is good. */
export function isGood({ expected, allow = [] }: Case): boolean {
  return Object.entries(expected).every(([check, outcome]) => {
    if (outcome === 'bad') return false
    if (allow.includes(check)) return true
    return outcome !== 'unknown' && (outcome !== 'absent' || mayBeAbsent.includes(check))
  })
}

/** A record without depositor's signatures, checked by a reader who has pinned everything. */
export const allGood: Expected = {
  'record-digest': 'good',
  'record-form': 'good',
  'depositor-signatures': 'absent',
  'receipt-signature': 'good',
  'receipt-record': 'good',
  'receipt-log': 'good',
  leaf: 'good',
  inclusion: 'good',
  checkpoint: 'good',
  'checkpoint-copy': 'good',
  witnesses: 'absent',
  trust: 'good',
}

/** The same when the reader has pinned nothing and cites nothing. */
export const ownWord: Expected = {
  ...allGood,
  'record-digest': 'unpinned',
  'receipt-signature': 'unpinned',
  checkpoint: 'unpinned',
  trust: 'unpinned',
}
