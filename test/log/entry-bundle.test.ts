import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import {
  decodeEntryBundle,
  encodeEntryBundle,
  entriesOfBundlePrefix,
  EntryTooLong,
  MalformedLogFile,
} from '../../src/log/entry-bundle.ts'
import { entries } from './log-by-definition.ts'
import { hexOf, vectors } from './vectors.ts'

const anyEntries = fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 20 })

describe('A bundle of entries', () => {
  it('has the bytes of the vectors', () => {
    const { size, hex } = vectors.smallEntryBundle
    assert.equal(hexOf(encodeEntryBundle(entries.slice(0, size))), hex)
  })

  it('gives back what was put in', () => {
    fc.assert(
      fc.property(anyEntries, (some) => {
        assert.deepEqual(decodeEntryBundle(encodeEntryBundle(some)), some)
      }),
    )
  })

  it('begins with the bundle of the first entries', () => {
    fc.assert(
      fc.property(anyEntries, fc.nat(), (some, any) => {
        const count = any % (some.length + 1)
        const prefix = entriesOfBundlePrefix(encodeEntryBundle(some), count)
        assert.deepEqual(prefix, encodeEntryBundle(some.slice(0, count)))
      }),
    )
  })

  it('takes an entry of 65 535 bytes and refuses one of 65 536', () => {
    const longest = new Uint8Array(65_535).fill(7)
    assert.deepEqual(decodeEntryBundle(encodeEntryBundle([longest])), [longest])
    assert.throws(() => encodeEntryBundle([new Uint8Array(65_536)]), EntryTooLong)
  })

  for (const hex of ['00', '0001', '000541424344', '000141000241', '00014100']) {
    it(`is refused when it ends within an entry: ${hex}`, () => {
      const cut = new Uint8Array(Buffer.from(hex, 'hex'))
      assert.throws(() => decodeEntryBundle(cut), MalformedLogFile)
    })
  }

  it('is refused when it has fewer entries than are asked for', () => {
    const bundle = encodeEntryBundle(entries.slice(0, 2))
    assert.throws(() => entriesOfBundlePrefix(bundle, 3), MalformedLogFile)
  })

  it('is read where it lies in a larger buffer', () => {
    const larger = new Uint8Array([9, 9, 0, 1, 65, 9])
    assert.deepEqual(decodeEntryBundle(larger.subarray(2, 5)), [Uint8Array.of(65)])
  })
})
