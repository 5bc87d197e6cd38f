import { createHash } from 'node:crypto'
import type { Case, Expected } from './cases.ts'
import { ada, evidenceFor, logKey, policyOf, receiptKey, signDetached } from './evidence.ts'
import { digest, pinned, pinnedCase, record } from './record-cases.ts'
import { lineOf, type NoteKey } from './small-log.ts'
import { ed25519KeyOf, sha256, type TestKey } from './test-keys.ts'

const groupOrder = 2n ** 252n + 27742317777372353535851937790883648493n
const neutralPoint = numberAsBytes(1n)
const basePoint = Buffer.from(`58${'66'.repeat(31)}`, 'hex')
const bad: Expected = { 'depositor-signatures': 'bad' }

/** The neutral point as a key: one signature fits every message, and nobody needs a secret. */
const everybody = ed25519KeyOf(neutralPoint, () => Buffer.concat([basePoint, numberAsBytes(1n)]))
const everybodysLog: NoteKey = { ...logKey, key: everybody }

/** The owner of a key can leave out the random point; RFC 8032 gives every signature one. */
const withoutPoint: TestKey = {
  ...ada,
  sign: (bytes) => {
    const hashed = sha512(neutralPoint, ada.publicBytes, bytes)
    const scalar = (bytesAsNumber(hashed) * secretOf('ada')) % groupOrder
    return Buffer.concat([neutralPoint, numberAsBytes(scalar)])
  },
}

export const weakKeyCases: readonly Case[] = [
  pinnedCase(
    'a signature by a key that has signed everything',
    evidenceFor(record, {
      signatures: [signDetached(record, everybody)],
      depositorKeys: [everybody],
    }),
    bad,
  ),
  pinnedCase(
    'a signature whose point is the neutral one',
    evidenceFor(record, { signatures: [signDetached(record, withoutPoint)] }),
    bad,
  ),
  {
    ...pinnedCase(
      'a checkpoint by a key that has signed everything',
      evidenceFor(record, {
        lines: (text) => [lineOf(everybodysLog, everybody.sign(Buffer.from(text)))],
      }),
      { checkpoint: 'bad' },
    ),
    digest,
    trust: { ...pinned, policy: policyOf([everybodysLog]) },
  },
  pinnedCase(
    'a receipt by a key that has signed everything, under the kid of another',
    evidenceFor(record, {
      receiptKey: { ...everybody, kid: receiptKey.kid },
    }),
    { 'receipt-signature': 'bad' },
  ),
]

function secretOf(name: string): bigint {
  const hashed = sha512(sha256(`test key ${name}`)).subarray(0, 32)
  const lowest = bytesAsNumber(hashed) & ((1n << 254n) - 8n)
  return lowest | (1n << 254n)
}

function sha512(...parts: readonly Uint8Array[]): Buffer {
  return createHash('sha512').update(Buffer.concat(parts)).digest()
}

function bytesAsNumber(bytes: Buffer): bigint {
  return BigInt(`0x${Buffer.from(bytes.toReversed()).toString('hex')}`)
}

function numberAsBytes(value: bigint): Buffer {
  return Buffer.from(Buffer.from(value.toString(16).padStart(64, '0'), 'hex').toReversed())
}
