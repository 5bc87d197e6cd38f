import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import {
  openTimeStampAuthority,
  type TimeStampAuthority,
} from '../attestation/time-stamp-authority.ts'
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

describe('a checkpoint', requireInFull('openssl'), () => {
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

  it('is stamped so that openssl verifies it, and refuses it altered', async () => {
    await using log = await LogDirectory.openEmpty()
    const { timeStamps } = timeStampsOver(log, [server.url])
    const [stored] = await timeStamps.stamp(checkpoint)
    assert.equal(stored?.path, `${name}.1.tsr`)

    const stamped = log.at(`${name}.checkpoint`)
    const files = { answer: log.at(stored.path), stamped }
    const { stdout, stderr } = await authority.verify(files)
    assert.match(stdout.toString(), /^Verification: OK$/m, stderr)

    await writeFile(stamped, checkpoint.replace('7', '8'))
    const altered = await authority.verify(files)
    assert.match(altered.stderr, /message imprint mismatch/)
    assert.notEqual(altered.exitCode, 0)
  })

  it('is kept beside its tokens exactly as it was stamped', async () => {
    await using log = await LogDirectory.openEmpty()
    await timeStampsOver(log, [server.url, server.url]).timeStamps.stamp(checkpoint)
    assert.deepEqual(await log.list(), [`${name}.1.tsr`, `${name}.2.tsr`, `${name}.checkpoint`])
    assert.equal(String(await log.read(`${name}.checkpoint`)), checkpoint)
  })

  it('is reported with the time of the authority and how far its clock is ahead', async () => {
    await using log = await LogDirectory.openEmpty()
    const clock = () => new Date(0)
    const { timeStamps, facts } = timeStampsOver(log, [server.url], { clock })
    const [stored] = await timeStamps.stamp(checkpoint)
    assert.equal(stored?.aheadMs, Date.parse(stored?.time ?? ''))
    assert.deepEqual(facts, [{ kind: 'stamped', ...stored }])
  })

  it('is stamped once by each authority, also by calls at the same time and after a restart', async () => {
    await using log = await LogDirectory.openEmpty()
    const askedBefore = server.asked()
    const { timeStamps, facts } = timeStampsOver(log, [server.url])
    await Promise.all([timeStamps.stamp(checkpoint), timeStamps.stamp(checkpoint)])
    await timeStampsOver(log, [server.url]).timeStamps.stamp(checkpoint)
    assert.equal(server.asked() - askedBefore, 1)
    assert.deepEqual(summaryOf(facts), [`stamped ${name}.1.tsr`])
  })

  it('is stamped by one authority while another fails, which is asked again', async () => {
    await using log = await LogDirectory.openEmpty()
    await using failing = await listen((_request, response) => response.writeHead(503).end())
    const first = timeStampsOver(log, [failing.url, server.url])
    await first.timeStamps.stamp(checkpoint)
    assert.deepEqual(summaryOf(first.facts).sort(), [
      'not stamped: found status 503, expected 200',
      `stamped ${name}.2.tsr`,
    ])

    const askedBefore = server.asked()
    const second = timeStampsOver(log, [server.url, server.url])
    await second.timeStamps.stamp(checkpoint)
    assert.deepEqual(summaryOf(second.facts), [`stamped ${name}.1.tsr`])
    assert.equal(server.asked() - askedBefore, 1)
  })

  it('with another signature is another file to be stamped', async () => {
    await using log = await LogDirectory.openEmpty()
    const { timeStamps } = timeStampsOver(log, [server.url])
    await timeStamps.stamp(checkpoint)
    const [stored] = await timeStamps.stamp(`${checkpoint}— witness c2lnbmF0dXJl\n`)
    assert.match(stored?.path ?? '', /^timestamps\/7-[0-9a-f]{16}\.1\.tsr$/)
    assert.equal((await log.list()).length, 4)
  })

  it('is asked for again when its token could not be stored', async () => {
    await using log = await LogDirectory.openEmpty()
    const full = {
      read: (path: string) => log.read(path),
      putAll: () => Promise.reject(new Error('no space left')),
    }
    const { timeStamps, facts } = timeStampsOver(full, [server.url])
    assert.deepEqual(await timeStamps.stamp(checkpoint), [])
    assert.deepEqual(summaryOf(facts), ['not stamped: no space left'])
    assert.equal((await timeStampsOver(log, [server.url]).timeStamps.stamp(checkpoint)).length, 1)
  })

  it('that is none is not stamped', async () => {
    await using log = await LogDirectory.openEmpty()
    const { timeStamps, facts } = timeStampsOver(log, [server.url])
    await timeStamps.stamp(checkpoint.replace('\n7\n', '\n../7\n'))
    assert.deepEqual(summaryOf(facts), [
      'not stamped: found a checkpoint with the size "../7", expected a decimal number',
    ])
  })
})
