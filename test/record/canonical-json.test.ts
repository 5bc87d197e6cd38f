import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import canonicalize from 'canonicalize'
import * as fc from 'fast-check'
import { canonicalBytes, canonicalText, firstDifference } from '../../src/record/canonical-json.ts'
import { parseStrictJson } from '../../src/record/strict-json.ts'
import { arbitraryDocument } from './arbitrary-json.ts'

const encode = (text: string) => new TextEncoder().encode(text)

/** An RFC 8785 example as its JSON stands in the RFC, in canonical form. */
function canonicalFormOf(text: string): string {
  return canonicalText(parseStrictJson(encode(text)))
}

describe('the canonical form', () => {
  it('sorts names as RFC 8785, section 3.2.3 does', () => {
    const text = `{
      "\\u20ac": "Euro Sign",
      "\\r": "Carriage Return",
      "\\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\\ud83d\\ude00": "Emoji: Grinning Face",
      "\\u0080": "Control",
      "\\u00f6": "Latin Small Letter O With Diaeresis"
    }`
    const ordered =
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control",' +
      '"\u00f6":"Latin Small Letter O With Diaeresis","\u20ac":"Euro Sign",' +
      '"\u{1f600}":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}'
    assert.equal(canonicalFormOf(text), ordered)
  })

  it('escapes strings as RFC 8785, section 3.2.2.2 does', () => {
    const text = `{"string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/"}`
    assert.equal(canonicalFormOf(text), `{"string":"\u20ac$\\u000f\\nA'B\\"\\\\\\\\\\"/"}`)
  })

  it('escapes control characters and nothing else', () => {
    const text = '\b\t\n\f\r\u0000\u001f\u007f\u0080\u2028\ufeff'
    const escaped = '"\\b\\t\\n\\f\\r\\u0000\\u001f\u007f\u0080\u2028\ufeff"'
    assert.equal(canonicalText(text), escaped)
  })

  it('sorts names that look like numbers as text', () => {
    assert.equal(canonicalText({ 10: 1, 9: 2, a: 3, '': 4 }), '{"":4,"10":1,"9":2,"a":3}')
  })

  it('sorts on every level, and leaves arrays in their order', () => {
    const document = { b: [{ d: 1, c: null }, false], a: [3, -1, 0] }
    assert.equal(canonicalText(document), '{"a":[3,-1,0],"b":[{"c":null,"d":1},false]}')
  })

  it('is UTF-8', () => {
    const bytes = [0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xf0, 0x9f, 0x98, 0x80, 0x22, 0x7d]
    assert.deepEqual(canonicalBytes({ a: '\u{1f600}' }), Uint8Array.from(bytes))
  })

  it('does not normalise Unicode', () => {
    assert.equal(canonicalText({ '\u00e9': 1, 'e\u0301': 2 }), '{"e\u0301":2,"\u00e9":1}')
  })

  it('is what another implementation of RFC 8785 writes', () => {
    fc.assert(
      fc.property(arbitraryDocument, (document) => {
        assert.equal(canonicalText(document), canonicalize(document))
      }),
      { numRuns: 500 },
    )
  })

  it('of a canonical document is the document itself', () => {
    fc.assert(
      fc.property(arbitraryDocument, (document) => {
        const bytes = canonicalBytes(document)
        assert.deepEqual(canonicalBytes(parseStrictJson(bytes)), bytes)
      }),
    )
  })
})

describe('the first difference', () => {
  const differences: readonly [string, string, number | undefined][] = [
    ['', '', undefined],
    ['abc', 'abc', undefined],
    ['abc', 'abd', 2],
    ['abc', 'ab', 2],
    ['', 'a', 0],
    ['\u00e9', '\u00e8', 1],
  ]
  for (const [left, right, offset] of differences) {
    it(`of ${JSON.stringify(left)} and ${JSON.stringify(right)} is ${offset}`, () => {
      assert.equal(firstDifference(encode(left), encode(right)), offset)
      assert.equal(firstDifference(encode(right), encode(left)), offset)
    })
  }
})
