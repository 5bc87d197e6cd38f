import assert from 'node:assert/strict'
import { after, before, describe, it, mock } from 'node:test'
import {
  openTimeStampAuthority,
  type TimeStampAuthority,
} from '../attestation/time-stamp-authority.ts'
import { eventually } from '../http/eventually.ts'
import { requireInFull } from '../tools.ts'
import {
  checkpoint,
  listen,
  LogDirectory,
  name,
  serveAuthority,
  summaryOf,
  timeStampsOver,
} from './stamped-log.ts'

const hourMs = 3_600_000

describe('the newest checkpoint', requireInFull('openssl'), () => {
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

  it('is stamped at the start and every hour, if it is another than before', async () => {
    mock.timers.enable({ apis: ['setInterval'] })
    await using log = await LogDirectory.openEmpty()
    await log.publish(checkpoint)
    const { timeStamps, facts } = timeStampsOver(log, [server.url])
    const stamped = (count: number) => eventually(async () => assert.equal(facts.length, count))
    const askedBefore = server.asked()
    timeStamps.start()
    await stamped(1)
    mock.timers.tick(hourMs)
    await log.publish(checkpoint.replace('\n7\n', '\n8\n'))
    mock.timers.tick(hourMs)
    await stamped(2)
    mock.timers.reset()
    await timeStamps.stop()
    assert.match(summaryOf(facts).join(), /^stamped timestamps\/7-.*,stamped timestamps\/8-/)
    assert.equal(server.asked() - askedBefore, 2)
  })

  it('is stamped when the service stops', async () => {
    await using log = await LogDirectory.openEmpty()
    const { timeStamps, facts } = timeStampsOver(log, [server.url])
    timeStamps.start()
    await log.publish(checkpoint)
    await timeStamps.stop()
    assert.deepEqual(summaryOf(facts), [`stamped ${name}.1.tsr`])
  })

  it('does not hold up the stop when an authority is silent', async () => {
    await using log = await LogDirectory.openEmpty()
    await log.publish(checkpoint)
    await using silent = await listen(() => undefined)
    const limitsMs = { answer: 120_000, stop: 50 }
    const { timeStamps, facts } = timeStampsOver(log, [silent.url], { limitsMs })
    timeStamps.start()
    await timeStamps.stop()
    assert.match(summaryOf(facts)[0] ?? '', /^not stamped: .*aborted/)
  })

  it('is nothing before the log was published', async () => {
    await using log = await LogDirectory.openEmpty()
    const { timeStamps, facts } = timeStampsOver(log, [server.url])
    await timeStamps.stop()
    assert.deepEqual(facts, [])
  })

  it('is reported when it cannot be read', async () => {
    const log = { read: () => Promise.reject(new Error('EIO')), putAll: () => Promise.resolve() }
    const { timeStamps, facts } = timeStampsOver(log, [server.url])
    await timeStamps.stop()
    assert.deepEqual(summaryOf(facts), ['not stamped: EIO'])
  })
})
