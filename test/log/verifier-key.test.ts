import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { keyIdOf, parseVerifierKey, signatureTypes, verifierKeyOf } from '../../src/log/note.ts'
import { MalformedVerifierKey } from '../../src/log/note-refusals.ts'
import { quickSha256 } from './log-by-definition.ts'
import { logPublicKey, origin } from './signing-keys.ts'
import { bytesOfHex, hexOf, vectors } from './vectors.ts'

const { vkey } = vectors.key
const [, keyIdText = '', base64 = ''] = /\+([^+]+)\+(.+)$/.exec(vkey) ?? []
const base64Of = (type: number, key: Uint8Array) => Buffer.from([type, ...key]).toString('base64')

const cases = [
  { key: vectors.key, type: signatureTypes.ed25519 },
  { key: vectors.witness, type: signatureTypes.cosignature },
]

describe('A verifier key', () => {
  for (const { key, type } of cases) {
    it(`of type ${type} is that of the vectors`, async () => {
      const publicKey = bytesOfHex(key.publicKeyHex)
      const parsed = await parseVerifierKey(key.vkey)
      assert.equal(hexOf(await keyIdOf(key.name, type, publicKey, quickSha256)), key.keyIdHex)
      assert.equal(await verifierKeyOf(key.name, type, publicKey), key.vkey)
      assert.deepEqual(
        [parsed.name, hexOf(parsed.keyId), parsed.type, parsed.publicKey, parsed.vkey],
        [key.name, key.keyIdHex, type, publicKey, key.vkey],
      )
    })
  }

  it('verifies the example of C2SP signed-note', async () => {
    const known = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'
    const signature = Buffer.from(
      'Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=',
      'base64',
    ).subarray(4)
    const verifier = await parseVerifierKey(known)
    assert.ok(await verifier.verify('This is an example message.\n', signature))
    assert.ok(!(await verifier.verify('This is another message.\n', signature)))
  })

  it('never verifies a signature of another length', async () => {
    const verifier = await parseVerifierKey(vkey)
    assert.equal(await verifier.verify('text\n', new Uint8Array(63)), false)
    assert.equal(await verifier.verify('text\n', new Uint8Array(72)), false)
  })

  const mldsa = base64Of(6, new Uint8Array(1312))
  const bad: Readonly<Record<string, string>> = {
    'the key id is of another key': vkey.replace(keyIdText, '00000000'),
    'the key id is in upper case': vkey.replace(keyIdText, keyIdText.toUpperCase()),
    'the key id is cut': vkey.replace(keyIdText, keyIdText.slice(1)),
    'the key is another one': vkey.replace(base64, base64Of(1, new Uint8Array(32))),
    'the type is unknown to us': `${origin}+00000000+${mldsa}`,
    'the key is too short': `${origin}+00000000+${base64Of(1, logPublicKey.subarray(1))}`,
    'the name is of another key': vkey.replace(origin, 'other.example'),
    'the name is missing': vkey.slice(origin.length),
    'the name has white space': `a b${vkey.slice(origin.length)}`,
    'the base64 lacks its padding': (vectors.witness.vkey + '=').replace(/.=$/, ''),
    'it is cut': vkey.slice(0, -4),
    'a newline follows': `${vkey}\n`,
    'it is empty': '',
    'it is a private key': 'PRIVATE+KEY+registry.example/vectors+3d628f01+AQABAgMEBQYHCAkKCwwNDg8Q',
  }

  for (const [why, text] of Object.entries(bad)) {
    it(`is refused when ${why}`, async () => {
      await assert.rejects(parseVerifierKey(text), MalformedVerifierKey)
    })
  }
})
