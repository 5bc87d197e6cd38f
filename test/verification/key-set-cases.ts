import { canonicalBytes } from '../../src/record/canonical-json.ts'
import type { JsonValue } from '../../src/record/strict-json.ts'
import { ownWord, type Case } from './cases.ts'
import {
  ada,
  ben,
  evidenceFor,
  keySetOf,
  ownKeySetOf,
  receiptKey,
  stranger,
  type Evidence,
} from './evidence.ts'
import { good, pinned, pinnedCase, record, without } from './record-cases.ts'

const x = receiptKey.publicBytes.toString('base64url')
const y = ben.publicBytes.subarray(33).toString('base64url')
const ownKey = { ...receiptKey.jwk, role: 'receipt' }
const shape = { kty: 'OKP', crv: 'Ed25519', role: 'receipt' }
const pointShape = { kty: 'EC', crv: 'P-256', role: 'receipt' }
const undecided = { 'receipt-signature': 'unknown' } as const

/** Says nothing about the receipt, however it looks. */
const unusable: readonly (readonly [string, JsonValue])[] = [
  ['that is empty', {}],
  ['that is no object', 'key'],
  ['that is null', null],
  ['that is a list', []],
  ['of another type', { kty: 'RSA', n: 'AQAB', e: 'AQAB', role: 'receipt' }],
  ['whose type is a number', { ...ownKey, kty: 1 }],
  ['that is private', { ...ownKey, d: 'AA' }],
  ['that is private and does not say how', { ...ownKey, d: null }],
  ['without coordinates', shape],
  ['whose coordinate is a number', { ...shape, x: 5 }],
  ['whose coordinate is null', { ...shape, x: null }],
  ['that is short', { ...shape, x: 'AA' }],
  ['that is empty base64url', { ...shape, x: '' }],
  ['with another letter', { ...shape, x: `${x.slice(0, -1)}!` }],
  ['with a letter too many', { ...shape, x: `${x}!` }],
  ['with a quotation mark', { ...shape, x: `"${x}` }],
  ['with white space', { ...shape, x: ` ${x}` }],
  ['with a newline at the end', { ...shape, x: `${x}\n` }],
  ['with padding', { ...shape, x: `${x}=` }],
  ['of an impossible length', { ...shape, x: `${x}AA` }],
  ['with letters of plain base64', { ...shape, x: `+/${x.slice(2)}` }],
  ['with stray bits', { ...shape, x: `${Buffer.alloc(32).toString('base64url').slice(0, -1)}B` }],
  ['on another curve', { ...ben.jwk, crv: 'P-384', role: 'receipt' }],
  ['off the curve', { ...ben.jwk, y: ben.jwk['x'] ?? '', role: 'receipt' }],
  ['with half a point', { ...pointShape, x: ben.jwk['x'] ?? '' }],
  ['with half a point that is a number', { ...pointShape, x: ben.jwk['x'] ?? '', y: 7 }],
  ['with half a point of another spelling', { ...ben.jwk, y: `${y}=` }],
]

const members: readonly Case[] = unusable.map(([what, member]) =>
  readable(`a key set with a member ${what}`, keysOf(member, ownKey)),
)

const otherMembers: readonly Case[] = [
  readable(
    'a key set that gives the key of the receipt another kid',
    keysOf({ ...ownKey, kid: ada.kid }),
  ),
  readable('a key set whose key has no kid', keysOf({ ...shape, x })),
  readable('a key set whose kid is a number', keysOf({ ...ownKey, kid: 1 })),
  readable('a key set whose Ed25519 key has a second coordinate', keysOf({ ...ownKey, y: 5 })),
  readable('a key set that says more about its key', keysOf({ ...ownKey, use: 'enc', ext: 1 })),
  readable(
    'a key set that has the key twice, for receipts and for a depositor',
    keysOf(ownKey, { ...ownKey, role: 'depositor' }),
  ),
  undecidedBy(
    'a key set that gives the kid of the receipt to another key',
    keysOf({ ...stranger.jwk, kid: receiptKey.kid, role: 'receipt' }),
  ),
]

const roles: readonly Case[] = [
  ownWordCase(
    'a receipt signed by a depositor whose key comes with the record',
    {
      ...evidenceFor(record, { receiptKey: ada }),
      jwks: ownKeySetOf([receiptKey], [ada, ben]),
    },
    undecided,
  ),
  undecidedBy('a key set that does not say what its keys are for', keySetOf([receiptKey])),
  undecidedBy('a key set with a role that nobody knows', keysOf({ ...ownKey, role: 'Receipt' })),
  undecidedBy('a key set with a list of roles', keysOf({ ...ownKey, role: ['receipt'] })),
]

const sets: readonly Case[] = [
  undecidedBy('a receipt whose key is not in the key set', ownKeySetOf([], [ada])),
  undecidedBy('a key set that is no JSON', Buffer.from('keys')),
  undecidedBy('a key set without a list', Buffer.from('{"keys":{}}')),
  undecidedBy(
    'a key set with a member twice',
    Buffer.from(
      `{"keys":[],${Buffer.from(ownKeySetOf([receiptKey]))
        .toString()
        .slice(1)}`,
    ),
  ),
  ownWordCase('no key set', without(good, 'jwks'), undecided),
]

/** A stolen key that has ended must not vouch for what was deposited later. */
const ends: readonly Case[] = [
  readByEnd('a receipt of the second in which its key ended', '2026-11-20T10:00:00Z', {}),
  readByEnd('a receipt from after the end of its key', '2026-11-20T09:59:59Z', {
    'receipt-signature': 'bad',
  }),
  readByEnd('a receipt whose key ended at a time of another form', '2027-01-01T00:00:00.0Z', {
    'receipt-signature': 'bad',
  }),
  readByEnd('a receipt whose key ended at no time', null, { 'receipt-signature': 'bad' }),
  {
    ...readByEnd('a receipt without a time by a key that has ended', '2027-01-01T00:00:00Z', {
      'receipt-signature': 'bad',
      leaf: 'bad',
    }),
    files: evidenceFor(record, { payload: (payload) => ({ ...payload, iat: 'now' }) }),
  },
]

export const keySetCases: readonly Case[] = [
  ...members,
  ...otherMembers,
  ...roles,
  ...sets,
  ...ends,
]

function readByEnd(name: string, retiredAt: JsonValue, differences: Case['expected']): Case {
  const receiptKeys = keysOf({ ...ownKey, retiredAt })
  return { ...pinnedCase(name, good, differences), trust: { ...pinned, receiptKeys } }
}

function keysOf(...keys: readonly JsonValue[]): Uint8Array {
  return canonicalBytes({ keys: [...keys] })
}

function readable(name: string, jwks: Uint8Array): Case {
  return ownWordCase(name, { ...good, jwks }, {})
}

function undecidedBy(name: string, jwks: Uint8Array): Case {
  return ownWordCase(name, { ...good, jwks }, undecided)
}

function ownWordCase(name: string, files: Evidence, differences: Case['expected']): Case {
  return { name, files, trust: {}, expected: { ...ownWord, ...differences } }
}
