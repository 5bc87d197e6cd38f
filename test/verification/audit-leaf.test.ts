import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { depositLeaf, depositorKeyLeaf, eventLeaf, keyLeaf } from '../../src/log/leaf.ts'
import { digestOfHex } from '../../src/record/digest.ts'
import { readLeaf } from '../../src/verification/audit-leaf.ts'

const digest = digestOfHex('ab'.repeat(32))
const other = digestOfHex('cd'.repeat(32))
const digests = { digest, sha512: 'ef'.repeat(64), byteLength: 1234 }
const document = { sha512: digests.sha512, byteLength: digests.byteLength }
const kid = 'k'.repeat(43)
const at = '2026-11-20T10:00:00Z'
const signatures = [
  { kid, alg: 'EdDSA', sha256: '01'.repeat(32) },
  { kid: 'K'.repeat(43), alg: 'ES256', sha256: '02'.repeat(32) },
]

describe('an audit reads every kind of entry that a registry writes', () => {
  it('deposits, signed and not', () => {
    const leaf = { kind: 'deposit', record: digest, document, receivedAt: at }
    assert.deepEqual(readLeaf(depositLeaf(digests, [], at)), { ...leaf, signatures: [] })
    assert.deepEqual(readLeaf(depositLeaf(digests, signatures, at)), { ...leaf, signatures })
  })

  it('events and withdrawals, which are about another record', () => {
    const event = { event: digests, record: other, signatures, receivedAt: at }
    const leaf = { record: other, document, signatures, receivedAt: at }
    assert.deepEqual(readLeaf(eventLeaf(event)), { kind: 'event', ...leaf })
    const withdrawal = eventLeaf({ ...event, reason: 'personal-data' })
    assert.deepEqual(readLeaf(withdrawal), { kind: 'withdrawal', ...leaf })
  })

  it('keys of the registry, with the word of another and without', () => {
    const key = { role: 'receipt', action: 'introduced', kid, at } as const
    const endorsement = { kid: 'K'.repeat(43), protected: 'eyJ9', signature: 'c2ln' }
    assert.deepEqual(readLeaf(keyLeaf(key)), { kind: 'key', ...key, endorsement: undefined })
    assert.deepEqual(readLeaf(keyLeaf(key, endorsement)), { kind: 'key', ...key, endorsement })
  })

  it('keys of depositors', () => {
    const key = { action: 'revoked', kid, projectSha256: '03'.repeat(32), at } as const
    assert.deepEqual(readLeaf(depositorKeyLeaf(key)), { kind: 'depositor-key', ...key })
  })
})

describe('an audit takes for malformed', () => {
  for (const [what, from, to] of [
    ['another name of a member', '"kind":"deposit"', '"type":"deposit"'],
    ['a digest in upper case', 'ab'.repeat(32), 'AB'.repeat(32)],
    ['a digest that is too short', 'ef'.repeat(64), 'ef'.repeat(63)],
    ['a size with a sign', '"size":1234', '"size":-1234'],
    ['another media type', 'vnd.stele.record', 'vndXstele.record'],
    ['a time without its zone', '10:00:00Z', '10:00:00'],
    ['another algorithm', '"alg":"EdDSA"', '"alg":"none"'],
    ['one member more', '"size":1234', '"size":1234,"title":"x"'],
  ] as const) {
    it(`a deposit with ${what}`, () => {
      const text = Buffer.from(depositLeaf(digests, signatures, at)).toString()
      assert.equal(readLeaf(Buffer.from(text.replace(from, to))).kind, 'malformed')
    })
  }
})
