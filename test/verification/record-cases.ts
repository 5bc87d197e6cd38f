import { canonicalBytes } from '../../src/record/canonical-json.ts'
import { allGood, ownWord, type Case, type Expected, type ReaderTrust } from './cases.ts'
import {
  ada,
  ben,
  evidenceFor,
  keySetOf,
  logKey,
  policyOf,
  receiptKey,
  signDetached,
  stranger,
  type Evidence,
} from './evidence.ts'
import { otherRecord, smallRecord } from './case-records.ts'
import { signatureLine } from './small-log.ts'
import { sha256 } from './test-keys.ts'

export const record = canonicalBytes(smallRecord)
export const good = evidenceFor(record)
export const digest = digestOf(record)
export const pinned: ReaderTrust = {
  policy: policyOf([logKey]),
  receiptKeys: keySetOf([receiptKey]),
}

/** A case of a reader who has the citation and has pinned everything. */
export function pinnedCase(name: string, files: Evidence, differences: Expected): Case {
  return { name, files, digest, trust: pinned, expected: { ...allGood, ...differences } }
}

export function without(evidence: Evidence, ...names: readonly (keyof Evidence)[]): Evidence {
  const kept = Object.entries(evidence).filter(([name]) => !names.some((other) => other === name))
  return Object.fromEntries(kept)
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${sha256(bytes).toString('hex')}`
}

const signed = evidenceFor(record, { signatures: [signDetached(record, ada)] })
const both = evidenceFor(record, {
  signatures: [signDetached(record, ada), signDetached(record, ben)],
})
const other = evidenceFor(canonicalBytes(otherRecord))
const spaced = Buffer.concat([Buffer.from(' '), record])
const doubled = Buffer.from(Buffer.from(record).toString().replace('{', '{"title":"x",'))
const changed = Buffer.from(Buffer.from(record).toString().replace('Ada', 'Eve'))

export const goodCases: readonly Case[] = [
  pinnedCase('a record checked by a reader who has pinned everything', good, {}),
  { name: 'a record by its own word', files: good, trust: {}, expected: ownWord },
  {
    name: 'a record with a pinned log and the receipt key of its own word',
    files: good,
    digest,
    trust: { policy: policyOf([logKey]) },
    expected: { ...allGood, 'receipt-signature': 'unpinned', trust: 'unpinned' },
  },
  {
    name: 'a record with a pinned receipt key and the log of its own word',
    files: good,
    digest,
    trust: { receiptKeys: keySetOf([receiptKey]) },
    expected: { ...allGood, checkpoint: 'unpinned', trust: 'unpinned' },
  },
  pinnedCase('a reader who has pinned everything needs no policy', without(good, 'policy'), {}),
  pinnedCase('a record that its depositor signed', signed, { 'depositor-signatures': 'good' }),
  {
    ...pinnedCase('a record signed with Ed25519 and ES256', both, {
      'depositor-signatures': 'good',
    }),
    needs: ['ES256'],
  },
]

export const recordCases: readonly Case[] = [
  {
    ...pinnedCase('another record than the cited one', other, { 'record-digest': 'bad' }),
    digest,
  },
  pinnedCase(
    'a record of which one word was changed',
    { ...good, record: changed },
    {
      'record-digest': 'bad',
      'receipt-record': 'bad',
      leaf: 'bad',
    },
  ),
  pinnedCase('no record', without(good, 'record'), {
    'record-digest': 'absent',
    'record-form': 'absent',
    'receipt-record': 'absent',
    leaf: 'absent',
  }),
  {
    ...pinnedCase('a record that is not canonical', evidenceFor(spaced), { 'record-form': 'bad' }),
    digest: digestOf(spaced),
  },
  {
    ...pinnedCase('a record with a member twice', evidenceFor(doubled), { 'record-form': 'bad' }),
    digest: digestOf(doubled),
  },
  {
    ...pinnedCase('a record that is no JSON', evidenceFor(Buffer.from('hello')), {
      'record-form': 'bad',
    }),
    digest: digestOf(Buffer.from('hello')),
  },
  pinnedCase(
    'evidence of another record',
    { ...other, record },
    {
      'receipt-record': 'bad',
      leaf: 'bad',
    },
  ),
  {
    name: 'nothing at all',
    files: {},
    trust: {},
    expected: {
      'record-digest': 'absent',
      'record-form': 'absent',
      'depositor-signatures': 'absent',
      'receipt-signature': 'absent',
      'receipt-record': 'absent',
      'receipt-log': 'absent',
      leaf: 'absent',
      inclusion: 'absent',
      checkpoint: 'absent',
      'checkpoint-copy': 'absent',
      witnesses: 'absent',
      trust: 'unpinned',
    },
  },
  {
    name: 'a whole forgery under keys of its own is true by its own word',
    files: forgery(),
    trust: {},
    expected: ownWord,
  },
  pinnedCase('a whole forgery under keys of its own', forgery(), {
    'receipt-signature': 'bad',
    checkpoint: 'bad',
  }),
]

function forgery(): Evidence {
  const key = { ...logKey, key: stranger }
  return evidenceFor(record, {
    receiptKey: stranger,
    depositorKeys: [],
    policy: policyOf([key]),
    lines: (text) => [signatureLine(text, key)],
  })
}
