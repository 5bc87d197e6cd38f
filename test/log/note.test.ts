import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { formatNote, openNote, parseNote, signNote, verifyNote } from '../../src/log/note.ts'
import { MalformedNote, UnverifiedNote } from '../../src/log/note-refusals.ts'
import { isKeyName, signatureLineOf } from '../../src/log/signature-line.ts'
import { logSigner, logVerifier, origin, witnessVerifier } from './signing-keys.ts'
import { hexOf, textBytes, vectors } from './vectors.ts'

const { signed } = vectors.checkpoint
const { signed: cosigned } = vectors.cosignedCheckpoint
const { text } = parseNote(signed)
const line = signed.slice(text.length + 1)

const anyText = fc
  .array(fc.string({ unit: 'binary' }).map((part) => part.replace(/[\0-\x1f]/g, '')))
  .map((lines) => lines.map((one) => `${one}\n`).join('') + 'end\n')
const anyName = fc.string({ unit: 'grapheme', minLength: 1 }).filter(isKeyName)
const bytesOfLength = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength })
const anyLine = fc
  .tuple(anyName, bytesOfLength(4, 4), bytesOfLength(1, 80))
  .map(([name, keyId, signature]) => ({ name, keyId: hexOf(keyId), signature }))
const lineOf = ({
  name,
  keyId,
  signature,
}: {
  name: string
  keyId: string
  signature: Uint8Array
}) => signatureLineOf(name, new Uint8Array(Buffer.from(keyId, 'hex')), signature)

describe('A note', () => {
  it('is signed byte for byte as in the vectors', async () => {
    assert.equal(await signNote(text, [logSigner]), signed)
  })

  it('falls apart into text and signatures', () => {
    const note = parseNote(cosigned)
    const expected = [vectors.key, vectors.witness]
    assert.equal(note.text, text)
    assert.deepEqual(
      note.signatures.map(({ name, keyId }) => ({ name, keyId })),
      expected.map(({ name, keyIdHex }) => ({ name, keyId: keyIdHex })),
    )
    assert.deepEqual(
      note.signatures.map((signature) => signature.line),
      [line, vectors.cosignedCheckpoint.line],
    )
    assert.equal(formatNote(note.text, [line, vectors.cosignedCheckpoint.line]), cosigned)
  })

  it('is read from bytes as from text', () => {
    assert.deepEqual(parseNote(textBytes(cosigned)), parseNote(cosigned))
    const withMark = formatNote(`\u{feff}${text}`, [line])
    assert.deepEqual(parseNote(textBytes(withMark)), parseNote(withMark))
  })

  it('gives back any text and any lines', () => {
    fc.assert(
      fc.property(anyText, fc.array(anyLine, { minLength: 1 }), (text, signatures) => {
        const note = parseNote(formatNote(text, signatures.map(lineOf)))
        assert.equal(note.text, text)
        assert.deepEqual(
          note.signatures.map(({ name, keyId, signature }) => ({ name, keyId, signature })),
          signatures,
        )
      }),
    )
  })

  it('takes blank lines within its text', () => {
    assert.equal(parseNote(formatNote('a\n\nb\n', [line])).text, 'a\n\nb\n')
  })

  it('takes 100 signatures and no more', () => {
    const lines = (count: number) => Array.from({ length: count }, () => line)
    assert.equal(parseNote(formatNote(text, lines(100))).signatures.length, 100)
    assert.throws(() => formatNote(text, lines(101)), MalformedNote)
  })

  it('has at most a million bytes, however few characters these are', () => {
    const rest = Buffer.byteLength(`\n\n${line}`)
    const long = (byteLength: number) =>
      `${'é'.repeat((byteLength - rest) >> 1)}${'x'.repeat((byteLength - rest) & 1)}\n\n${line}`
    assert.equal(parseNote(long(1_000_000)).signatures.length, 1)
    assert.throws(() => parseNote(long(1_000_001)), MalformedNote)
  })

  const bad: Readonly<Record<string, string | Uint8Array>> = {
    'it has no signature': `${text}\n`,
    'it has no blank line': `${text}${line}`,
    'its last newline is missing': signed.slice(0, -1),
    'it ends in a blank line': `${signed}\n`,
    'a line in between is no signature': `${text}\nnothing\n${line}`,
    'it has line ends of other systems': signed.replaceAll('\n', '\r\n'),
    'it has a tab': `a\tb\n\n${line}`,
    'it has a NUL': `a\0b\n\n${line}`,
    'it has half a surrogate pair': `a\ud800b\n\n${line}`,
    'it is not UTF-8': new Uint8Array([0xff, ...textBytes(signed)]),
    'it is empty': '',
    'its dash is another one': signed.replace('— ', '- '),
    'two spaces follow the dash': signed.replace('— ', '—  '),
    'two spaces follow the name': signed.replace(`${origin} `, `${origin}  `),
    'a space follows the signature': `${signed.slice(0, -1)} \n`,
    'the name is missing': signed.replace(`— ${origin} `, '— '),
    'the name has a plus sign': signed.replace(`— ${origin}`, '— a+b'),
    'the name has a wide space': signed.replace(`— ${origin}`, '— a\u{3000}b'),
    'the signature is not base64': signed.replace(/=\n$/, '*\n'),
    'the signature lacks its padding': signed.replace(/=\n$/, '\n'),
    'the signature is base64url': signed.replace(/\/[^/]*\n$/, (end) => end.replace('/', '_')),
    'the signature has bits to spare': `${text}\n— ${origin} PWKPAfX=\n`,
    'the signature has a key id alone': `${text}\n— ${origin} PWKPAQ==\n`,
  }

  for (const [why, note] of Object.entries(bad)) {
    it(`is refused when ${why}`, () => {
      assert.throws(() => parseNote(note), MalformedNote)
    })
  }

  it('is not made of a torn text or line', () => {
    assert.throws(() => formatNote('a', [line]), MalformedNote)
    assert.throws(() => formatNote('', [line]), MalformedNote)
    assert.throws(() => formatNote(text, []), MalformedNote)
    assert.throws(() => formatNote(text, [line.trim()]), MalformedNote)
    assert.throws(() => formatNote(text, [`\n${line}`]), MalformedNote)
  })
})

