import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { canonicalBytes, canonicalText } from '../../src/record/canonical-json.ts'
import { digestOf } from '../../src/record/digest.ts'
import { minimalRun } from '../record-fixtures.ts'
import { receiveBytes } from './received-answer.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'

let registry: RegistryUnderTest

before(async () => {
  registry = await openRegistryUnderTest()
})
after(() => registry[Symbol.asyncDispose]())

describe('A record whose bytes do not have one meaning', () => {
  const record = canonicalText(minimalRun())
  const withTitle = (title: string) => record.replace('"A run of one stage"', title)
  const withMember = (member: string) => record.replace('{', `{${member},`)
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`

  for (const [trap, body, rule] of [
    ['a name twice', withMember('"title":"A run of one stage"'), 'duplicate-name'],
    ['a name twice, once escaped', withMember('"titl\\u0065":"x"'), 'duplicate-name'],
    ['a name twice, far below', withMember('"x":{"y":[{"a":1,"a":1}]}'), 'duplicate-name'],
    ['an integer over 2^53', withMember('"x":9007199254740993'), 'integer-range'],
    ['an integer below -2^53', withMember('"x":-9007199254740992'), 'integer-range'],
    ['a time in nanoseconds', withMember('"x":1795168800000000000'), 'integer-range'],
    ['a fraction of zero', withMember('"x":1.0'), 'not-an-integer'],
    ['a fraction', withMember('"x":0.1'), 'not-an-integer'],
    ['an exponent', withMember('"x":1e2'), 'not-an-integer'],
    ['a number beyond every double', withMember('"x":1e400'), 'not-an-integer'],
    ['minus zero', withMember('"x":-0'), 'not-an-integer'],
    ['a leading zero', withMember('"x":01'), 'syntax'],
    ['NaN', withMember('"x":NaN'), 'syntax'],
    ['a lone high surrogate', withTitle('"\\ud83d"'), 'lone-surrogate'],
    ['a lone low surrogate', withTitle('"\\ude00"'), 'lone-surrogate'],
    ['surrogates in the wrong order', withTitle('"\\ude00\\ud83d"'), 'lone-surrogate'],
    ['a lone surrogate as a name', withMember('"\\ud83d":1'), 'lone-surrogate'],
    ['65 levels', withMember(`"x":${nested(64)}`), 'too-deep'],
    ['100,000 levels', withMember(`"x":${nested(100_000)}`), 'too-deep'],
    ['levels that never end', '{"x":'.repeat(500_000), 'too-deep'],
    ['a million values', withMember(`"x":[${'0,'.repeat(1_000_000)}0]`), 'too-many-values'],
    ['__proto__', withMember('"__proto__":{"kind":"plan"}'), 'reserved-name'],
    ['__proto__, escaped', withMember('"\\u005f_proto__":1'), 'reserved-name'],
    ['an array at the top', `[${record}]`, 'not-an-object'],
    ['null at the top', 'null', 'not-an-object'],
    ['nothing', '', 'syntax'],
    ['two documents', `${record}${record}`, 'syntax'],
    ['a half document', record.slice(0, -1), 'syntax'],
    ['a comment', withMember('"x":1/* one */'), 'syntax'],
    ['a comma too many', record.replace(/}$/, ',}'), 'syntax'],
    ['a control character in a string', withTitle('"a\tb"'), 'syntax'],
    ['a unknown escape', withTitle('"\\x41"'), 'syntax'],
    ['text in single quotes', withTitle("'a'"), 'syntax'],
  ] as const) {
    it(`is refused: ${trap}`, async () => {
      const answer = await deposit(Buffer.from(body))
      assert.equal(answer.status, 400)
      assert.equal(answer.body.code, 'invalid-json')
      assert.equal(answer.body.rule, rule)
    })
  }

  const bytes = Buffer.from(record)
  const at = bytes.indexOf('A run')
  const withByte = (...values: number[]) =>
    Buffer.concat([bytes.subarray(0, at), Buffer.from(values), bytes.subarray(at)])

  for (const [trap, body, rule] of [
    [
      'a byte order mark',
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]),
      'byte-order-mark',
    ],
    ['UTF-16', Buffer.from(record, 'utf16le'), 'syntax'],
    ['UTF-16 with a byte order mark', Buffer.from(`\ufeff${record}`, 'utf16le'), 'invalid-utf8'],
    ['a byte of Latin-1', withByte(0xe9), 'invalid-utf8'],
    ['a cut character', withByte(0xe2, 0x82), 'invalid-utf8'],
    ['an overlong slash', withByte(0xc0, 0xaf), 'invalid-utf8'],
    ['a surrogate in UTF-8', withByte(0xed, 0xa0, 0x80), 'invalid-utf8'],
    ['a character above U+10FFFF', withByte(0xf4, 0x90, 0x80, 0x80), 'invalid-utf8'],
    ['a zero byte', withByte(0), 'syntax'],
  ] as const) {
    it(`is refused: ${trap}`, async () => {
      const answer = await deposit(body)
      assert.equal(answer.status, 400)
      assert.equal(answer.body.code, 'invalid-json')
      assert.equal(answer.body.rule, rule)
    })
  }

  it('is told where the fault is', async () => {
    const answer = await deposit(Buffer.from('{"a":[1,{"b/c":2.5}]}'))
    assert.equal(answer.body.pointer, '/a/1/b~1c')
    assert.equal(answer.body.offset, 16)
  })

  it('cannot borrow members from the names every object has', async () => {
    const answer = await deposit(Buffer.from('{"constructor":1,"toString":2,"hasOwnProperty":3}'))
    assert.equal(answer.status, 422)
    assert.equal(answer.body.code, 'invalid-record')
  })
})

describe('A record with unusual and clear text', () => {
  for (const [what, title] of [
    ['characters outside the basic plane', '😀 פּ Zürich'],
    ['letters composed in two ways, which stay two', 'é e\u0301'],
    ['characters that JSON escapes', '"\\/\n\t'],
  ] as const) {
    it(`comes back byte for byte: ${what}`, async () => {
      const record = minimalRun({ summary: title })
      const bytes = Buffer.from(canonicalBytes(record))
      const answer = await deposit(bytes)
      const { body } = await request(registry.app)
        .get(`/records/${answer.body.digest}/record.json`)
        .buffer(true)
        .parse(receiveBytes)
      assert.equal(answer.body.digest, await digestOf(bytes))
      assert.deepEqual(body, bytes)
    })
  }

  it('may be as deep as the limit', async () => {
    const deepest = `{"x":${'['.repeat(63)}${']'.repeat(63)}}`
    const answer = await deposit(Buffer.from(deepest))
    assert.equal(answer.body.code, 'invalid-record')
  })
})

function deposit(body: Buffer) {
  return request(registry.app)
    .post('/records')
    .set('authorization', registry.bearer)
    .set('content-type', 'application/json')
    .serialize((bytes) => bytes)
    .send(body)
}
