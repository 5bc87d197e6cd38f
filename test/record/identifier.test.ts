import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { digestOf, digestOfHex } from '../../src/record/digest.ts'
import { nihUriOf, niUriOf, recordUrlOf, shortDigestOf } from '../../src/record/identifier.ts'

const helloWorld = await digestOf(new TextEncoder().encode('hello world\n'))

// The public key of RFC 6920, section 8; its digest is the one of figures 6 and 8.
const keyOfTheRfc = digestOfHex('53269057e12fe2b74ba07c892560a2d753877eb62ff44d5a19002530ed97ffe4')

const anyDigest = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => digestOfHex(Buffer.from(bytes).toString('hex')))

describe('a digest has other spellings', () => {
  it('as the ni URI of RFC 6920', () => {
    assert.equal(niUriOf(keyOfTheRfc), 'ni:///sha-256;UyaQV-Ev4rdLoHyJJWCi11OHfrYv9E1aGQAlMO2X_-Q')
    assert.equal(niUriOf(helloWorld), 'ni:///sha-256;qUiQTy8PR5uPgZdpSzAYSw0u0cHNKh7A-4XSmaGSpEc')
  })

  it('as an ni URI that decodes to the same bytes, whatever they are', () => {
    fc.assert(
      fc.property(anyDigest, (digest) => {
        const value = niUriOf(digest).slice('ni:///sha-256;'.length)

        assert.equal(digestOfHex(Buffer.from(value, 'base64url').toString('hex')), digest)
        assert.match(value, /^[\w-]{43}$/)
      }),
    )
  })

  it('as the nih form of RFC 6920, cut to 120 bits, with its check digit', () => {
    assert.equal(nihUriOf(keyOfTheRfc), 'nih:sha-256-120;5326-9057-e12f-e2b7-4ba0-7c89-2560-a2;f')
    assert.equal(nihUriOf(helloWorld), 'nih:sha-256-120;a948-904f-2f0f-479b-8f81-9769-4b30-18;f')
  })

  it('whose check digit changes with every single digit', () => {
    const anyDigit = fc.nat({ max: 15 }).map((value) => value.toString(16))
    fc.assert(
      fc.property(anyDigest, fc.nat({ max: 29 }), anyDigit, (digest, place, digit) => {
        const hex = digest.slice('sha256:'.length)
        fc.pre(hex[place] !== digit)
        const mistyped = digestOfHex(hex.slice(0, place) + digit + hex.slice(place + 1))

        assert.notEqual(nihUriOf(mistyped).at(-1), nihUriOf(digest).at(-1))
      }),
    )
  })

  it('as its first twelve hex digits', () => {
    assert.equal(shortDigestOf(helloWorld), 'a948904f2f0f')
  })

  it('as the page of the record', () => {
    assert.equal(
      recordUrlOf('https://registry.example.org', helloWorld),
      'https://registry.example.org/records/sha256:a948904f2f0f479b8f8197694b30184b0d2ed1c1cd2a1ec0fb85d299a192a447',
    )
  })
})
