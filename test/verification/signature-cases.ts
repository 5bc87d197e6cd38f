import { canonicalBytes } from '../../src/record/canonical-json.ts'
import type { Case, Expected } from './cases.ts'
import {
  ada,
  ben,
  depositHeader,
  evidenceFor,
  keySetOf,
  ownKeySetOf,
  receiptHeader,
  receiptKey,
  signaturesDocument,
  signDetached,
  stranger,
  type Evidence,
  type Signature,
} from './evidence.ts'
import { digest, good, pinned, pinnedCase, record, without } from './record-cases.ts'
import { mirrored } from './test-keys.ts'

const groupOrder = 2n ** 252n + 27742317777372353535851937790883648493n
const bad: Expected = { 'depositor-signatures': 'bad' }
const unreadable: Expected = { 'depositor-signatures': 'bad', leaf: 'unknown' }
const byAda = signDetached(record, ada)
const byBen = signDetached(record, ben)
const signed = evidenceFor(record, { signatures: [byAda] })
const signedByBoth = evidenceFor(record, { signatures: [byAda, byBen] })

/** Everything in the registry agrees with these signatures, however wrong they are. */
function loggedWith(...signatures: readonly Signature[]): Evidence {
  return evidenceFor(record, { signatures })
}

function withHeader(header: Parameters<typeof signDetached>[2]): Evidence {
  return loggedWith(signDetached(record, ada, header))
}

function withDocument(text: string): Evidence {
  return { ...signed, signatures: Buffer.from(text) }
}

const adaHeader = depositHeader(ada)
const otherBytes = Buffer.from('{"title":"another record"}')

const wrongSignatures: readonly Case[] = [
  pinnedCase('a signature over another record', loggedWith(signDetached(otherBytes, ada)), bad),
  pinnedCase(
    'one good and one bad signature are not good',
    loggedWith(byAda, signDetached(otherBytes, ada)),
    bad,
  ),
  pinnedCase(
    'a signature under the kid of another key',
    loggedWith(signDetached(record, stranger, depositHeader(ada))),
    bad,
  ),
  pinnedCase(
    'a signature with a scalar beyond the group order',
    loggedWith(beyondOrder(byAda)),
    bad,
  ),
  {
    ...pinnedCase(
      'an ES256 signature over another record',
      loggedWith(signDetached(otherBytes, ben)),
      bad,
    ),
    needs: ['ES256'],
  },
  {
    ...pinnedCase(
      'the other ES256 signature that one can compute from a good one',
      { ...loggedWith(byBen), signatures: signaturesDocument([mirroredOf(byBen)]) },
      { 'depositor-signatures': 'good', leaf: 'bad' },
    ),
    needs: ['ES256'],
  },
]

const wrongHeaders: readonly Case[] = [
  pinnedCase(
    'a signature with typ of a receipt',
    withHeader({ ...adaHeader, typ: 'stele-receipt+jws' }),
    bad,
  ),
  pinnedCase(
    'the header of a receipt as that of a depositor',
    loggedWith(signDetached(record, receiptKey, receiptHeader(receiptKey))),
    bad,
  ),
  pinnedCase('a signature without cty', withHeader({ ...adaHeader, cty: 'text/plain' }), bad),
  pinnedCase('a signature with alg none', withHeader({ ...adaHeader, alg: 'none' }), bad),
  pinnedCase('a signature with alg HS256', withHeader({ ...adaHeader, alg: 'HS256' }), bad),
  pinnedCase('an Ed25519 key with alg ES256', withHeader({ ...adaHeader, alg: 'ES256' }), bad),
  pinnedCase(
    'an Ed25519 key with the newer name of alg',
    withHeader({ ...adaHeader, alg: 'Ed25519' }),
    {
      'depositor-signatures': 'good',
    },
  ),
  pinnedCase(
    'a signature with b64 false',
    withHeader({ ...adaHeader, b64: false, crit: ['b64'] }),
    bad,
  ),
  pinnedCase(
    'a signature with b64 false and no crit',
    withHeader({ ...adaHeader, b64: false }),
    bad,
  ),
  pinnedCase('a signature that brings its key', withHeader({ ...adaHeader, jwk: ada.jwk }), bad),
  pinnedCase(
    'a signature that names the address of a key',
    withHeader({ ...adaHeader, jku: 'https://evil.example' }),
    bad,
  ),
  pinnedCase('a protected header without alg', withHeader({ kid: ada.kid }), unreadable),
  pinnedCase(
    'a protected header with alg twice',
    withHeader(`{"alg":"none",${JSON.stringify(adaHeader).slice(1)}`),
    unreadable,
  ),
]

