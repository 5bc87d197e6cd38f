import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { MalformedCheckpoint, openCheckpoint } from '../../src/log/checkpoint.ts'
import { formatNote, parseNote, signNote } from '../../src/log/note.ts'
import { MalformedNote } from '../../src/log/note-refusals.ts'
import { inclusionProofFromTiles, rootFromInclusion } from '../../src/log/proof.ts'
import { formatProofFile, MalformedProofFile, parseProofFile } from '../../src/log/proof-file.ts'
import { Refusal } from '../../src/record/refusal.ts'
import { quickSha256, readTile } from './log-by-definition.ts'
import { logSigner, logVerifier, origin, witnessVerifier } from './signing-keys.ts'
import { bytesOfHex, hexOf, textBytes, vectors } from './vectors.ts'

const { index, leafHashHex, text } = vectors.tlogProof
const { signed: checkpoint } = vectors.cosignedCheckpoint
const leafHash = bytesOfHex(leafHashHex)
const proof = await inclusionProofFromTiles(index, 257, readTile, quickSha256)
/** Without the lines of witnesses, which prove nothing to who does not ask for them. */
const plain = text.replace(checkpoint, vectors.checkpoint.signed)
const proofLine = text.split('\n')[2] ?? ''
const changed = (from: string | RegExp, to: string) => text.replace(from, to)

const anyProof = fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 63 })
const anyExtra = fc.uint8Array({ minLength: 1 })

/** What a reader does with a proof file who knows the log and its leaf. */
async function isProven(file: string): Promise<boolean> {
  try {
    const { index, proof, checkpoint } = parseProofFile(file)
    const verifiers = [logVerifier, witnessVerifier]
    const { size, root } = await openCheckpoint(checkpoint, origin, verifiers)
    const found = await rootFromInclusion({ index, size, leafHash, proof }, quickSha256)
    return found !== undefined && hexOf(found) === hexOf(root)
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}

describe('A proof file', () => {
  it('is written as in the vectors', () => {
    assert.equal(formatProofFile({ index, proof, checkpoint }), text)
  })

  it('is read as in the vectors', () => {
    assert.deepEqual(parseProofFile(text), { index, proof, checkpoint })
  })

  it('proves that the leaf is in the log', async () => {
    assert.ok(await isProven(text))
    assert.ok(await isProven(plain))
  })

  it('gives back any index, proof and extra bytes', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), anyProof, anyExtra, (index, proof, extra) => {
        const file = { index, proof, checkpoint, extra }
        const bare = { index, proof, checkpoint }
        assert.deepEqual(parseProofFile(formatProofFile(file)), file)
        assert.deepEqual(parseProofFile(formatProofFile(bare)), bare)
      }),
    )
  })

  it('proves nothing with any bit changed', async () => {
    const bytes = textBytes(plain)
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: bytes.length * 8 - 1 }), async (bit) => {
        const other = bytes.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
        assert.ok(!(await isProven(new TextDecoder().decode(other))))
      }),
      { numRuns: 400 },
    )
  })

  it('proves nothing once it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: plain.length - 1 }), async (length) => {
        assert.ok(!(await isProven(plain.slice(0, length))))
      }),
    )
  })

  const bad: Readonly<Record<string, string>> = {
    'it is empty': '',
    'it is of another version': changed('@v1', '@v2'),
    'its first line is missing': text.slice(text.indexOf('\n') + 1),
    'it has no index': changed(/index .*\n/, ''),
    'its index has a leading zero': changed('index 255', 'index 0255'),
    'its index is negative': changed('index 255', 'index -255'),
    'its index is 2^53': changed('index 255', 'index 9007199254740992'),
    'two spaces follow the word': changed('index 255', 'index  255'),
    'the extra bytes come late': changed('index 255\n', 'index 255\nextra AA==\n'),
    'the extra bytes come twice': changed('index', 'extra AA==\nextra AA==\nindex'),
    'there are no extra bytes': changed('index', 'extra \nindex'),
    'the extra bytes are no base64': changed('index', 'extra A\nindex'),
    'a hash is short': changed(proofLine, 'AAAA'),
    'a hash has bits to spare': changed('WXw=', 'WXx='),
    'a hash is no base64': changed(proofLine, '*'.repeat(44)),
    'it has 64 hashes': changed(proofLine, Array.from({ length: 56 }, () => proofLine).join('\n')),
    'it has line ends of other systems': text.replaceAll('\n', '\r\n'),
    'it has no blank line': text.replaceAll('\n\n', '\n'),
  }

  for (const [why, wrong] of Object.entries(bad)) {
    it(`is refused when ${why}`, () => {
      assert.notEqual(wrong, text)
      assert.throws(() => parseProofFile(wrong), MalformedProofFile)
    })
  }

  it('is refused when its checkpoint is none', async () => {
    const note = await signNote('no checkpoint\n', [logSigner])
    assert.throws(() => parseProofFile(text.replace(checkpoint, note)), MalformedCheckpoint)
    assert.throws(() => parseProofFile(text.replace(checkpoint, '')), MalformedNote)
    assert.throws(() => parseProofFile(text.replace(/\n\n/, '\n\n\n')), Refusal)
  })

  it('is not written when a reader would refuse it', () => {
    const short = [new Uint8Array(31)]
    const many = Array.from({ length: 64 }, () => new Uint8Array(32))
    const file = { index, proof, checkpoint }
    assert.throws(() => formatProofFile({ ...file, index: -1 }), MalformedProofFile)
    assert.throws(() => formatProofFile({ ...file, proof: short }), MalformedProofFile)
    assert.throws(() => formatProofFile({ ...file, proof: many }), MalformedProofFile)
    assert.throws(() => formatProofFile({ ...file, extra: new Uint8Array() }), MalformedProofFile)
    assert.throws(() => formatProofFile({ ...file, checkpoint: 'none' }), MalformedNote)
  })

  it('keeps the checkpoint byte for byte, with lines of anybody', () => {
    const { text, signatures } = parseNote(checkpoint)
    const lines = signatures.map(({ line }) => line).toReversed()
    const reordered = formatNote(text, lines)
    const file = formatProofFile({ index, proof, checkpoint: reordered })
    assert.equal(parseProofFile(file).checkpoint, reordered)
  })
})
