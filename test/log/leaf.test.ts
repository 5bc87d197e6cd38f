import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { depositLeaf, leafHashOf } from '../../src/log/leaf.ts'
import { recordDigestsOf } from '../../src/record/record-digests.ts'

// SHA-256 and SHA-512 of "abc": FIPS 180-4, examples.
const record = await recordDigestsOf(new TextEncoder().encode('abc'))
const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
const sha512 =
  'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a' +
  '2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f'
const receivedAt = '2026-11-20T10:00:00Z'

const recordText =
  '"record":{"mediaType":"application/vnd.stele.record+json",' +
  `"sha256":"${sha256}","sha512":"${sha512}","size":3}`
const leafText = (signatures: string) =>
  '{"apiVersion":"1","kind":"deposit","spec":{' +
  `"receivedAt":"${receivedAt}",${recordText},"signatures":[${signatures}]}}`

describe('the leaf of a deposit', () => {
  it('is what docs/format.md, section 6 shows, in canonical form', () => {
    const signature = { kid: 'k1', alg: 'EdDSA', sha256: '0'.repeat(64) }
    const leaf = depositLeaf(
      record,
      [signature, { ...signature, kid: 'k0', alg: 'ES256' }],
      receivedAt,
    )
    const expected = leafText(
      `{"alg":"EdDSA","kid":"k1","sha256":"${'0'.repeat(64)}"},` +
        `{"alg":"ES256","kid":"k0","sha256":"${'0'.repeat(64)}"}`,
    )
    assert.equal(new TextDecoder().decode(leaf), expected)
  })

  it('has an empty list where nobody signed', () => {
    assert.equal(new TextDecoder().decode(depositLeaf(record, [], receivedAt)), leafText(''))
  })

  it('fits behind a length of 16 bits with as many signatures as a record may have', () => {
    const signature = { kid: 'k'.repeat(43), alg: 'Ed25519', sha256: '0'.repeat(64) }
    const leaf = depositLeaf(
      record,
      Array.from({ length: 16 }, () => signature),
      receivedAt,
    )
    assert.ok(leaf.length <= 65_535)
  })
})

describe('the hash of a leaf', () => {
  it('is SHA-256 of a zero byte and the leaf', async () => {
    const leaf = depositLeaf(record, [], receivedAt)
    const expected = createHash('sha256').update(Buffer.of(0)).update(leafText('')).digest('hex')
    assert.equal(await leafHashOf(leaf), expected)
  })

  it('of an empty leaf is that of RFC 9162 logs', async () => {
    const expected = '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'
    assert.equal(await leafHashOf(new Uint8Array()), expected)
  })
})