const wrongDocuments: readonly Case[] = [
  pinnedCase(
    'alg in an unprotected header',
    { ...signed, signatures: documentOf({ ...byAda, header: { alg: 'EdDSA' } }) },
    unreadable,
  ),
  pinnedCase(
    'a signature with a payload of its own',
    { ...signed, signatures: documentOf({ ...byAda, payload: 'e30' }) },
    unreadable,
  ),
  pinnedCase(
    'a signature with stray bits at its end',
    { ...signed, signatures: documentOf({ ...byAda, signature: withStrayBits(byAda.signature) }) },
    unreadable,
  ),
  pinnedCase(
    'a signature in padded base64url',
    { ...signed, signatures: documentOf({ ...byAda, signature: `${byAda.signature}==` }) },
    unreadable,
  ),
  pinnedCase(
    'an empty signature',
    { ...signed, signatures: documentOf({ ...byAda, signature: '' }) },
    unreadable,
  ),
  pinnedCase(
    'a single signature in flattened form',
    withDocument(JSON.stringify(byAda)),
    unreadable,
  ),
  pinnedCase('a list of no signatures', withDocument('{"signatures":[]}'), unreadable),
  pinnedCase(
    'a list of seventeen signatures',
    { ...signed, signatures: signaturesDocument(Array.from({ length: 17 }, () => byAda)) },
    unreadable,
  ),
  pinnedCase('signatures that are no JSON', withDocument('not JSON'), unreadable),
]

const keysAndLog: readonly Case[] = [
  pinnedCase(
    'a signature by a key that nobody knows',
    { ...signed, jwks: ownKeySetOf([receiptKey]) },
    { 'depositor-signatures': 'unknown' },
  ),
  {
    ...pinnedCase(
      'a signature by a key that nobody knows, to a reader who allows it',
      { ...signed, jwks: ownKeySetOf([receiptKey]) },
      { 'depositor-signatures': 'unknown' },
    ),
    allow: ['depositor-signatures'],
  },
  pinnedCase(
    'a key set that gives one key the kid of another',
    { ...signed, jwks: canonicalBytes({ keys: [{ ...stranger.jwk, kid: ada.kid }] }) },
    { 'depositor-signatures': 'unknown' },
  ),
  {
    name: 'a signature by a key that the reader has',
    files: without(signed, 'jwks'),
    digest,
    trust: { ...pinned, receiptKeys: keySetOf([receiptKey, ada]) },
    expected: pinnedCase('', {}, { 'depositor-signatures': 'good' }).expected,
  },
  pinnedCase(
    'a signature by a key that the key set gives for receipts',
    { ...signed, jwks: ownKeySetOf([receiptKey, ada]) },
    { 'depositor-signatures': 'good' },
  ),
  pinnedCase('a signature that the log names is not there', without(signed, 'signatures'), {
    leaf: 'bad',
  }),
  pinnedCase(
    'a signature that the log does not name',
    { ...good, signatures: signaturesDocument([byAda]) },
    { 'depositor-signatures': 'good', leaf: 'bad' },
  ),
  {
    ...pinnedCase(
      'signatures in another order than the log has',
      { ...signedByBoth, signatures: signaturesDocument([byBen, byAda]) },
      { 'depositor-signatures': 'good', leaf: 'bad' },
    ),
    needs: ['ES256'],
  },
]

export const signatureCases: readonly Case[] = [
  ...wrongSignatures,
  ...wrongHeaders,
  ...wrongDocuments,
  ...keysAndLog,
]

function documentOf(entry: Parameters<typeof canonicalBytes>[0]): Uint8Array {
  return canonicalBytes({ signatures: [entry] })
}

/** The last character of 64 bytes in base64url has four bits that mean nothing. */
export function withStrayBits(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return `${text.slice(0, -1)}${alphabet[alphabet.indexOf(text.slice(-1)) + 1] ?? ''}`
}

/** S + L satisfies the equation too; RFC 8032 forbids it, so that a signature has one form. */
function beyondOrder({ protected: header, signature }: Signature): Signature {
  const bytes = Buffer.from(signature, 'base64url')
  const scalar = BigInt(`0x${Buffer.from(bytes.subarray(32).toReversed()).toString('hex')}`)
  const hex = (scalar + groupOrder).toString(16).padStart(64, '0')
  const changed = Buffer.concat([bytes.subarray(0, 32), Buffer.from(hex, 'hex').toReversed()])
  return { protected: header, signature: changed.toString('base64url') }
}

function mirroredOf({ protected: header, signature }: Signature): Signature {
  const other = mirrored(Buffer.from(signature, 'base64url'))
  return { protected: header, signature: other.toString('base64url') }
}
