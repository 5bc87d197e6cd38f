import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { InvalidJson, parseStrictJson, type JsonObject } from '../../src/record/strict-json.ts'
import { limits } from '../../src/record/limits.ts'
import { arbitraryDocument, damagedText } from './arbitrary-json.ts'

const encode = (text: string) => new TextEncoder().encode(text)
const parse = (text: string) => parseStrictJson(encode(text))

/** Rule, pointer and offset of the refusal of a document. */
function refusalOf(document: string | Uint8Array): readonly [string, string, number] {
  const bytes = typeof document === 'string' ? encode(document) : document
  try {
    parseStrictJson(bytes)
  } catch (error) {
    assert.ok(error instanceof InvalidJson, String(error))
    return [error.rule, error.pointer, error.offset]
  }
  return ['accepted', '', 0]
}

/** The document, or `undefined` when it is refused as InvalidJson; other errors go on. */
function accepted(bytes: Uint8Array): JsonObject | undefined {
  try {
    return parseStrictJson(bytes)
  } catch (error) {
    if (error instanceof InvalidJson) return undefined
    throw error
  }
}

function nested(levels: number): string {
  return `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
}

describe('the strict JSON reader refuses what two readers may read differently', () => {
  const refused: readonly [string, string, readonly [string, string, number]][] = [
    ['a name that occurs twice', '{"a":1,"a":1}', ['duplicate-name', '/a', 10]],
    ['equal names in different spellings', '{"ab":1,"\\u0061b":2}', ['duplicate-name', '/ab', 17]],
    ['equal names below', '{"l":[0,{"x":1,"x":2}]}', ['duplicate-name', '/l/1/x', 18]],
    ['the name __proto__', '{"o":{"__proto__":1}}', ['reserved-name', '/o/__proto__', 17]],
    ['__proto__ in escapes', '{"\\u005f_proto__":1}', ['reserved-name', '/__proto__', 17]],
    ['half a character in an escape', '{"a":"\\ud800"}', ['lone-surrogate', '/a', 13]],
    ['two low halves', '{"a":"\\udc00\\udc00"}', ['lone-surrogate', '/a', 19]],
    ['half a character in a name', '{"\\ud83d":1}', ['lone-surrogate', '', 9]],
    ['an integer above 2^53-1', '{"a":9007199254740992}', ['integer-range', '/a', 21]],
    ['an integer below -(2^53-1)', '{"a":-9007199254740993}', ['integer-range', '/a', 22]],
    ['an integer of 400 digits', `{"a":${'9'.repeat(400)}}`, ['integer-range', '/a', 405]],
    ['a fraction', '{"a":[1,1.0]}', ['not-an-integer', '/a/1', 9]],
    ['an exponent', '{"a":1e2}', ['not-an-integer', '/a', 6]],
    ['an exponent in upper case', '{"a":1E2}', ['not-an-integer', '/a', 6]],
    ['a negative zero', '{"a":-0}', ['not-an-integer', '/a', 7]],
    ['an array at the top', '[]', ['not-an-object', '', 0]],
    ['a string at the top', '"a"', ['not-an-object', '', 0]],
    ['text after the document', '{"a":1} {}', ['syntax', '', 8]],
  ]
  for (const [what, document, expected] of refused) {
    it(what, () => {
      assert.deepEqual(refusalOf(document), expected)
    })
  }

  it('a byte order mark', () => {
    const marked = new Uint8Array([0xef, 0xbb, 0xbf, ...encode('{}')])
    assert.deepEqual(refusalOf(marked), ['byte-order-mark', '', 0])
  })

  it('bytes that are not UTF-8', () => {
    const broken = [[0xff], [0xc3], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]]
    const documents = broken.map((bytes) =>
      Uint8Array.from([...encode('{"a":"'), ...bytes, ...encode('"}')]),
    )
    assert.deepEqual(
      documents.map(refusalOf),
      documents.map(() => ['invalid-utf8', '', 0]),
    )
  })

  it('UTF-16, with or without a mark', () => {
    const utf16 = Buffer.from('{"a":1}', 'utf16le')
    assert.deepEqual(refusalOf(utf16), ['syntax', '', 1])
    assert.deepEqual(refusalOf(Buffer.concat([Buffer.of(0xff, 0xfe), utf16])), [
      'invalid-utf8',
      '',
      0,
    ])
  })

  it('the 65th level of nesting, and takes the 64th', () => {
    const tooDeep = nested(limits.jsonDepth + 1)
    const pointer = `/a${'/0'.repeat(limits.jsonDepth - 1)}`
    assert.deepEqual(refusalOf(tooDeep), ['too-deep', pointer, '{"a":'.length + 63])
    assert.deepEqual(Object.keys(parse(nested(limits.jsonDepth))), ['a'])
  })

  it('more values than the limit, and takes as many as the limit', () => {
    const zeros = (count: number) => `{"a":[${'0,'.repeat(count - 1)}0]}`
    const [rule] = refusalOf(zeros(limits.jsonValues - 1))
    assert.equal(rule, 'too-many-values')
    assert.equal(refusalOf(zeros(limits.jsonValues - 2))[0], 'accepted')
  })
})

describe('the strict JSON reader refuses what is not JSON', () => {
  const malformed: readonly [string, string, number][] = [
    ['', '', 0],
    ['   ', '', 3],
    ['{', '', 1],
    ['{"a"', '/a', 4],
    ['{"a":', '/a', 5],
    ['{"a":1', '', 6],
    ['{"a":1,', '', 7],
    ['{"a":1,}', '', 7],
    ['{,}', '', 1],
    ['{a:1}', '', 1],
    ["{'a':1}", '', 1],
    ['{"a" 1}', '/a', 5],
    ['{"a":1 "b":2}', '', 7],
    ['{"a":[1,]}', '/a/1', 8],
    ['{"a":[1 2]}', '/a', 8],
    ['{"a":[', '/a/0', 6],
    ['{"a":01}', '', 6],
    ['{"a":+1}', '/a', 5],
    ['{"a":-}', '/a', 5],
    ['{"a":.5}', '/a', 5],
    ['{"a":NaN}', '/a', 5],
    ['{"a":Infinity}', '/a', 5],
    ['{"a":tru}', '/a', 5],
    ['{"a":nullx}', '', 9],
    ['{"a":"b', '/a', 7],
    ['{"a":"\n"}', '/a', 6],
    ['{"a":"\u0000"}', '/a', 6],
    ['{"a":"\u001f"}', '/a', 6],
    ['{"a":"\\x41"}', '/a', 8],
    ['{"a":"\\', '/a', 8],
    ['{"a":"\\u12G4"}', '/a', 8],
    ['{"a":"\\u123"}', '/a', 8],
    ['{"a":1}\u00a0', '', 7],
    ['\u00a0{}', '', 0],
    ['{"a":1}\u0000', '', 7],
    ['{"a":1 /* one */}', '', 7],
  ]
  for (const [document, pointer, offset] of malformed) {
    it(JSON.stringify(document), () => {
      assert.deepEqual(refusalOf(document), ['syntax', pointer, offset])
    })
  }
})

describe('the strict JSON reader', () => {
  it('reads every kind of value', () => {
    const text =
      ' {"n":null,"b":[true,false],"i":-9007199254740991,"s":"\\"\\\\\\/\\b\\f\\n\\r\\t"}\r\n\t'
    assert.deepEqual(parse(text), {
      n: null,
      b: [true, false],
      i: -9007199254740991,
      s: '"\\/\b\f\n\r\t',
    })
  })

  it('reads a pair of escaped halves as one character', () => {
    assert.deepEqual(parse('{"a":"\\ud83d\\ude00"}'), { a: '\u{1f600}' })
  })

  it('reads names that objects inherit', () => {
    const names = ['constructor', 'toString', 'hasOwnProperty']
    const document = parse('{"constructor":1,"toString":2,"hasOwnProperty":3}')
    assert.deepEqual(Object.keys(document), names)
  })

  it('does not repeat a long name of the sender in its message', () => {
    const name = 'x'.repeat(10_000)
    assert.throws(() => parse(`{"${name}":0.5}`), /^InvalidJson: .{50,200}$/)
  })

  it('reads back any document of the profile', () => {
    fc.assert(
      fc.property(arbitraryDocument, fc.constantFrom(0, 1, '\t'), (document, indent) => {
        const text = JSON.stringify(document, undefined, indent)
        assert.deepEqual(parse(text), document)
      }),
    )
  })

  it('agrees with JSON.parse on every text it accepts', () => {
    fc.assert(
      fc.property(fc.oneof(damagedText, fc.string({ unit: 'binary' })), (text) => {
        const document = accepted(encode(text))
        if (document !== undefined) assert.deepEqual(document, JSON.parse(text))
      }),
      { numRuns: 2000 },
    )
  })

  it('survives cut and flipped bytes', () => {
    const flips = fc.array(fc.record({ at: fc.nat(), mask: fc.integer({ min: 1, max: 255 }) }), {
      maxLength: 3,
    })
    fc.assert(
      fc.property(arbitraryDocument, fc.nat(), flips, (document, cut, flips) => {
        const whole = encode(JSON.stringify(document))
        const bytes = whole.slice(0, whole.length - (cut % 3))
        for (const { at, mask } of flips) {
          const place = at % bytes.length
          bytes[place] = (bytes[place] ?? 0) ^ mask
        }
        const read = accepted(bytes)
        if (read !== undefined) assert.deepEqual(read, JSON.parse(new TextDecoder().decode(bytes)))
      }),
      { numRuns: 1000 },
    )
  })

  it('takes no prefix of a document for a document', () => {
    fc.assert(
      fc.property(arbitraryDocument, fc.nat(), (document, length) => {
        const bytes = encode(JSON.stringify(document))
        assert.equal(accepted(bytes.subarray(0, length % bytes.length)), undefined)
      }),
    )
  })
})