describe('A signature on a note', () => {
  it('is verified, fails, or is of nobody known', async () => {
    const bad = signed.replace(/.{7}=\n$/, 'AAAAAAA=\n')
    const both = await verifyNote(cosigned, [logVerifier, witnessVerifier])
    const one = await verifyNote(parseNote(cosigned), [witnessVerifier])
    const failed = await verifyNote(bad, [logVerifier])
    assert.deepEqual(
      both.verified.map(({ verifier }) => verifier),
      [logVerifier, witnessVerifier],
    )
    assert.deepEqual([both.failed, both.unknown], [[], 0])
    assert.deepEqual(
      one.verified.map(({ signature }) => signature.name),
      [witnessVerifier.name],
    )
    assert.deepEqual([one.failed, one.unknown], [[], 1])
    assert.deepEqual(
      failed.failed.map(({ verifier }) => verifier),
      [logVerifier],
    )
    assert.deepEqual([failed.verified, failed.unknown], [[], 0])
  })

  it('opens the note when it is of a known key', async () => {
    const opened = await openNote(cosigned, [logVerifier])
    assert.equal(opened.text, text)
    assert.equal(opened.unknown, 1)
  })

  it('opens no note when nobody is known', async () => {
    await assert.rejects(openNote(cosigned, []), UnverifiedNote)
  })

  it('opens no note when it is bad, though another is good', async () => {
    const wrong = signed.replace(/.{7}=\n$/, 'AAAAAAA=\n').slice(text.length + 1)
    const note = formatNote(text, [line, wrong])
    const verdict = await verifyNote(note, [logVerifier])
    assert.deepEqual([verdict.verified.length, verdict.failed.length], [1, 1])
    await assert.rejects(openNote(note, [logVerifier]), UnverifiedNote)
    await assert.rejects(openNote(formatNote(text, [wrong, line]), [logVerifier]), UnverifiedNote)
  })

  it('says nothing under the name or the key id of a known key alone', async () => {
    const { keyId } = logVerifier
    const otherName = signatureLineOf('other.example', keyId, new Uint8Array(64))
    const otherKey = signatureLineOf(origin, Uint8Array.of(1, 2, 3, 4), new Uint8Array(64))
    const verdict = await verifyNote(formatNote(text, [otherName, otherKey, line]), [logVerifier])
    assert.deepEqual([verdict.verified.length, verdict.failed.length, verdict.unknown], [1, 0, 2])
  })

  it('fails with any bit changed, in the text or in the line', async () => {
    const bytes = textBytes(signed)
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: bytes.length * 8 - 1 }), async (bit) => {
        const changed = bytes.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
        const opening = (async () => openNote(parseNote(changed), [logVerifier]))()
        await assert.rejects(opening, /^(MalformedNote|UnverifiedNote): /)
      }),
      { numRuns: 400 },
    )
  })
})
