import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import supertest from 'supertest'
import { parseSettings } from '../src/service/settings.ts'
import { makeToken } from '../src/service/tokens.ts'
import { openRegistry } from '../src/service/wire.ts'

/** A registry on a directory of its own, wired as in production, spoken to over HTTP. */
export interface ThrowawayRegistry extends AsyncDisposable {
  /** Stores bytes under their digest and returns it. */
  putBlob(bytes: Buffer): Promise<string>
  getBlob(digest: string): Promise<Buffer>
  deposit(record: object): Promise<supertest.Response>
  /** Exact bytes of a record. */
  getRecord(digest: string): Promise<Buffer>
}

export async function openThrowawayRegistry(): Promise<ThrowawayRegistry> {
  const directory = await mkdtemp(path.join(tmpdir(), 'stele-test-'))
  const settings = parseSettings({ STELE_DATA: directory })
  const registry = await openRegistry(settings, { log: pino({ level: 'silent' }) })
  const { text, token } = makeToken({ project: '*', days: 1, now: new Date() })
  await registry.accessList.addToken(token)
  const authorization = `Bearer ${text}`
  const http = supertest(registry.app)
  return {
    async putBlob(bytes) {
      const digest = digestOfBytes(bytes)
      const answer = await http
        .put(`/blobs/${digest}`)
        .set('authorization', authorization)
        .set('content-type', 'application/octet-stream')
        .send(bytes)
      assert.equal(answer.status, 201, answer.text)
      return digest
    },
    getBlob: (digest) => bytesAt(http, `/blobs/${digest}`),
    deposit: async (record) =>
      http.post('/records').set('authorization', authorization).send(record),
    getRecord: (digest) => bytesAt(http, `/records/${digest}/record.json`),
    async [Symbol.asyncDispose]() {
      await registry[Symbol.asyncDispose]()
      await rm(directory, { recursive: true })
    },
  }
}

export function digestOfBytes(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

async function bytesAt(http: ReturnType<typeof supertest>, url: string): Promise<Buffer> {
  const answer = await http.get(url).responseType('blob').expect(200)
  assert.ok(Buffer.isBuffer(answer.body))
  return answer.body
}
