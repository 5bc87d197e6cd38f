import { canonicalBytes, canonicalText } from '../../src/record/canonical-json.ts'
import { parseStrictJson, type JsonObject } from '../../src/record/strict-json.ts'
import type { Case, Expected } from './cases.ts'
import { otherRecord } from './case-records.ts'
import {
  ada,
  ben,
  evidenceFor,
  receiptHeader,
  receiptKey,
  type Deviations,
  type Evidence,
} from './evidence.ts'
import { good, pinnedCase, record, without } from './record-cases.ts'
import { withStrayBits } from './signature-cases.ts'

const other = evidenceFor(canonicalBytes(otherRecord))
const unreadable: Expected = {
  'receipt-signature': 'bad',
  'receipt-record': 'unknown',
  'receipt-log': 'unknown',
  leaf: 'unknown',
}
const receipt = parseStrictJson(good.receipt ?? Buffer.from('{}'))

/** Everything signed as it stands: what a faulty registry could say. */
function stated(name: string, deviations: Deviations, differences: Expected): Case {
  return pinnedCase(name, evidenceFor(record, deviations), differences)
}

function withHeader(name: string, header: (same: JsonObject) => JsonObject | string): Case {
  return stated(name, { header }, { 'receipt-signature': 'bad' })
}

function withMembers(members: JsonObject): Evidence {
  return { ...good, receipt: canonicalBytes({ ...receipt, ...members }) }
}

function inRecord(changes: JsonObject): Deviations {
  return { payload: (payload) => within(payload, 'record', changes) }
}

function inLog(changes: JsonObject): Deviations {
  return { payload: (payload) => within(payload, 'log', changes) }
}

function within(payload: JsonObject, name: string, changes: JsonObject): JsonObject {
  const inner = parseStrictJson(canonicalBytes(payload[name] ?? {}))
  return { ...payload, [name]: { ...inner, ...changes } }
}

const forms: readonly Case[] = [
  pinnedCase('no receipt', without(good, 'receipt'), {
    'receipt-signature': 'absent',
    'receipt-record': 'absent',
    'receipt-log': 'absent',
    leaf: 'absent',
  }),
  pinnedCase('a receipt that is no JSON', { ...good, receipt: Buffer.from('no') }, unreadable),
  pinnedCase(
    'a receipt with an unprotected header',
    withMembers({ header: { alg: 'EdDSA' } }),
    unreadable,
  ),
  pinnedCase(
    'a receipt with stray bits at the end of its signature',
    withMembers({ signature: withStrayBits(textAt('signature')) }),
    unreadable,
  ),
  pinnedCase('a receipt with an empty signature', withMembers({ signature: '' }), unreadable),
  pinnedCase(
    'a receipt in general form',
    {
      ...good,
      receipt: canonicalBytes({
        payload: textAt('payload'),
        signatures: [{ protected: textAt('protected'), signature: textAt('signature') }],
      }),
    },
    unreadable,
  ),
  stated(
    'a receipt whose payload is not canonical',
    { payloadBytes: (bytes) => Buffer.concat([bytes, Buffer.from('\n')]) },
    unreadable,
  ),
  stated(
    'a receipt whose payload is a list',
    { payloadBytes: () => Buffer.from('[]') },
    unreadable,
  ),
]

const headers: readonly Case[] = [
  withHeader('a receipt with typ of a depositor signature', (header) => ({
    ...header,
    typ: 'stele-deposit+jws',
  })),
  withHeader('a receipt without typ', ({ alg = '', kid = '' }) => ({ alg, kid })),
  withHeader('a receipt with alg none', (header) => ({ ...header, alg: 'none' })),
  withHeader('a receipt with alg HS256', (header) => ({ ...header, alg: 'HS256' })),
  withHeader('a receipt with alg ES256', (header) => ({ ...header, alg: 'ES256' })),
  withHeader('a receipt with b64 false', (header) => ({ ...header, b64: false, crit: ['b64'] })),
  withHeader('a receipt that brings its key', (header) => ({ ...header, jwk: receiptKey.jwk })),
  withHeader('a receipt under the kid of another key', (header) => ({ ...header, kid: ada.kid })),
  withHeader(
    'a receipt whose protected header has kid twice',
    (header) => `{"kid":"x",${canonicalText(header).slice(1)}`,
  ),
  withHeader('a receipt whose protected header is no JSON', () => 'header'),
]

const keys: readonly Case[] = [
  pinnedCase(
    'a receipt changed after it was signed',
    withMembers({ payload: payloadWith({ policy: '2' }) }),
    { 'receipt-signature': 'bad' },
  ),
  stated('a receipt signed by a depositor', { receiptKey: ada }, { 'receipt-signature': 'bad' }),
  stated(
    'a receipt signed with ES256',
    { receiptKey: ben, header: () => ({ ...receiptHeader(ben), alg: 'ES256' }) },
    { 'receipt-signature': 'bad' },
  ),
]

const statements: readonly Case[] = [
  pinnedCase(
    'a receipt of another record',
    { ...good, receipt: other.receipt ?? record },
    {
      'receipt-record': 'bad',
      'receipt-log': 'bad',
    },
  ),
  stated('a receipt with another SHA-512', inRecord({ sha512: '0'.repeat(128) }), {
    'receipt-record': 'bad',
  }),
  stated('a receipt with another size', inRecord({ size: 1 }), { 'receipt-record': 'bad' }),
  stated('a receipt with another media type', inRecord({ mediaType: 'text/plain' }), {
    'receipt-record': 'bad',
  }),
  stated('a receipt that says more about the record', inRecord({ title: 'x' }), {
    'receipt-record': 'bad',
  }),
  stated('a receipt with another index', inLog({ index: 4 }), { 'receipt-log': 'bad' }),
  stated('a receipt with a negative index', inLog({ index: -1 }), { 'receipt-log': 'bad' }),
  stated('a receipt of another log', inLog({ origin: 'elsewhere.example.net/log' }), {
    'receipt-log': 'bad',
  }),
  stated('a receipt with another leaf hash', inLog({ leafHash: '0'.repeat(64) }), {
    'receipt-log': 'bad',
  }),
  stated('a receipt that says more about the log', inLog({ note: 'x' }), { 'receipt-log': 'bad' }),
  stated(
    'a receipt that names no log',
    { payload: (payload) => ({ ...payload, log: null }) },
    { 'receipt-log': 'bad' },
  ),
  stated(
    'a receipt of another time',
    { payload: (payload) => ({ ...payload, iat: 1795168801 }) },
    { leaf: 'bad' },
  ),
  stated(
    'a receipt whose time is text',
    { payload: (payload) => ({ ...payload, iat: '1795168800' }) },
    { leaf: 'bad' },
  ),
  stated(
    'a receipt from after the year 9999',
    { payload: (payload) => ({ ...payload, iat: 253402300800 }) },
    { leaf: 'bad' },
  ),
]

export const receiptCases: readonly Case[] = [...forms, ...headers, ...keys, ...statements]

function textAt(name: string): string {
  const value = receipt[name]
  return typeof value === 'string' ? value : ''
}

function payloadWith(changes: JsonObject): string {
  const payload = parseStrictJson(Buffer.from(textAt('payload'), 'base64url'))
  return Buffer.from(canonicalBytes({ ...payload, ...changes })).toString('base64url')
}
