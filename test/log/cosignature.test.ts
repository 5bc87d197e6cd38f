import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import {
  cosignedMessage,
  findTimedSignature,
  timedSignatureBytes,
} from '../../src/log/cosigned-message.ts'
import { cosign, findCosignature, noteWithCosignatures } from '../../src/log/cosignature.ts'
import { parseNote, verifyNote } from '../../src/log/note.ts'
import { witnessPrivateKey, witnessPublicKey, witnessVerifier } from './signing-keys.ts'
import { vectors } from './vectors.ts'

const { timestamp: time, cosignedMessage: message, line, signed } = vectors.cosignedCheckpoint
const { text } = parseNote(signed)
const { name, keyIdHex } = vectors.witness
const witness = { name, privateKey: witnessPrivateKey, publicKey: witnessPublicKey }

describe('A cosignature', () => {
  it('is made over the message of the vectors', () => {
    assert.equal(new TextDecoder().decode(cosignedMessage(time, text)), message)
  })

  it('is made byte for byte as in the vectors', async () => {
    assert.equal(await cosign(text, { ...witness, time }), line)
  })

  it('says who saw the checkpoint, and when', () => {
    const found = findCosignature(line)
    assert.equal(found?.name, name)
    assert.equal(found?.keyId, keyIdHex)
    assert.equal(found?.time, time)
    assert.equal(found?.signature.length, 64)
  })

  it('is verified with the time that stands in it', async () => {
    const { verified, unknown } = await verifyNote(signed, [witnessVerifier])
    assert.deepEqual(
      verified.map(({ signature }) => signature.line),
      [line],
    )
    assert.equal(unknown, 1)
  })

  it('fails with any bit changed, be it of the time', async () => {
    const bytes = parseNote(signed).signatures[1]?.signature ?? new Uint8Array()
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: bytes.length * 8 - 1 }), async (bit) => {
        const changed = bytes.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
        assert.ok(await witnessVerifier.verify(text, bytes))
        assert.ok(!(await witnessVerifier.verify(text, changed)))
      }),
    )
  })

  it('fails on another checkpoint', async () => {
    const other = parseNote(vectors.emptyCheckpoint.signed).text
    const [, cosignature] = parseNote(signed).signatures
    const bytes = cosignature?.signature ?? new Uint8Array()
    assert.ok(!(await witnessVerifier.verify(other, bytes)))
  })

  it('is not to be found on a line of the log, nor on another line', () => {
    const [ofLog] = parseNote(signed).signatures
    assert.equal(findCosignature(ofLog?.line ?? ''), undefined)
    assert.equal(findCosignature(line.trim()), undefined)
    assert.equal(findCosignature(''), undefined)
  })

  it('gives back any time and signature', () => {
    const anySignature = fc.uint8Array({ minLength: 64, maxLength: 64 })
    fc.assert(
      fc.property(fc.maxSafeNat(), anySignature, (time, signature) => {
        const timed = { time, signature }
        assert.deepEqual(findTimedSignature(timedSignatureBytes(timed)), timed)
      }),
    )
  })

  it('has 72 bytes behind its key id, and a time that a number can hold', () => {
    const tooLate = Uint8Array.of(0, 32, ...new Uint8Array(70))
    assert.equal(findTimedSignature(new Uint8Array(71)), undefined)
    assert.equal(findTimedSignature(new Uint8Array(73)), undefined)
    assert.equal(findTimedSignature(tooLate), undefined)
  })

  it('is read where it lies in a larger buffer', () => {
    const larger = new Uint8Array(100)
    larger.set(timedSignatureBytes({ time, signature: new Uint8Array(64).fill(5) }), 20)
    assert.equal(findTimedSignature(larger.subarray(20, 92))?.time, time)
  })
})

describe('A checkpoint with cosignatures', () => {
  const { signed: checkpoint } = vectors.checkpoint

  it('has the lines behind those that it had', () => {
    assert.equal(noteWithCosignatures(checkpoint, text, [line]), signed)
  })

  it('keeps the first line of a key', async () => {
    const later = await cosign(text, { ...witness, time: time + 1 })
    assert.equal(noteWithCosignatures(signed, text, [later]), undefined)
    assert.equal(noteWithCosignatures(checkpoint, text, [line, later]), signed)
  })

  it('takes no line that was signed under another text', () => {
    const { text: other } = parseNote(vectors.emptyCheckpoint.signed)
    assert.equal(noteWithCosignatures(checkpoint, other, [line]), undefined)
  })
})
