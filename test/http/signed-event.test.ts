import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { createLocalJWKSet, flattenedVerify } from 'jose'
import request from 'supertest'
import { parseCheckpointText } from '../../src/log/checkpoint.ts'
import { decodeEntryBundle } from '../../src/log/entry-bundle.ts'
import { leafHashOf } from '../../src/log/leaf.ts'
import { parseNote } from '../../src/log/note.ts'
import { parseProofFile } from '../../src/log/proof-file.ts'
import { rootFromInclusion } from '../../src/log/proof.ts'
import { webSha256 } from '../../src/log/web-crypto.ts'
import { canonicalBytes, canonicalText } from '../../src/record/canonical-json.ts'
import { limits } from '../../src/record/limits.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import {
  headerOf,
  newDepositor,
  signWith,
  type Depositor,
  type Signature,
} from '../attestation/depositors.ts'
import { noteEvent, withdrawalEvent } from '../record-event-fixtures.ts'
import { minimalRun } from '../record-fixtures.ts'
import { bindKey, revokeKey } from './bound-keys.ts'
import { filePart, formOf, formType, type Part } from './multipart-form.ts'
import { receiveBytes } from './received-answer.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'

const project = 'Example project'
const ada = await newDepositor('EdDSA')
const bo = await newDepositor('ES256')
const revoked = await newDepositor('EdDSA')
const stranger = await newDepositor('EdDSA')

let registry: RegistryUnderTest
let record: string

before(async () => {
  registry = await openRegistryUnderTest()
  await bindKey(registry, ada, { project })
  await bindKey(registry, bo, { project: '*' })
  await bindKey(registry, revoked, { project })
  await revokeKey(registry, revoked, { project })
  const deposited = await request(registry.app)
    .post('/records')
    .set('authorization', registry.bearer)
    .send(minimalRun())
  record = deposited.body.digest
})
after(() => registry[Symbol.asyncDispose]())

describe('A signed event', () => {
  it('is accepted, and its signatures are given out, for ever', async () => {
    const bytes = canonicalBytes(withdrawalEvent(record, { statedAt: '2026-11-20T00:00:00Z' }))
    const signatures = [signEvent(ada, bytes), signEvent(bo, bytes)]
    const { body, status } = await postSigned(bytes, { signatures: signatures.map(asJson) })
    const answer = await get(`/events/${body.digest}/signatures`)
    assert.equal(status, 201)
    assert.equal(String(answer.body), canonicalText({ signatures: signatures.map(asJson) }))
    assert.equal(answer.headers['content-type'], 'application/jose+json')
    assert.match(answer.headers['cache-control'] ?? '', /immutable/)
  })

  it('has its signers in the receipt and in the list', async () => {
    const bytes = canonicalBytes(noteEvent(record, { value: 'signed' }))
    const { body } = await postSigned(bytes, asJson(signEvent(ada, bytes)))
    const { payload } = await verified(body.receipt)
    const list = await request(registry.app).get(`/records/${record}/events?limit=100`)
    const { kid } = ada.publicKey
    assert.deepEqual(payload.depositor, { keys: [kid] })
    assert.deepEqual(
      list.body.items.find(({ digest }: JsonObject) => digest === body.digest).signedBy,
      [{ kid, alg: 'EdDSA' }],
    )
  })

  it('keeps its first signatures when it comes again with others', async () => {
    const bytes = canonicalBytes(noteEvent(record, { value: 'signed by one, then by another' }))
    const first = await postSigned(bytes, asJson(signEvent(ada, bytes)))
    const second = await postSigned(bytes, asJson(signEvent(bo, bytes)))
    const { body } = await get(`/events/${first.body.digest}/signatures`)
    assert.deepEqual([first.status, second.status], [201, 200])
    assert.deepEqual(second.body, first.body)
    assert.equal(String(body), canonicalText({ signatures: [asJson(signEvent(ada, bytes))] }))
  })
})

