import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import {
  checkpointText,
  MalformedCheckpoint,
  openCheckpoint,
  parseCheckpointText,
  UntrustedCheckpoint,
} from '../../src/log/checkpoint.ts'
import { emptyRoot } from '../../src/log/merkle-tree.ts'
import { cosign } from '../../src/log/cosignature.ts'
import {
  formatNote,
  parseNote,
  parseVerifierKey,
  signatureTypes,
  signNote,
  verifierKeyOf,
} from '../../src/log/note.ts'
import { UnverifiedNote } from '../../src/log/note-refusals.ts'
import { Refusal } from '../../src/record/refusal.ts'
import { rootOfSize } from './log-by-definition.ts'
import {
  logSigner,
  logVerifier,
  origin,
  witnessPrivateKey,
  witnessPublicKey,
  witnessVerifier,
} from './signing-keys.ts'
import { hexOf, vectors } from './vectors.ts'

const root = rootOfSize(257)
const rootHex = hexOf(root)
const checkpoint = { origin, size: 257, root }
const text = checkpointText(checkpoint)
const changed = (from: string | RegExp, to: string) => text.replace(from, to)
const rootLine = text.split('\n')[2] ?? ''

/** What a careful reader does with a checkpoint of the vectors: opens it, and compares the root. */
async function read(signed: string): Promise<'accepted' | 'refused'> {
  try {
    const found = await openCheckpoint(signed, origin, [logVerifier])
    return hexOf(found.root) === rootHex ? 'accepted' : 'refused'
  } catch (error) {
    if (error instanceof Refusal) return 'refused'
    throw error
  }
}

describe('A checkpoint', () => {
  for (const { size, rootBase64, checkpointText: expected } of vectors.trees) {
    it(`of size ${size} is that of the vectors`, () => {
      const root = new Uint8Array(Buffer.from(rootBase64, 'base64'))
      assert.equal(checkpointText({ origin, size, root }), expected)
      assert.deepEqual(parseCheckpointText(expected), { origin, size, root })
    })
  }

  for (const [name, expected] of Object.entries({
    full: vectors.checkpoint,
    empty: vectors.emptyCheckpoint,
  })) {
    it(`that is ${name} is signed byte for byte as in the vectors`, async () => {
      const { size, signed } = expected
      const unsigned = checkpointText({ origin, size, root: rootOfSize(size) })
      assert.equal(await signNote(unsigned, [logSigner]), signed)
      const opened = await openCheckpoint(signed, origin, [logVerifier])
      assert.deepEqual(opened, { origin, size, root: rootOfSize(size) })
    })
  }

  for (const { why, signed } of vectors.mustReject) {
    it(`is refused: ${why}`, async () => {
      assert.equal(await read(signed), 'refused')
    })
  }

  for (const { why, signed } of vectors.mustAccept) {
    it(`is accepted: ${why}`, async () => {
      assert.equal(await read(signed), 'accepted')
    })
  }

  it('gives back any origin, size and root', () => {
    const anyOrigin = fc.webUrl().map((url) => url.replace('https://', ''))
    const anySize = fc.maxSafeNat().map((size) => size + (size === 0 ? 1 : 0))
    const anyRoot = fc.uint8Array({ minLength: 32, maxLength: 32 })
    fc.assert(
      fc.property(anyOrigin, anySize, anyRoot, (origin, size, root) => {
        const any = { origin, size, root }
        assert.deepEqual(parseCheckpointText(checkpointText(any)), any)
      }),
    )
  })

  const bad: Readonly<Record<string, string>> = {
    'it is empty': '',
    'the origin is empty': changed(origin, ''),
    'the origin has a control character': changed(origin, 'a\u{85}b'),
    'the size has a leading zero': changed('257', '0257'),
    'the size has a sign': changed('257', '+257'),
    'the size has a fraction': changed('257', '257.0'),
    'the size is hexadecimal': changed('257', '0x101'),
    'the size is missing': changed('257', ''),
    'the size is 2^53': changed('257', '9007199254740992'),
    'the size has other digits': changed('257', '٢٥٧'),
    'the root is short': changed(rootLine, Buffer.alloc(31).toString('base64')),
    'the root is long': changed(rootLine, Buffer.alloc(33).toString('base64')),
    'the root is in hexadecimal': changed(rootLine, rootHex),
    'the root has bits to spare': changed('4=\n', '5=\n'),
    'an empty log has another root': changed('257', '0'),
    'an extension line follows': `${text}more\n`,
    'an empty line follows': `${text}\n`,
    'its last newline is missing': text.slice(0, -1),
    'a space follows the size': changed('257', '257 '),
    'it has line ends of other systems': text.replaceAll('\n', '\r\n'),
  }

  for (const [why, wrong] of Object.entries(bad)) {
    it(`is refused when ${why}`, () => {
      assert.notEqual(wrong, text)
      assert.throws(() => parseCheckpointText(wrong), MalformedCheckpoint)
    })
  }

  it('is not written when a reader would refuse it', () => {
    const short = root.subarray(1)
    assert.throws(() => checkpointText({ ...checkpoint, size: -1 }), MalformedCheckpoint)
    assert.throws(() => checkpointText({ ...checkpoint, size: 2 ** 53 }), MalformedCheckpoint)
    assert.throws(() => checkpointText({ ...checkpoint, root: short }), MalformedCheckpoint)
    assert.throws(() => checkpointText({ ...checkpoint, origin: 'a\nb' }), MalformedCheckpoint)
    assert.throws(() => checkpointText({ ...checkpoint, size: 0 }), MalformedCheckpoint)
    assert.equal(checkpointText({ ...checkpoint, size: 0, root: emptyRoot }).length, 72)
  })
})

