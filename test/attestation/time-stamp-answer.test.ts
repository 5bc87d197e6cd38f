import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import * as fc from 'fast-check'
import { parseTimeStampAnswer } from '../../src/attestation/time-stamp-answer.ts'
import { timeStampRequestOf } from '../../src/attestation/time-stamp-request.ts'
import { UnusableTimeStamp } from '../../src/attestation/unusable-time-stamp.ts'
import { requireInFull } from '../tools.ts'
import {
  openTimeStampAuthority,
  requestOfOpenssl,
  type TimeStampAuthority,
} from './time-stamp-authority.ts'

const digest = createHash('sha256').update('abc').digest()
const nonce = Buffer.from('80c5b444f80c6403', 'hex')
const question = { digest, nonce }

describe('an answer of a time-stamping authority', requireInFull('openssl'), () => {
  let authority: TimeStampAuthority
  let good: Buffer

  before(async () => {
    authority = await openTimeStampAuthority()
    good = await authority.answer(timeStampRequestOf(question))
  })
  after(() => authority[Symbol.asyncDispose]())

  it('gives the time and the number that openssl prints', async () => {
    const { time, serial } = parseTimeStampAnswer(good, question)
    const text = await authority.describe(good)
    assert.match(text, new RegExp(`^Serial number: 0x${serial.toUpperCase()}$`, 'm'))
    const [, printed = ''] = /^Time stamp: (.*)$/m.exec(text) ?? []
    assert.equal(Date.parse(time), Date.parse(printed))
  })

  it('gives the token without what stands around it', () => {
    const { token } = parseTimeStampAnswer(good, question)
    assert.deepEqual(Buffer.from(token), good.subarray(-token.length))
    assert.equal(
      good.subarray(0, -token.length).toString('hex'),
      good.subarray(0, 9).toString('hex'),
    )
  })

  it('is refused with another nonce', () => {
    const other = { digest, nonce: Buffer.from('80c5b444f80c6404', 'hex') }
    refused(good, 'other-nonce', other)
  })

  it('is refused without a nonce', async () => {
    const request = await requestOfOpenssl(
      '-digest',
      digest.toString('hex'),
      '-sha256',
      '-cert',
      '-no_nonce',
    )
    refused(await authority.answer(request), 'other-nonce')
  })

  it('is refused over other bytes', () => {
    refused(good, 'other-content', { digest: createHash('sha256').update('abd').digest(), nonce })
  })

  for (const algorithm of ['sha384', 'sha3-256']) {
    it(`is refused over the ${algorithm} of the bytes`, async () => {
      const hash = createHash(algorithm).update('abc').digest()
      const request = await requestOfOpenssl(
        '-digest',
        hash.toString('hex'),
        `-${algorithm}`,
        '-cert',
      )
      refused(await authority.answer(request), 'other-content', { digest: hash, nonce })
    })
  }

  it('is refused without the certificate of the authority', async () => {
    const request = await requestOfOpenssl('-digest', digest.toString('hex'), '-sha256')
    refused(await authority.answer(request), 'no-certificate')
  })

  it('that rejects the request is refused with what the authority says about it', async () => {
    const rejection = await authority.answer(timeStampRequestOf(question), 'tsa_without_sha256')
    const { message } = refused(rejection, 'not-granted')
    assert.match(message, /^found rejection, badAlg, "Message digest algorithm is not supported/)
  })

  for (const [status, hex] of [
    ['waiting', '30053003020103'],
    ['an unknown status', '30053003020106'],
    ['an unknown status', '3006300402020100'],
    ['an unknown status', '300530030201ff'],
  ] as const) {
    it(`of ${hex} is refused as ${status}`, () => {
      const { message } = refused(Buffer.from(hex, 'hex'), 'not-granted')
      assert.equal(message, `found ${status}, expected granted`)
    })
  }

  for (const [what, hex] of [
    ['nothing', ''],
    ['a page', Buffer.from('<!doctype html>').toString('hex')],
    ['a granted status without a token', '30053003020100'],
  ] as const) {
    it(`is refused when it is ${what}`, () => {
      refused(Buffer.from(hex, 'hex'), 'malformed')
    })
  }

  it('is refused wherever it is cut off', () => {
    for (let length = 0; length < good.length; length += 1) {
      refused(good.subarray(0, length), 'malformed')
    }
  })

  it('is refused with a byte behind it', () => {
    refused(Buffer.concat([good, Buffer.of(0)]), 'malformed')
  })

  it('that is any bytes is refused as a time stamp, and never fails otherwise', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => isReadOrRefused(bytes)))
  })

  it('that was altered in a few bytes is read or refused, and never fails otherwise', () => {
    const position = fc.nat(good.length - 1)
    const changes = fc.array(fc.tuple(position, fc.nat(255)), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(changes, (changed) => {
        const bytes = new Uint8Array(good)
        for (const [at, byte] of changed) bytes[at] = byte
        return isReadOrRefused(bytes)
      }),
      { numRuns: 5000 },
    )
  })
})

describe('the time in an answer', requireInFull('openssl'), () => {
  let authority: TimeStampAuthority
  let text: string

  before(async () => {
    authority = await openTimeStampAuthority()
    text = (await authority.answer(timeStampRequestOf(question))).toString('latin1')
  })
  after(() => authority[Symbol.asyncDispose]())

  // As long as that of the authority, which has six digits of a fraction but for zeros.
  it('is given to the fraction', () => {
    assert.equal(timeAfter('20280229235959'), '2028-02-29T23:59:59')
  })

  for (const time of ['20270229235959', '20281301000000', '20280101240000', '20280101000060']) {
    it(`is refused when it is ${time}`, () => {
      assert.throws(() => timeAfter(time), { name: 'UnusableTimeStamp', reason: 'malformed' })
    })
  }

  function timeAfter(seconds: string): string {
    const altered = text.replace(/\d{14}(?=\.\d+Z)/, seconds)
    return parseTimeStampAnswer(Buffer.from(altered, 'latin1'), question).time.slice(0, 19)
  }
})

function refused(bytes: Uint8Array, reason: string, asked = question): UnusableTimeStamp {
  try {
    parseTimeStampAnswer(bytes, asked)
  } catch (error) {
    assert.ok(error instanceof UnusableTimeStamp, String(error))
    assert.equal(error.reason, reason, error.message)
    return error
  }
  return assert.fail('it was read')
}

function isReadOrRefused(bytes: Uint8Array): boolean {
  try {
    return parseTimeStampAnswer(bytes, question).token.length > 0
  } catch (error) {
    return error instanceof UnusableTimeStamp
  }
}