describe('An event', () => {
  it('has a receipt of its own kind that says what was accepted', async () => {
    const event = noteEvent(record, { value: 'receipted' })
    const { body } = await postForm(filePart('event', canonicalText(event)))
    const { payload, typ } = await verified(body.receipt)
    assert.equal(typ, 'stele-event-receipt+jws')
    assert.equal(`sha256:${payload.event.sha256}`, body.digest)
    assert.equal(payload.event.sha512, sha512(canonicalBytes(event)))
    assert.equal(`sha256:${payload.record.sha256}`, record)
    assert.equal(payload.log.index, body.logIndex)
    assert.equal(payload.depositor, undefined)
  })

  it('has a receipt and a proof that are given out byte for byte', async () => {
    const bytes = canonicalText(noteEvent(record, { value: 'proved' }))
    const { body } = await postForm(filePart('event', bytes))
    const receipt = await get(`/events/${body.digest}/receipt`)
    const proof = await get(`/events/${body.digest}/proof`)
    assert.equal(String(receipt.body), JSON.stringify(body.receipt))
    assert.equal(String(proof.body), body.proof)
    assert.equal(receipt.headers['content-type'], 'application/jose+json')
    assert.equal(proof.headers['content-type'], 'text/plain; charset=utf-8')
    assert.match(proof.headers['cache-control'] ?? '', /immutable/)
    assert.match(body.proof, new RegExp(`^index ${body.logIndex}$`, 'm'))
  })

  it('has a proof that leads from its entry to the checkpoint in it', async () => {
    const bytes = canonicalText(noteEvent(record, { value: 'entered' }))
    const { body } = await postForm(filePart('event', bytes))
    const { index, proof, checkpoint } = parseProofFile(body.proof)
    const { size, root } = parseCheckpointText(parseNote(checkpoint).text)
    const { body: bundle } = await get(`/log/tile/entries/000.p/${size}`)
    const entry = decodeEntryBundle(bundle)[index] ?? new Uint8Array()
    const leafHash = Buffer.from(await leafHashOf(entry), 'hex')
    const claim = { index, size, leafHash, proof }
    const leaf = JSON.parse(new TextDecoder().decode(entry))
    assert.deepEqual(await rootFromInclusion(claim, webSha256), root)
    assert.deepEqual([leaf.kind, `sha256:${leaf.spec.event.sha256}`], ['event', body.digest])
  })

  it('that nobody signed has no signatures to give out', async () => {
    const bytes = canonicalText(noteEvent(record, { value: 'unsigned' }))
    const { body } = await postForm(filePart('event', bytes))
    const answer = await request(registry.app).get(`/events/${body.digest}/signatures`)
    assert.deepEqual([answer.status, answer.body.code], [404, 'not-found'])
  })

  for (const name of ['receipt', 'proof', 'signatures']) {
    it(`that is not here has none of these: ${name}`, async () => {
      const answer = await request(registry.app).get(`/events/${record}/${name}`)
      assert.deepEqual([answer.status, answer.body.code], [404, 'unknown-event'])
    })
  }
})

describe('An event with a signature that is not good is refused', () => {
  for (const [why, sign] of [
    ['it signs other bytes', () => signEvent(ada, canonicalBytes({}))],
    ['it is one for a record', (bytes: Uint8Array) => signWith(ada, bytes)],
    ['its key is not registered', (bytes: Uint8Array) => signEvent(stranger, bytes)],
    ['its key is revoked', (bytes: Uint8Array) => signEvent(revoked, bytes)],
  ] as const) {
    it(`because ${why}`, async () => {
      const bytes = canonicalBytes(noteEvent(record, { value: why }))
      await assertRefused(
        [filePart('event', bytes), signaturePart(sign(bytes))],
        [422, 'invalid-signature'],
      )
    })
  }

  it('because the event is not canonical', async () => {
    const bytes = Buffer.from(JSON.stringify(noteEvent(record, { value: 'spaced' }), null, 1))
    await assertRefused(
      [filePart('event', bytes), signaturePart(signEvent(ada, bytes))],
      [422, 'not-canonical'],
    )
  })
})

describe('A form with an event is refused', () => {
  const event = filePart('event', '{}')
  for (const [why, parts] of [
    ['it is empty', []],
    ['it has no event', [filePart('signature', '{}')]],
    ['it has two events', [event, event]],
    ['it brings a file', [event, filePart('file', 'x')]],
    ['it brings a record', [event, filePart('record', '{}')]],
    ['the event is a plain field', [{ name: 'event', body: '{}' }]],
  ] as const) {
    it(`because ${why}`, () => assertRefused(parts, [400, 'malformed-multipart']))
  }

  it('because the event is too large', async () => {
    const large = filePart('event', ' '.repeat(limits.eventBytes + 1))
    await assertRefused([large], [413, 'body-too-large'])
  })
})

async function assertRefused(parts: readonly Part[], expected: readonly [number, string]) {
  const before = await registry.files()
  const answer = await postForm(...parts)
  assert.deepEqual([answer.status, answer.body.code], expected, answer.text)
  assert.deepEqual(await registry.files(), before)
}

function postForm(...parts: readonly Part[]) {
  return request(registry.app)
    .post(`/records/${record}/events`)
    .set({ authorization: registry.bearer, 'content-type': formType })
    .send(formOf(...parts))
}

function postSigned(event: Uint8Array, signature: unknown) {
  return postForm(filePart('event', event), filePart('signature', JSON.stringify(signature)))
}

function signaturePart(signature: Signature): Part {
  return filePart('signature', JSON.stringify(asJson(signature)))
}

function signEvent(depositor: Depositor, bytes: Uint8Array): Signature {
  const cty = 'application/vnd.stele.event+json'
  return signWith(depositor, bytes, { ...headerOf(depositor), cty, typ: 'stele-event+jws' })
}

function asJson({ protected: header, signature }: Signature) {
  return { protected: header, signature }
}

function get(path: string) {
  return request(registry.app).get(path).buffer(true).parse(receiveBytes).expect(200)
}

async function verified(receipt: { payload: string; protected: string; signature: string }) {
  const { body } = await get('/.well-known/jwks.json')
  const keys = createLocalJWKSet(JSON.parse(String(body)))
  const { payload, protectedHeader } = await flattenedVerify(receipt, keys)
  return { payload: JSON.parse(Buffer.from(payload).toString()), typ: protectedHeader?.typ }
}

function sha512(bytes: Uint8Array): string {
  return createHash('sha512').update(bytes).digest('hex')
}