describe('A signed checkpoint is opened', () => {
  const { signed } = vectors.cosignedCheckpoint
  const [, cosignature] = parseNote(signed).signatures

  it('with the keys of the log and of its witnesses', async () => {
    const opened = await openCheckpoint(signed, origin, [witnessVerifier, logVerifier])
    assert.deepEqual(opened, checkpoint)
  })

  it('not with the signature of a witness alone', async () => {
    const witnessed = formatNote(text, [cosignature?.line ?? ''])
    const opening = openCheckpoint(witnessed, origin, [logVerifier, witnessVerifier])
    await assert.rejects(opening, UntrustedCheckpoint)
  })

  it('not as the checkpoint of another log', async () => {
    const opening = openCheckpoint(signed, 'other.example', [logVerifier])
    await assert.rejects(opening, UntrustedCheckpoint)
  })

  it('not when the log signed for another, whose key is known too', async () => {
    const forged = vectors.mustReject.find(({ why }) => why.includes('origin is another log'))
    const other = `other.${origin}`
    const opening = openCheckpoint(forged?.signed ?? '', other, [logVerifier])
    await assert.rejects(opening, UntrustedCheckpoint)
  })

  it('not when a known witness has a bad signature on it', async () => {
    const forged = signed.replace(/.{4}==\n$/, 'AAAA==\n')
    assert.notEqual(forged, signed)
    const opening = openCheckpoint(forged, origin, [logVerifier, witnessVerifier])
    await assert.rejects(opening, UnverifiedNote)
    assert.deepEqual(await openCheckpoint(forged, origin, [logVerifier]), checkpoint)
  })

  it('under the old key and under the new one while both sign', async () => {
    const rotation = vectors.mustAccept.find(({ why }) => why.includes('rotation'))
    assert.deepEqual(
      await openCheckpoint(rotation?.signed ?? '', origin, [logVerifier]),
      checkpoint,
    )
  })

  it('not with a cosigner key under the name of the log', async () => {
    const vkey = await verifierKeyOf(origin, signatureTypes.cosignature, witnessPublicKey)
    const witness = { name: origin, privateKey: witnessPrivateKey, publicKey: witnessPublicKey }
    const named = formatNote(text, [await cosign(text, { ...witness, time: 1 })])
    const opening = openCheckpoint(named, origin, [await parseVerifierKey(vkey)])
    await assert.rejects(opening, UntrustedCheckpoint)
  })
})
