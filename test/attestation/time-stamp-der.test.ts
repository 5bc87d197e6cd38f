import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DerReader, derOf, derTag } from '../../src/attestation/time-stamp-der.ts'

describe('a reader of DER', () => {
  it('gives neighbouring values in their order', () => {
    const reader = readerOf('0201050401ff')
    assert.deepEqual([...reader.takeInteger('a number')], [5])
    assert.deepEqual([...reader.take(derTag.octetString, 'bytes')], [0xff])
    reader.end('the bytes')
  })

  it('takes an optional value only if it is of that kind', () => {
    const reader = readerOf('0500')
    assert.equal(reader.takeOptional(derTag.boolean), undefined)
    assert.deepEqual(reader.takeOptional(derTag.nothing), new Uint8Array())
    assert.equal(reader.takeOptional(derTag.nothing), undefined)
  })

  for (const [length, spelling] of [
    [0x7f, '7f'],
    [0x80, '8180'],
    [0xff, '81ff'],
    [0x100, '820100'],
    [0x10000, '83010000'],
  ] as const) {
    it(`reads the length ${length}`, () => {
      const content = readerOf(`04${spelling}${'ab'.repeat(length)}05`).take(0x04, 'bytes')
      assert.equal(content.length, length)
    })
  }

  for (const [what, hex] of [
    ['is indefinite', '04800000'],
    ['has a longer form than it needs', `04817f${'ab'.repeat(0x7f)}`],
    ['has a zero in front', `04820080${'ab'.repeat(0x80)}`],
    ['is cut off', '048201'],
    ['is missing', '04'],
    ['is more than there is', '0402ab'],
    ['is more than any number holds', `04ff${'ff'.repeat(0x7f)}`],
  ] as const) {
    it(`refuses a length that ${what}`, () => {
      assert.throws(() => readerOf(hex).take(derTag.octetString, 'bytes'), malformed)
    })
  }

  for (const hex of ['020100', '02017f', '0201ff', '02020080', '0202ff7f', '02020100']) {
    it(`reads the number ${hex}`, () => {
      assert.equal(Buffer.from(readerOf(hex).takeInteger('it')).toString('hex'), hex.slice(4))
    })
  }

  for (const hex of ['0200', '0202007f', '0202ff80', '02020000', '0202ffff']) {
    it(`refuses the number ${hex}`, () => {
      assert.throws(() => readerOf(hex).takeInteger('a number'), malformed)
    })
  }

  it('refuses another kind of value, none, and one too many', () => {
    assert.throws(() => readerOf('0500').take(derTag.octetString, 'bytes'), malformed)
    assert.throws(() => readerOf('').take(derTag.octetString, 'bytes'), malformed)
    assert.throws(() => readerOf('0500').end('the bytes'), malformed)
  })
})

describe('a value as DER', () => {
  it('has its kind and its length in front', () => {
    const bytes = derOf(
      derTag.sequence,
      derOf(derTag.nothing),
      derOf(derTag.boolean, Uint8Array.of(1)),
    )
    assert.deepEqual([...bytes], [0x30, 5, 5, 0, 1, 1, 1])
  })

  it('is not written when it is too long for one byte of length', () => {
    assert.equal(derOf(derTag.octetString, new Uint8Array(127)).length, 129)
    assert.throws(() => derOf(derTag.octetString, new Uint8Array(128)), RangeError)
  })
})

const malformed = { name: 'UnusableTimeStamp', reason: 'malformed' }

function readerOf(hex: string): DerReader {
  return new DerReader(new Uint8Array(Buffer.from(hex, 'hex')))
}
