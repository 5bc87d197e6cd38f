import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { MalformedCheckpoint } from '../../src/log/checkpoint.ts'
import { signNote } from '../../src/log/note.ts'
import { MalformedNote } from '../../src/log/note-refusals.ts'
import { consistencyProofFromTiles } from '../../src/log/proof.ts'
import {
  findWitnessSize,
  formatWitnessRequest,
  MalformedWitnessRequest,
  parseWitnessRequest,
} from '../../src/log/witness-request.ts'
import { quickSha256, readTile } from './log-by-definition.ts'
import { logSigner } from './signing-keys.ts'
import { vectors } from './vectors.ts'

const { oldSize, newSize, body } = vectors.addCheckpointRequest
const { signed: checkpoint } = vectors.checkpoint
const proof = await consistencyProofFromTiles(oldSize, newSize, readTile, quickSha256)
const changed = (from: string | RegExp, to: string) => body.replace(from, to)
const [, proofLine = ''] = body.split('\n')

describe('A request to a witness', () => {
  it('is written as in the vectors', () => {
    assert.equal(formatWitnessRequest({ oldSize, proof, checkpoint }), body)
  })

  it('is read as in the vectors', () => {
    assert.deepEqual(parseWitnessRequest(body), { oldSize, proof, checkpoint })
  })

  it('has no proof at first', () => {
    const first = { oldSize: 0, proof: [], checkpoint }
    assert.equal(formatWitnessRequest(first), `old 0\n\n${checkpoint}`)
    assert.deepEqual(parseWitnessRequest(`old 0\n\n${checkpoint}`), first)
  })

  it('gives back any size and proof', () => {
    const anyProof = fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 63 })
    fc.assert(
      fc.property(fc.nat({ max: newSize }), anyProof, (oldSize, proof) => {
        const request = { oldSize, proof, checkpoint }
        assert.deepEqual(parseWitnessRequest(formatWitnessRequest(request)), request)
      }),
    )
  })

  const bad: Readonly<Record<string, string>> = {
    'it is empty': '',
    'the old size is missing': changed('old 256\n', ''),
    'the old size has a leading zero': changed('old 256', 'old 0256'),
    'the old size has no number': changed('old 256', 'old '),
    'the old size is larger than the new': changed('old 256', 'old 258'),
    'the word is another one': changed('old', 'Old'),
    'a hash is short': changed(proofLine, 'AAAA'),
    'a hash is no base64': changed(proofLine, '*'.repeat(44)),
    'it has 64 hashes': changed(proofLine, Array.from({ length: 64 }, () => proofLine).join('\n')),
    'it has line ends of other systems': body.replaceAll('\n', '\r\n'),
  }

  for (const [why, wrong] of Object.entries(bad)) {
    it(`is refused when ${why}`, () => {
      assert.throws(() => parseWitnessRequest(wrong), MalformedWitnessRequest)
    })
  }

  it('is refused when its checkpoint is none', async () => {
    const note = await signNote('no checkpoint\n', [logSigner])
    assert.throws(() => parseWitnessRequest(body.replace(checkpoint, note)), MalformedCheckpoint)
    assert.throws(() => parseWitnessRequest(body.replace(checkpoint, '')), MalformedNote)
  })

  it('is not written when a witness would refuse it', () => {
    const request = { oldSize, proof, checkpoint }
    const many = Array.from({ length: 64 }, () => new Uint8Array(32))
    const wrong = [
      { ...request, oldSize: 258 },
      { ...request, proof: many },
    ]
    assert.throws(() => formatWitnessRequest({ ...request, ...wrong[0] }), MalformedWitnessRequest)
    assert.throws(() => formatWitnessRequest({ ...request, ...wrong[1] }), MalformedWitnessRequest)
  })
})

describe('A witness that knows another size', () => {
  it('says which', () => {
    assert.equal(findWitnessSize('255\n'), 255)
    assert.equal(findWitnessSize('0\n'), 0)
  })

  for (const body of [
    '',
    '255',
    '\n',
    '0255\n',
    '-1\n',
    '255\n\n',
    ' 255\n',
    '9007199254740992\n',
  ]) {
    it(`does not say it so: ${JSON.stringify(body)}`, () => {
      assert.equal(findWitnessSize(body), undefined)
    })
  }
})
