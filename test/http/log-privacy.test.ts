import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { canonicalBytes } from '../../src/record/canonical-json.ts'
import type { JsonObject, JsonValue } from '../../src/record/strict-json.ts'
import { depositExamples } from '../../src/service/examples.ts'
import { newDepositor, signWith } from '../attestation/depositors.ts'
import { LogReader } from '../publication/log-reader.ts'
import { citationEvent, noteEvent, stateEvent, withdrawalEvent } from '../record-event-fixtures.ts'
import { minimalRun } from '../record-fixtures.ts'
import { bindKey, revokeKey } from './bound-keys.ts'
import { filePart, formOf, formType } from './multipart-form.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'

const examples = join(import.meta.dirname, '../../examples')
const project = 'Rods of the Example Laboratory'
const record = minimalRun({
  title: 'A title that nobody may find in the log',
  project: { name: project, url: 'https://rods.example.org' },
  authors: [{ name: 'Ada Example', orcid: '0000-0002-1825-0097' }],
})

let registry: RegistryUnderTest
let token: string
/** Every record and event that was accepted. */
const accepted: JsonValue[] = [record]
/** Everything of the log: its files, and its entries as the bundles have them. */
let published: readonly string[]

before(async () => {
  registry = await openRegistryUnderTest()
  token = registry.bearer.slice('Bearer '.length)
  for (const digest of await depositExamples(examples, registry.registry)) {
    accepted.push((await request(registry.app).get(`/records/${digest}/record.json`)).body)
  }
  await depositSigned()
  const log = await LogReader.of(`http://127.0.0.1:${await registry.listen()}`)
  published = [...(await log.entries()), ...(await filesOfLog())]
})
after(() => registry[Symbol.asyncDispose]())

describe('The log, which nothing can be erased from,', () => {
  it('has no text of any record or event', () => {
    const texts = accepted.flatMap(textsIn)
    assert.ok(texts.includes(project) && texts.includes('0000-0002-1825-0097'))
    assert.ok(texts.length > 100, `${texts.length} texts`)
    assert.deepEqual(texts.filter(isPublished), [])
  })

  it('has no part of a name of anybody', () => {
    const words = accepted.flatMap(namesIn).flatMap((name) => name.split(/\W+/))
    const names = words.filter((word) => word.length > 2 && !meantForTheLog.test(word))
    assert.ok(names.includes('Ada'))
    assert.deepEqual(names.filter(isPublished), [])
  })

  it('has no token, no host name and no user name of the machine', () => {
    const secrets = [token, token.slice(0, 20), hostname(), userInfo().homedir]
    assert.deepEqual(secrets.filter(isPublished), [])
    assert.deepEqual(
      published.filter((text) => /stele_[\w-]{20}|[\w.+-]+@[\w-]+\.\w|\/home\/|\/tmp\//.test(text)),
      [],
    )
  })

  it('has no private part of a key', async () => {
    const files = ['log.jwk', 'receipt.jwk'].map((name) => join(registry.directory, 'keys', name))
    const keys = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).map(parseKey)
    assert.ok(keys.every(({ x }) => published.some((text) => text.includes(x))))
    assert.deepEqual(keys.map(({ d }) => d).filter(isPublished), [])
  })

  it('has what it needs, of every kind of entry', () => {
    const kinds = published.flatMap((text) => /^\{.*"kind":"([a-z-]+)"/.exec(text)?.[1] ?? [])
    assert.deepEqual(
      new Set(kinds),
      new Set(['key', 'deposit', 'event', 'withdrawal', 'depositor-key']),
    )
  })
})

/** One signed record with a statement of each type about it, and a key that is revoked. */
async function depositSigned(): Promise<void> {
  const depositor = await newDepositor('EdDSA')
  await bindKey(registry, depositor, { project })
  const bytes = canonicalBytes(record)
  const signature = JSON.stringify(signWith(depositor, bytes))
  const { body } = await request(registry.app)
    .post('/records')
    .set('authorization', registry.bearer)
    .set('content-type', formType)
    .send(formOf(filePart('record', Buffer.from(bytes)), filePart('signature', signature)))
    .expect(201)
  for (const statement of [noteEvent, stateEvent, citationEvent, withdrawalEvent]) {
    const event = statement(body.digest)
    accepted.push(event)
    await request(registry.app)
      .post(`/records/${body.digest}/events`)
      .set('authorization', registry.bearer)
      .send(event)
      .expect(201)
  }
  await revokeKey(registry, depositor, { project })
}

async function filesOfLog(): Promise<string[]> {
  const files = (await registry.files()).filter((file) => file.startsWith('log/'))
  assert.ok(files.some((file) => file.startsWith('log/tile/entries/')))
  return Promise.all(
    files.map((file) => readFile(join(registry.directory, 'blobs', file), 'latin1')),
  )
}

function isPublished(text: string): boolean {
  return published.some((known) => known.includes(text))
}

/**
 * What the log says on purpose: digests, its own name (registry.example.org), members
 * of entries, and the reason of a withdrawal.
 */
const meantForTheLog = /^((sha256:)?[0-9a-f]{64}|example|project|withdrawal|erroneous)$/

/** Texts of some length; shorter ones are words like `run`. */
function textsIn(value: JsonValue): string[] {
  if (typeof value === 'string') {
    return value.length < 6 || meantForTheLog.test(value) ? [] : [value]
  }
  return value === null || typeof value !== 'object' ? [] : Object.values(value).flatMap(textsIn)
}

function namesIn(value: JsonValue): string[] {
  return peopleOf(value).map(({ name }) => name)
}

function peopleOf(value: JsonValue): readonly { readonly name: string }[] {
  const { authors = [] } = parseRecord(value)
  return authors
}

function parseRecord(value: JsonValue): { authors?: { name: string }[] } & JsonObject {
  return JSON.parse(JSON.stringify(value))
}

function parseKey(text: string): { readonly x: string; readonly d: string } {
  return JSON.parse(text)
}
