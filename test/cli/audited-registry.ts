import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request as forward, type ServerResponse } from 'node:http'
import request from 'supertest'
import { canonicalBytes } from '../../src/record/canonical-json.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { signWith, type Depositor } from '../attestation/depositors.ts'
import { filePart, formOf, formType } from '../http/multipart-form.ts'
import {
  openRegistryUnderTest,
  type RegistryChoices,
  type RegistryUnderTest,
} from '../http/registry-under-test.ts'

/** A real registry, seen through somebody who can spoil what it answers. */
export interface AuditedRegistry extends AsyncDisposable {
  readonly registry: RegistryUnderTest
  readonly url: string
  /** Answers in place of the registry's, by path: a body, a status, or what another path has. */
  readonly instead: Map<string, Uint8Array | number | string>
  /** How often a connection breaks before it is answered, by path. */
  readonly breaks: Map<string, number>
  /** Paths that were asked for, in this order. */
  readonly asked: string[]
}

export async function openAuditedRegistry(choices: RegistryChoices = {}): Promise<AuditedRegistry> {
  const registry = await openRegistryUnderTest(choices)
  const port = await registry.listen()
  const instead: AuditedRegistry['instead'] = new Map()
  const breaks = new Map<string, number>()
  const asked: string[] = []
  const server = createServer(({ url: path = '' }, response) => {
    asked.push(path)
    const left = breaks.get(path) ?? 0
    breaks.set(path, left - 1)
    if (left > 0) return void response.destroy()
    const answer = instead.get(path) ?? path
    if (typeof answer === 'number') return void response.writeHead(answer).end()
    if (typeof answer !== 'string') return void response.writeHead(200).end(answer)
    return passOn(port, answer, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return {
    registry,
    url: `http://127.0.0.1:${address.port}`,
    instead,
    breaks,
    asked,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await registry[Symbol.asyncDispose]()
    },
  }
}

function passOn(port: number, path: string, response: ServerResponse): void {
  const passed = forward({ host: '127.0.0.1', port, path }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  passed.end()
}

/** Stores the texts as blobs; they may be there. */
export async function putBlobs(
  { app, bearer }: RegistryUnderTest,
  blobs: readonly { digest: string; text: string }[],
): Promise<void> {
  for (const { digest, text } of blobs) {
    const put = request(app).put(`/blobs/${digest}`).set('authorization', bearer)
    const answer = await put.set('content-type', 'application/octet-stream').send(text)
    assert.ok(answer.ok, answer.text)
  }
}

/** @returns the digest. */
export async function deposit(
  { app, bearer }: RegistryUnderTest,
  record: JsonObject,
  depositor?: Depositor,
): Promise<string> {
  const bytes = canonicalBytes(record)
  const signed = depositor && filePart('signature', JSON.stringify(signWith(depositor, bytes)))
  const parts = [filePart('record', bytes), ...(signed === undefined ? [] : [signed])]
  const post = request(app).post('/records').set('authorization', bearer)
  const answer = await post.set('content-type', formType).send(formOf(...parts))
  assert.equal(answer.status, 201, answer.text)
  return answer.body.digest
}

export async function stateEvent(
  { app, bearer }: RegistryUnderTest,
  record: string,
  event: JsonObject,
): Promise<void> {
  const post = request(app).post(`/records/${record}/events`).set('authorization', bearer)
  const answer = await post.send(event)
  assert.equal(answer.status, 201, answer.text)
}
