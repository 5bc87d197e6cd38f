import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { Agent, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import request from 'supertest'
import { eventually } from '../http/eventually.ts'
import { RawConnection, requestHead } from '../http/raw-connection.ts'
import { digestOfText } from '../http/run-with-outputs.ts'
import { limits } from '../../src/record/limits.ts'
import { minimalRun } from '../record-fixtures.ts'
import { filesIn } from '../vault/temporary-vault.ts'
import { firstBearer, startService } from './service-process.ts'
import { temporaryData } from './temporary-data.ts'

/** Far below the patience with which a stopping service waits for requests. */
const soon = { timeout: 20_000 }

describe('A service that is told to stop', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`by ${signal} ends with 0 and says so`, soon, async () => {
      await using data = await temporaryData()
      await using service = await startService(data.path)
      assert.deepEqual(await service.process.end(signal), { code: 0, signal: null })
      assert.match(service.process.output, /Stopped\.\n$/)
    })
  }

  it('lets an upload finish, takes no new connection, and ends', soon, async () => {
    await using data = await temporaryData()
    await using service = await startService(data.path)
    const upload = await startUpload(service.port, data.path)
    const ended = service.process.end('SIGTERM')
    await service.process.outputMatch(/Stopping/)
    await eventually(() => assert.rejects(connecting(service.port), { code: 'ECONNREFUSED' }))
    await upload.send('second half')
    assert.match(await upload.answer(), /^HTTP\/1.1 201 /)
    assert.deepEqual(await ended, { code: 0, signal: null })
    await using next = await startService(data.path)
    const { body } = await request(next.url).get(`/blobs/${digest}`)
    assert.equal(String(body), text)
  })

  it('lets a deposit finish that waits for the end of its record', soon, async () => {
    await using data = await temporaryData()
    await using service = await startService(data.path)
    const record = JSON.stringify(minimalRun())
    const connection = await RawConnection.open(service.port)
    const authorization = await firstBearer(data.path)
    const fields = { authorization, 'content-type': 'application/json' }
    const head = requestHead('POST /records', { ...fields, 'content-length': record.length })
    await connection.send(head, record.slice(0, 50))
    await eventually(async () => {
      const { text: metrics } = await request(service.url).get('/metrics')
      assert.match(metrics, /route="\/metrics"/)
    })
    const ended = service.process.end('SIGTERM')
    await service.process.outputMatch(/Stopping/)
    await connection.send(record.slice(50))
    assert.match(await connection.answer(), /^HTTP\/1.1 201 /)
    assert.deepEqual(await ended, { code: 0, signal: null })
  })

  it('sends the whole of an answer to a client that takes its time', soon, async () => {
    await using data = await temporaryData()
    await using service = await startService(data.path)
    const connection = await RawConnection.open(service.port)
    const digests = Array.from({ length: limits.missingQueryDigests }, () => '')
    const body = JSON.stringify({ digests: digests.map((_, number) => hexNumber(number)) })
    const head = requestHead('POST /blobs/missing', { 'content-length': body.length })
    await connection.send(head, body)
    await connection.head()
    connection.pause()
    const ended = service.process.end('SIGTERM')
    await eventually(() => assert.rejects(connecting(service.port), { code: 'ECONNREFUSED' }))
    connection.resume()
    const [answerHead = '', answerBody = ''] = (await connection.answer()).split('\r\n\r\n')
    assert.equal(answerBody.length, Number(/content-length: (\d+)/.exec(answerHead)?.[1]))
    assert.deepEqual(await ended, { code: 0, signal: null })
  })

  it('does not wait for connections on which nothing happens', soon, async () => {
    await using data = await temporaryData()
    await using service = await startService(data.path)
    const agent = new Agent({ keepAlive: true })
    const asked = httpRequest({ port: service.port, path: '/healthz', agent }).end()
    const [answer] = await once(asked, 'response')
    answer.resume()
    await once(answer, 'end')
    assert.deepEqual(await service.process.end('SIGTERM'), { code: 0, signal: null })
    agent.destroy()
  })

  it('leaves nothing to be repaired at the next start', soon, async () => {
    await using data = await temporaryData()
    await using service = await startService(data.path)
    const sent = request(service.url).post('/records')
    await sent
      .set('authorization', await firstBearer(data.path))
      .send(minimalRun())
      .expect(201)
    await service.process.end('SIGTERM')
    assert.equal(await readFile(join(data.path, 'blobs/journal.jsonl'), 'utf8'), '')
  })
})

const text = 'first half, second half'
const digest = digestOfText(text)

/** An upload of which the first half has arrived. */
async function startUpload(port: number, directory: string): Promise<RawConnection> {
  const connection = await RawConnection.open(port)
  const fields = { authorization: await firstBearer(directory), 'content-length': text.length }
  await connection.send(requestHead(`PUT /blobs/${digest}`, fields), 'first half, ')
  const incoming = join(directory, 'blobs/incoming')
  await eventually(async () => assert.notDeepEqual(await filesIn(incoming), []))
  return connection
}

function hexNumber(number: number): string {
  return `sha256:${number.toString(16).padStart(64, '0')}`
}

async function connecting(port: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' })
  await once(socket, 'connect')
  socket.destroy()
}
