import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import request from 'supertest'
import { CatalogFull } from '../../src/catalog/write-together.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { StorageFull } from '../../src/vault/blob-store.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from '../http/registry-under-test.ts'
import { stateEvent } from '../record-event-fixtures.ts'
import { minimalRun } from '../record-fixtures.ts'
import { interceptedStores } from './intercepted-stores.ts'
import { LogReader } from './log-reader.ts'

/** A write that fails, and the answer to a deposit then. */
interface Failure {
  readonly what: string
  readonly call: string
  /** Fails with every so many-th of such calls; by default with each. */
  readonly every?: number
  readonly error: Error
  readonly answer: readonly [number, string]
}

const full = new StorageFull(new Error('ENOSPC'))
const catalogFull = new CatalogFull(new Error('SQLITE_FULL'))
const refused = [507, 'storage-full'] as const
const delayed = [503, 'publication-delayed'] as const

const later: readonly Failure[] = [
  { what: 'the receipt', call: 'documents.putAll', every: 2, error: full, answer: delayed },
  { what: 'the tiles', call: 'log.putAll', error: full, answer: delayed },
  { what: 'the signature', call: 'entries.addCheckpoint', error: catalogFull, answer: delayed },
  { what: 'the checkpoint', call: 'log.publish', error: full, answer: delayed },
  { what: 'what is replaced', call: 'log.remove', error: new Error('i/o'), answer: delayed },
]
const ofRecords: readonly Failure[] = [
  { what: 'the bytes', call: 'documents.putAll', error: full, answer: refused },
  { what: 'the entry', call: 'catalog.addRecords', error: catalogFull, answer: refused },
  ...later,
]
const ofEvents: readonly Failure[] = [
  { what: 'the bytes', call: 'documents.putAll', error: full, answer: refused },
  { what: 'the entry', call: 'events.addEvents', error: catalogFull, answer: refused },
  ...later,
]

describe('A deposit', () => {
  for (const failure of ofRecords) {
    it(`that cannot store ${failure.what} is refused, and the same later is accepted`, () =>
      assertAcceptedLater(failure, async () => ({ path: '/records', document: minimalRun() })))
  }
})

describe('An event', () => {
  for (const failure of ofEvents) {
    it(`that cannot store ${failure.what} is refused, and the same later is accepted`, () =>
      assertAcceptedLater(failure, async (registry) => {
        const { body } = await post(registry, '/records', minimalRun()).expect(201)
        return { path: `/records/${body.digest}/events`, document: stateEvent(body.digest) }
      }))
  }
})

describe('Deposits at the same time that cannot be published', () => {
  it('are all told so, and all accepted in their places later', async () => {
    const stores = new FailingStores()
    await using registry = await openRegistryUnderTest(stores.options)
    const log = await LogReader.of(`http://127.0.0.1:${await registry.listen()}`)
    const size = await log.size()
    const records = Array.from({ length: 20 }, (_, n) => minimalRun({ title: `Run ${n}` }))
    const depositAll = () =>
      Promise.all(records.map((record) => post(registry, '/records', record)))
    stores.fail({ call: 'log.publish', error: full })
    const told = await depositAll()
    stores.recover()
    const accepted = await depositAll()
    assert.deepEqual(new Set(told.map(({ body }) => body.code)), new Set(['publication-delayed']))
    assert.deepEqual(new Set(accepted.map(({ status }) => status)), new Set([200]))
    for (const { body } of accepted) await log.assertProves(body.proof, body.digest)
    const places = accepted.map(({ body }) => body.logIndex).toSorted((a, b) => a - b)
    assert.deepEqual(
      places,
      records.map((_, n) => size + n),
    )
  })
})

describe('A receipt there was no room for', () => {
  it('is stored with the next, whether or not its deposit is repeated', async () => {
    const stores = new FailingStores()
    await using registry = await openRegistryUnderTest(stores.options)
    stores.fail({ call: 'documents.putAll', every: 2, error: full })
    await post(registry, '/records', minimalRun({ title: 'Left' })).expect(503)
    stores.recover()
    await post(registry, '/records', minimalRun({ title: 'Next' })).expect(201)
    const { body } = await request(registry.app).get('/records').expect(200)
    const [next, left] = body.items
    assert.deepEqual([next.title, left.title], ['Next', 'Left'])
    await request(registry.app).get(`/records/${left.digest}/receipt`).expect(200)
  })
})

interface Sent {
  readonly path: string
  readonly document: JsonObject
}

async function assertAcceptedLater(
  failure: Failure,
  prepare: (registry: RegistryUnderTest) => Promise<Sent>,
): Promise<void> {
  const stores = new FailingStores()
  await using registry = await openRegistryUnderTest(stores.options)
  const log = await LogReader.of(`http://127.0.0.1:${await registry.listen()}`)
  const { path, document } = await prepare(registry)
  const [size, checkpoint] = [await log.size(), await log.checkpoint()]
  stores.fail(failure)
  const told = [await post(registry, path, document), await post(registry, path, document)]
  const meanwhile = await log.checkpoint()
  stores.recover()
  const accepted = await post(registry, path, document)
  for (const { status, body } of told) assert.deepEqual([status, body.code], failure.answer)
  assert.ok(accepted.status === 200 || accepted.status === 201, accepted.text)
  assert.equal(accepted.body.logIndex, size)
  assert.equal(await log.assertProves(accepted.body.proof, accepted.body.digest), size)
  assert.equal(await log.size(), size + 1)
  for (const note of [checkpoint, meanwhile]) await log.assertExtends(note)
  assert.equal((await request(registry.app).get('/readyz')).status, 200)
}

/** The stores of a registry, of which a call fails for some time. */
class FailingStores {
  readonly options = interceptedStores((call, work) => this.#intercept(call, work))
  #failure: Pick<Failure, 'call' | 'every' | 'error'> | undefined
  #calls = 0

  fail(failure: Pick<Failure, 'call' | 'every' | 'error'>): void {
    this.#failure = failure
    this.#calls = 0
  }

  recover(): void {
    this.#failure = undefined
  }

  async #intercept(call: string, work: () => Promise<unknown>): Promise<unknown> {
    if (this.#failure?.call !== call) return work()
    this.#calls += 1
    const { every = 1, error } = this.#failure
    if (this.#calls % every === 0) throw error
    return work()
  }
}

function post({ app, bearer }: RegistryUnderTest, path: string, document: JsonObject) {
  return request(app).post(path).set('authorization', bearer).send(document)
}
