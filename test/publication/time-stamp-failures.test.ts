import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { timeStampRequestOf } from '../../src/attestation/time-stamp-request.ts'
import {
  openTimeStampAuthority,
  type TimeStampAuthority,
} from '../attestation/time-stamp-authority.ts'
import { requireInFull } from '../tools.ts'
import {
  checkpoint,
  listen,
  LogDirectory,
  serveAuthority,
  summaryOf,
  timeStampsOver,
} from './stamped-log.ts'

const replyType = { 'content-type': 'application/timestamp-reply' }

describe('a checkpoint is not stamped', () => {
  const oversize = Buffer.alloc(64 * 1024 + 1)
  const answers: readonly (readonly [string, RequestListener, RegExp])[] = [
    [
      'an error',
      (_request, response) => response.writeHead(500, replyType).end('no'),
      /status 500/,
    ],
    [
      'a page',
      (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('no'),
      /found content type text\/html, expected application\/timestamp-reply/,
    ],
    ['bytes of no kind', (_request, response) => response.end('0'), /found content type none/],
    ['no bytes', (_request, response) => response.writeHead(200, replyType).end(), /found nothing/],
    [
      'garbage',
      (_request, response) => response.writeHead(200, replyType).end('garbage'),
      /a value of tag 103, expected a TimeStampResp/,
    ],
    [
      'too many bytes',
      (_request, response) => response.writeHead(200, replyType).end(oversize),
      /found over 65536 bytes/,
    ],
    [
      'bytes without end',
      (_request, response) => {
        response.writeHead(200, replyType).write(oversize)
      },
      /found over 65536 bytes/,
    ],
    ['a broken connection', (request) => request.socket.destroy(), /fetch failed/],
  ]

  for (const [what, answer, failure] of answers) {
    it(`by an authority that answers with ${what}`, async () => {
      assert.match(await failureOf(answer), failure)
    })
  }

  it('by an authority that is silent for too long', async () => {
    assert.match(await failureOf(() => undefined, 50), /aborted due to timeout/)
  })

  it('by an authority that falls silent for too long', async () => {
    const failure = await failureOf((_request, response) => {
      response.writeHead(200, replyType).write('0')
    }, 200)
    assert.match(failure, /aborted due to timeout/)
  })

  describe('by an authority', requireInFull('openssl'), () => {
    let authority: TimeStampAuthority
    let server: Awaited<ReturnType<typeof serveAuthority>>

    before(async () => {
      authority = await openTimeStampAuthority()
      server = await serveAuthority(authority)
    })
    after(async () => {
      await server[Symbol.asyncDispose]()
      await authority[Symbol.asyncDispose]()
    })

    it('that gives an answer to another question', async () => {
      const question = { digest: Buffer.alloc(32), nonce: Buffer.alloc(8) }
      const old = await authority.answer(timeStampRequestOf(question))
      assert.match(
        await failureOf((_request, response) => {
          response.writeHead(200, replyType).end(old)
        }),
        /found another hash, expected SHA-256 9bcbec78d5411a0a/,
      )
    })

    it('that names another one', async () => {
      const askedBefore = server.asked()
      const failure = await failureOf((_request, response) => {
        response.writeHead(307, { location: server.url }).end()
      })
      assert.equal(failure, 'not stamped: found status 307, expected 200')
      assert.equal(server.asked(), askedBefore)
    })
  })
})

/** Long enough for any answer on a busy machine. */
const patienceMs = 20_000

/** What is reported when the only authority answers so; nothing may be stored. */
async function failureOf(answer: RequestListener, answerMs = patienceMs): Promise<string> {
  await using log = await LogDirectory.openEmpty()
  await using server = await listen(answer)
  const limitsMs = { answer: answerMs, stop: answerMs }
  const { timeStamps, facts } = timeStampsOver(log, [server.url], { limitsMs })
  assert.deepEqual(await timeStamps.stamp(checkpoint), [])
  assert.deepEqual(await log.list(), [])
  const [failure = '', ...others] = summaryOf(facts)
  assert.deepEqual(others, [])
  return failure
}
