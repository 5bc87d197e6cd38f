import { canonicalBytes } from '../../src/record/canonical-json.ts'
import type { Case, Expected } from './cases.ts'
import { otherRecord } from './case-records.ts'
import { evidenceFor, type Deviations, type Evidence } from './evidence.ts'
import { good, pinnedCase, record, without } from './record-cases.ts'

export const other = evidenceFor(canonicalBytes(otherRecord))
export const unreadable: Expected = {
  'receipt-log': 'unknown',
  inclusion: 'bad',
  checkpoint: 'unknown',
  'checkpoint-copy': 'unknown',
  witnesses: 'unknown',
}
const noProof: Expected = {
  'receipt-log': 'absent',
  inclusion: 'absent',
  checkpoint: 'absent',
  'checkpoint-copy': 'absent',
}

export function made(name: string, deviations: Deviations, differences: Expected): Case {
  return pinnedCase(name, evidenceFor(record, deviations), differences)
}

/** The evidence with a change in the text of the proof, or of every text that holds the checkpoint. */
export function proofWith(change: (text: string) => string): Evidence {
  return { ...good, proof: changed(good.proof, change) }
}

export function changed(
  bytes: Uint8Array | undefined,
  change: (text: string) => string,
): Uint8Array {
  return Buffer.from(change(Buffer.from(bytes ?? '').toString()))
}

const proofs: readonly Case[] = [
  pinnedCase('no proof', without(good, 'proof'), noProof),
  {
    ...pinnedCase('no proof, to a reader who allows it', without(good, 'proof'), noProof),
    allow: ['receipt-log', 'inclusion', 'checkpoint'],
  },
  pinnedCase(
    'a proof that is no proof',
    proofWith(() => 'proof\n'),
    unreadable,
  ),
  pinnedCase(
    'a proof of another version',
    proofWith((text) => text.replace('@v1', '@v2')),
    unreadable,
  ),
  pinnedCase(
    'a proof with the line ends of Windows',
    proofWith((text) => text.replaceAll('\n', '\r\n')),
    unreadable,
  ),
  pinnedCase(
    'a proof whose index has a leading zero',
    proofWith((text) => text.replace('index 3', 'index 03')),
    unreadable,
  ),
  pinnedCase(
    'a proof of another record',
    { ...good, proof: other.proof ?? record, checkpoint: other.checkpoint ?? record },
    { inclusion: 'bad' },
  ),
  pinnedCase(
    'a proof for another index',
    proofWith((text) => text.replace('index 3', 'index 2')),
    {
      'receipt-log': 'bad',
      inclusion: 'bad',
    },
  ),
  pinnedCase('a proof with another hash', proofWith(withOtherHash), { inclusion: 'bad' }),
  pinnedCase(
    'a proof with a hash too few',
    proofWith((text) => text.replace(/^[A-Za-z0-9+/]{43}=\n/m, '')),
    {
      inclusion: 'bad',
    },
  ),
  pinnedCase(
    'a proof with a hash too many',
    proofWith((text) => text.replace(/^([A-Za-z0-9+/]{43}=\n)/m, '$1$1')),
    {
      inclusion: 'bad',
    },
  ),
]

const leaves: readonly Case[] = [
  pinnedCase('no leaf', without(good, 'leaf'), {
    'receipt-log': 'absent',
    leaf: 'absent',
    inclusion: 'absent',
  }),
  pinnedCase(
    'a leaf of another record',
    { ...good, leaf: other.leaf ?? record },
    {
      'receipt-log': 'bad',
      leaf: 'bad',
      inclusion: 'bad',
    },
  ),
  made(
    'a leaf of a kind that nobody knows',
    { leaf: (leaf) => ({ ...leaf, kind: 'dream' }) },
    { leaf: 'bad' },
  ),
  made('a leaf of another kind', { leaf: (leaf) => ({ ...leaf, kind: 'event' }) }, { leaf: 'bad' }),
  made(
    'a leaf of another version',
    { leaf: (leaf) => ({ ...leaf, apiVersion: '2' }) },
    { leaf: 'bad' },
  ),
  made('a leaf with a member more', { leaf: (leaf) => ({ ...leaf, note: 'x' }) }, { leaf: 'bad' }),
  made(
    'a leaf that is not canonical',
    { leafBytes: (leaf) => Buffer.concat([leaf, Buffer.from('\n')]) },
    { leaf: 'bad' },
  ),
  made('a leaf that is no JSON', { leafBytes: () => Buffer.from('leaf') }, { leaf: 'bad' }),
]

export const proofCases: readonly Case[] = [...proofs, ...leaves]

function withOtherHash(text: string): string {
  const [first = ''] = /^[A-Za-z0-9+/]{43}=$/m.exec(text) ?? []
  return text.replace(first, Buffer.alloc(32).toString('base64'))
}
