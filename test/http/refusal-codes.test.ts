import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { depositorKeyEntry } from '../../src/archive/key-entries.ts'
import { canonicalBytes, canonicalText } from '../../src/record/canonical-json.ts'
import { limits } from '../../src/record/limits.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { statusOfCode } from '../../src/http/problem.ts'
import { withdrawalEvent } from '../record-event-fixtures.ts'
import { newDepositor, signWith } from '../attestation/depositors.ts'
import { minimalRun } from '../record-fixtures.ts'
import { createReadOnlyFile } from '../../src/vault/incoming.ts'
import { describedOperations } from './described-operations.ts'
import { registerKey, revokeKey, type RegistrationChanges } from './key-registration.ts'
import { filePart, formOf, formType, type Part } from './multipart-form.ts'
import { keyEntries, openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'
import { digestOfText, runWithOutputs } from './run-with-outputs.ts'
import { temporaryDirectory } from '../vault/temporary-vault.ts'

type Code = keyof typeof statusOfCode

/** A request that is refused with the code, and the operation that must document it. */
interface Provocation {
  readonly operationId?: string
  readonly send: () => Promise<request.Response>
}

const absent = digestOfText('absent')
const record = minimalRun()
let isDiskFull = false
let registry: RegistryUnderTest

before(async () => {
  registry = await openRegistryUnderTest({
    maxBlobBytes: 1000,
    createFile: async (path) => {
      if (isDiskFull) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
      return createReadOnlyFile(path)
    },
  })
})
after(() => registry[Symbol.asyncDispose]())

const provocations: Readonly<Record<Code, Provocation>> = {
  'invalid-json': deposits(() => post('{')),
  'malformed-digest': gets('getBlob', '/blobs/sha256:abc'),
  'invalid-parameter': gets('listRecords', '/records?limit=none'),
  'malformed-multipart': deposits(() => postForm()),
  'token-required': deposits(() => request(registry.app).post('/records').send(record)),
  'invalid-token': deposits(() => post(record, 'Bearer none')),
  'wrong-project': deposits(async () =>
    post(record, `Bearer ${await registry.makeToken({ project: 'Another project' })}`),
  ),
  'unknown-record': gets('showRecord', `/records/${absent}`),
  'unknown-blob': gets('getBlob', `/blobs/${absent}`),
  'unknown-event': gets('getEvent', `/events/${absent}`),
  'unknown-key': gets('showKey', '/depositor-keys/none'),
  'invalid-key-proof': registers({ stated: { registry: 'https://elsewhere.example.org' } }),
  'invalid-nonce': registers({ stated: { nonce: '' } }),
  'revoked-key': {
    operationId: 'registerKey',
    send: async () => {
      const depositor = await newDepositor('EdDSA')
      await registerKey(registry, depositor)
      await revokeKey(registry, depositor)
      return registerKey(registry, depositor)
    },
  },
  'unknown-log-file': gets('getTile', '/log/tile/0/999'),
  'unknown-script': gets('getScript', '/browser/0123456789abcdef/browser/record-page.js'),
  withdrawn: {
    operationId: 'showRecord',
    send: async () => {
      const { body } = await post(minimalRun({ title: 'Withdrawn' }))
      const events = request(registry.app).post(`/records/${body.digest}/events`)
      await events.set('authorization', registry.bearer).send(withdrawalEvent(body.digest))
      return request(registry.app).get(`/records/${body.digest}`)
    },
  },
  'not-found': { send: () => request(registry.app).get('/nowhere') },
  'method-not-allowed': { send: () => request(registry.app).delete('/records') },
  'not-acceptable': {
    operationId: 'listRecords',
    send: () => request(registry.app).get('/records').set('accept', 'image/png'),
  },
  'blob-too-large': puts(absent, 'x'.repeat(1001)),
  'body-too-large': deposits(() => post(' '.repeat(limits.recordBytes + 1))),
  'unsupported-media-type': deposits(() => post('{}', registry.bearer, 'text/plain')),
  'range-not-satisfiable': {
    operationId: 'downloadBundle',
    send: async () => {
      const { body } = await post(record)
      const bundle = request(registry.app).get(`/records/${body.digest}/bundle.tar`)
      return bundle.set('range', 'bytes=999999999-')
    },
  },
  'digest-mismatch': puts(absent, 'present'),
  'invalid-event': {
    operationId: 'appendEvent',
    send: async () => {
      const { body } = await post(record)
      const events = request(registry.app).post(`/records/${body.digest}/events`)
      return events.set('authorization', registry.bearer).send({ type: 'none' })
    },
  },
  'invalid-record': deposits(() => post({})),
  'invalid-signature': deposits(() => postForm(recordPart(record), filePart('signature', '{}'))),
  'missing-blobs': deposits(() => post(runWithOutputs(['absent']))),
  'not-canonical': deposits(() =>
    postForm(filePart('record', JSON.stringify(record, null, 1)), filePart('signature', '{}')),
  ),
  'unnamed-blob': deposits(() => postForm(recordPart(record), filePart('file', 'unnamed'))),
  'unusable-key': deposits(postSignedWithBrokenKey),
  'not-ready': {
    operationId: 'getReadiness',
    send: () => {
      registry.registry.drain('the test is over')
      return request(registry.app).get('/readyz')
    },
  },
  'log-stopped': deposits(postWithoutKey),
  'publication-delayed': deposits(postToOccupiedTile),
  'storage-full': {
    operationId: 'putBlob',
    send: async () => {
      isDiskFull = true
      const answer = await putBlob(absent, 'absent')
      isDiskFull = false
      return answer
    },
  },
}

describe('Every code of a refusal is answered for real', () => {
  for (const [code, status] of Object.entries(statusOfCode)) {
    it(`${code} with ${status}`, async () => {
      const provocation = provocationOf(code)
      const answer = await provocation.send()
      assert.equal(answer.body.code, code)
      assert.equal(answer.status, status)
      assert.equal(answer.body.status, status)
      assert.equal(answer.headers['content-type'], 'application/problem+json')
    })

    it(`${code} is in the description of the interface`, () => {
      const { operationId } = provocationOf(code)
      if (operationId === undefined) return
      const operation = describedOperations.find((known) => known.operationId === operationId)
      const { description = '' } = operation?.responses[status] ?? {}
      assert.match(description, new RegExp(`\\b${code}\\b`))
    })
  }

  it('and none of these is a fault of the service', () => {
    assert.doesNotMatch(registry.log(), /"level":50/)
  })
})

function provocationOf(code: string): Provocation {
  const found = Object.entries(provocations).find(([name]) => name === code)
  assert.ok(found, `no request here is refused with ${code}; add one`)
  return found[1]
}

function deposits(send: Provocation['send']): Provocation {
  return { operationId: 'depositRecord', send }
}

function registers(changes: RegistrationChanges): Provocation {
  const send = async () => registerKey(registry, await newDepositor('EdDSA'), changes)
  return { operationId: 'registerKey', send }
}

function gets(operationId: string, path: string): Provocation {
  return { operationId, send: () => request(registry.app).get(path) }
}

function puts(digest: string, text: string): Provocation {
  return { operationId: 'putBlob', send: () => putBlob(digest, text) }
}

function putBlob(digest: string, text: string) {
  return request(registry.app)
    .put(`/blobs/${digest}`)
    .set('authorization', registry.bearer)
    .set('content-type', 'application/octet-stream')
    .send(text)
}

function post(
  body: JsonObject | string,
  authorization = registry.bearer,
  type = 'application/json',
  on = registry,
) {
  return request(on.app)
    .post('/records')
    .set({ authorization, 'content-type': type })
    .send(typeof body === 'string' ? body : JSON.stringify(body))
}

function postForm(...parts: readonly Part[]) {
  return request(registry.app)
    .post('/records')
    .set({ authorization: registry.bearer, 'content-type': formType })
    .send(formOf(...parts))
}

function recordPart(document: JsonObject): Part {
  return filePart('record', canonicalText(document))
}

/** As if the list of keys had been edited by hand. */
async function postSignedWithBrokenKey() {
  const depositor = await newDepositor('EdDSA')
  const { kid } = depositor.publicKey
  const [project, at] = ['*', '2026-11-20T10:00:00Z']
  await registry.registry.accessList.addDepositorKey(
    { kid, project, jwk: { kty: 'RSA' }, addedAt: at },
    await depositorKeyEntry({ action: 'bound', kid, project, at }),
  )
  const { protected: header, signature } = signWith(depositor, canonicalBytes(record))
  const document = JSON.stringify({ protected: header, signature })
  return postForm(recordPart(record), filePart('signature', document))
}

/** As if the operator had lost the key of the log. */
async function postWithoutKey() {
  const directory = await temporaryDirectory()
  const choices = { directory, database: `sqlite:${join(directory, 'catalog.sqlite')}` }
  await (await openRegistryUnderTest(choices))[Symbol.asyncDispose]()
  await rm(join(directory, 'keys/log.jwk'))
  await using own = await openRegistryUnderTest(choices)
  return await post(record, own.bearer, 'application/json', own)
}

/** As if a tile could not be stored. */
async function postToOccupiedTile() {
  await using own = await openRegistryUnderTest()
  const partials = join(own.directory, 'blobs/log/tile/0/000.p')
  await writeFile(join(partials, String(keyEntries + 1)), 'other bytes')
  return await post(record, own.bearer, 'application/json', own)
}
