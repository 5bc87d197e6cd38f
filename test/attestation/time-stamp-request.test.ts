import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, it } from 'node:test'
import { timeStampRequestOf } from '../../src/attestation/time-stamp-request.ts'
import { runWell, temporaryDirectory } from '../bundle/programs.ts'
import { requireInFull } from '../tools.ts'

const digest = createHash('sha256').update('abc').digest()

describe('a request for a time stamp', () => {
  it('has the bytes that openssl 3.0 writes for the same facts', () => {
    const nonce = Buffer.from('0dc5b444f80c6403', 'hex')
    assert.equal(
      Buffer.from(timeStampRequestOf({ digest, nonce })).toString('hex'),
      '30430201013031300d060960864801650304020105000420' +
        'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' +
        '02080dc5b444f80c64030101ff',
    )
  })

  for (const [nonce, printed] of [
    ['ffffffffffffffff', '0xFFFFFFFFFFFFFFFF'],
    ['007fffffffffffff', '0x7FFFFFFFFFFFFF'],
    ['0080000000000000', '0x80000000000000'],
    ['0000000000000001', '0x01'],
    ['0000000000000000', '0x0'],
  ] as const) {
    it(`is read by openssl with the nonce ${nonce}`, requireInFull('openssl'), async () => {
      const request = timeStampRequestOf({ digest, nonce: Buffer.from(nonce, 'hex') })
      const text = await textOf(request)
      assert.match(text, /^Version: 1$/m)
      assert.match(text, /^Hash Algorithm: sha256$/m)
      assert.match(text, /^Certificate required: yes$/m)
      assert.match(text, new RegExp(`^Nonce: ${printed}$`, 'm'))
    })
  }

  it('is not made for another length of digest or nonce', () => {
    const nonce = Buffer.alloc(8)
    assert.throws(() => timeStampRequestOf({ digest: digest.subarray(1), nonce }), RangeError)
    assert.throws(() => timeStampRequestOf({ digest, nonce: Buffer.alloc(9) }), RangeError)
  })
})

async function textOf(request: Uint8Array): Promise<string> {
  await using directory = await temporaryDirectory()
  const file = path.join(directory.path, 'request.tsq')
  await writeFile(file, request)
  return (await runWell(['openssl', 'ts', '-query', '-in', file, '-text'])).toString()
}
