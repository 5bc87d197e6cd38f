import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { startServer, type RunningServer } from '../../src/service/server.ts'
import { makeToken } from '../../src/service/tokens.ts'
import type { OpenRegistry } from '../../src/service/wire.ts'
import { openIn } from '../publication/damaged-data.ts'
import { LogReader } from '../publication/log-reader.ts'
import { minimalRun } from '../record-fixtures.ts'
import { temporaryData } from '../service/temporary-data.ts'
import { canMount, mountSmallDisk, type SmallDisk } from '../small-disk.ts'

const { text, token } = makeToken({ project: '*', days: 1, now: new Date() })
const sentAtOnce = 8

/** Of each record that was sent, what was answered last. */
interface Sent {
  readonly record: JsonObject
  answer: request.Response
}

describe('A registry whose disk is full', canMount(), () => {
  let data: Awaited<ReturnType<typeof temporaryData>>
  let disk: SmallDisk
  let registry: OpenRegistry
  let server: RunningServer
  let log: LogReader
  const sent: Sent[] = []
  const checkpoints = new Set<string>()

  const start = async () => {
    registry = await openIn(data.path, { STELE_BLOBS: `file:${join(disk.path, 'blobs')}` })
    server = await startServer(registry, { host: '127.0.0.1', port: 0 })
    log = await LogReader.of(`http://127.0.0.1:${server.port}`)
  }
  const accepted = () => sent.filter(({ answer }) => answer.status < 300)
  const refused = () => sent.filter(({ answer }) => answer.status >= 300)

  before(async () => {
    data = await temporaryData()
    const mounted = join(data.path, 'disk')
    await mkdir(mounted)
    disk = mountSmallDisk(mounted, 2)
    await start()
    await registry.accessList.addToken(token)
    while (refused().length === 0) {
      const records = Array.from({ length: sentAtOnce }, (_, n) => recordOf(sent.length + n))
      sent.push(...(await Promise.all(records.map((record) => send(record, registry)))))
      checkpoints.add(await log.checkpoint())
    }
  })
  after(async () => {
    await server.stop()
    await disk[Symbol.asyncDispose]()
    await data[Symbol.asyncDispose]()
  })

  it('says so, and that it may be tried again', () => {
    assert.ok(accepted().length > sentAtOnce)
    for (const { answer } of refused()) {
      const said = `${answer.status} ${answer.body.code}`
      assert.match(said, /^(507 storage-full|503 publication-delayed)$/)
    }
  })

  it('gives out everything it accepted', async () => {
    for (const { answer } of accepted()) await assertProven(answer, log, registry)
    assert.equal((await request(registry.app).get('/readyz')).status, 200)
  })

  it('can be started again, and gives out everything it accepted', async () => {
    await server.stop()
    await start()
    for (const { answer } of accepted()) await assertProven(answer, log, registry)
    for (const note of checkpoints) await log.assertExtends(note)
  })

  it('accepts the same as soon as there is room, in a log that only grew', async () => {
    disk.grow(16)
    for (const one of sent) {
      const { status, body } = one.answer
      const { answer } = await send(one.record, registry)
      assert.ok(answer.status === 200 || answer.status === 201, answer.text)
      if (status < 300) assert.deepEqual(answer.body, body)
      one.answer = answer
    }
    for (const { answer } of sent) await assertProven(answer, log, registry)
    for (const note of checkpoints) await log.assertExtends(note)
    const entries = await log.entries()
    assert.equal(new Set(entries).size, entries.length)
  })
})

async function send(record: JsonObject, { app }: OpenRegistry): Promise<Sent> {
  const answer = request(app).post('/records').set('authorization', `Bearer ${text}`)
  return { record, answer: await answer.send(record) }
}

async function assertProven(
  { body }: request.Response,
  log: LogReader,
  { app }: OpenRegistry,
): Promise<void> {
  assert.equal(await log.assertProves(body.proof, body.digest), body.logIndex)
  for (const path of ['record.json', 'receipt', 'proof', 'bundle.tar?profile=thin']) {
    assert.equal((await request(app).get(`/records/${body.digest}/${path}`)).status, 200, path)
  }
}

/** Records that soon fill a small disk. */
function recordOf(number: number): JsonObject {
  return minimalRun({ title: `Run ${number}`, summary: 'long '.repeat(790) })
}
