import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { catalogEntryOf } from '../../src/archive/catalog-entry.ts'
import { prepareDeposit } from '../../src/archive/prepare-deposit.ts'
import type { Catalog } from '../../src/catalog/catalog.ts'
import type { AcceptedEvent, Events, NewEvent } from '../../src/catalog/events.ts'
import { canonicalText } from '../../src/record/canonical-json.ts'
import { digestOf, type Digest } from '../../src/record/digest.ts'
import { RecordEvent } from '../../src/record/record-event.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { citationEvent, noteEvent, stateEvent } from '../record-event-fixtures.ts'
import { minimalRun } from '../record-fixtures.ts'

export interface EventsUnderTest {
  readonly events: Events
  readonly catalog: Catalog
}

/** What every index of events promises. `openEmpty` gives each test one of its own. */
export function eventsContract(name: string, openEmpty: () => Promise<EventsUnderTest>): void {
  describe(`${name} keeps the Events contract`, () => {
    it('gives events the next indexes of the log, in the order of the calls', async () => {
      const { events, catalog } = await openEmpty()
      const [one, two] = [await addRecord(catalog, 'one'), await addRecord(catalog, 'two')]
      const added = await events.addEvents([await newEvent(stateEvent(one))])
      const more = await events.addEvents([
        await newEvent(noteEvent(two)),
        await newEvent(citationEvent(one)),
      ])
      assert.deepEqual(
        [...added, ...more].map(({ outcome, event }) => [outcome, event.logIndex]),
        [
          ['added', 2],
          ['added', 3],
          ['added', 4],
        ],
      )
    })

    it('gives back what was added, with its signatures', async () => {
      const { events, catalog } = await openEmpty()
      const event = {
        ...(await newEvent(noteEvent(await addRecord(catalog, 'one'), { value: 'Wärme ☀' }))),
        signatures: '{"signatures":[]}',
        signatureKeys: [{ kid: 'k', alg: 'EdDSA' }],
      }
      await events.addEvents([event])
      assert.deepEqual(await events.findEvent(event.digest), accepted(event, 1))
      assert.equal(await events.findEvent(event.event.record), undefined)
    })

    it('keeps the first entry of an event that comes again, also in one call', async () => {
      const { events, catalog } = await openEmpty()
      const record = await addRecord(catalog, 'one')
      const first = await newEvent(stateEvent(record))
      const again = { ...first, acceptedAt: '2026-11-30T00:00:00Z', project: '*' }
      const other = await newEvent(noteEvent(record))
      await events.addEvents([first])
      const results = await events.addEvents([again, other, other])
      assert.deepEqual(results, [
        { outcome: 'already-there', event: accepted(first, 1) },
        { outcome: 'added', event: accepted(other, 2) },
        { outcome: 'already-there', event: accepted(other, 2) },
      ])
    })

    it('stays dense when events come at the same time, some of them twice', async () => {
      const { events, catalog } = await openEmpty()
      const record = await addRecord(catalog, 'one')
      const values = Array.from({ length: 30 }, (_, index) => `note ${index % 20}`)
      const all = await Promise.all(values.map((value) => newEvent(noteEvent(record, { value }))))
      await Promise.all(all.map((event) => events.addEvents([event])))
      const listed = await events.listEvents({ record, order: 'oldest-first', limit: 100 })
      assert.deepEqual(
        listed.map((event) => event.logIndex),
        Array.from({ length: 20 }, (_, index) => index + 1),
      )
    })

    it('adds none of a call in which the record of one is unknown', async () => {
      const { events, catalog } = await openEmpty()
      const record = await addRecord(catalog, 'one')
      const good = await newEvent(stateEvent(record))
      const bad = await newEvent(stateEvent(`sha256:${'f'.repeat(64)}`))
      await assert.rejects(events.addEvents([good, bad]))
      assert.equal(await events.findEvent(good.digest), undefined)
      const [next] = await events.addEvents([good])
      assert.equal(next?.event.logIndex, 1)
    })

    it('lists the events of one record from either end, page by page', async () => {
      const { events, catalog } = await openEmpty()
      const [one, two] = [await addRecord(catalog, 'one'), await addRecord(catalog, 'two')]
      for (const [index, record] of [one, two, one, two, one].entries()) {
        await events.addEvents([await newEvent(noteEvent(record, { value: `note ${index}` }))])
      }
      const pages = [
        await events.listEvents({ record: one, order: 'oldest-first', limit: 2 }),
        await events.listEvents({ record: one, order: 'oldest-first', after: 4, limit: 2 }),
        await events.listEvents({ record: one, order: 'newest-first', limit: 2 }),
        await events.listEvents({ record: one, order: 'newest-first', after: 4, limit: 2 }),
      ]
      assert.deepEqual(
        pages.map((page) => page.map((event) => event.logIndex)),
        [[2, 4], [6], [6, 4], [2]],
      )
    })

    it('takes the state from the newest state event by log index, not by what it says', async () => {
      const { events, catalog } = await openEmpty()
      const [one, two] = [await addRecord(catalog, 'one'), await addRecord(catalog, 'two')]
      const later = { value: 'archive', statedAt: '2026-11-29T00:00:00Z' }
      await events.addEvents([
        await newEvent(stateEvent(one, later)),
        await newEvent(stateEvent(one, { value: 'release' })),
        await newEvent(noteEvent(one)),
        await newEvent(noteEvent(two)),
      ])
      assert.deepEqual(await events.statesOf([one, two]), new Map([[one, 'release']]))
      assert.deepEqual(await events.statesOf([]), new Map())
    })

    it('lets records be found by their state of now', async () => {
      const { events, catalog } = await openEmpty()
      const [one, two] = [await addRecord(catalog, 'one'), await addRecord(catalog, 'two')]
      await addRecord(catalog, 'without a state')
      await events.addEvents([
        await newEvent(stateEvent(one, { value: 'release' })),
        await newEvent(stateEvent(two, { value: 'release' })),
        await newEvent(stateEvent(two, { value: 'archive' })),
      ])
      const released = await catalog.listRecords({ state: 'release', limit: 10 })
      const archived = await catalog.listRecords({ state: 'archive', text: 'two', limit: 10 })
      const inDevelopment = await catalog.listRecords({ state: 'development', limit: 10 })
      assert.deepEqual(
        [released, archived, inDevelopment].map((records) => records.map(({ digest }) => digest)),
        [[one], [two], []],
      )
    })
  })
}

/** An event as `addEvents` takes it. */
export async function newEvent(document: JsonObject): Promise<NewEvent> {
  const event = RecordEvent.parse(document)
  const text = canonicalText(document)
  return {
    digest: await digestOf(new TextEncoder().encode(text)),
    event,
    text,
    project: 'Example project',
    signatures: undefined,
    signatureKeys: [],
    acceptedAt: '2026-11-21T10:00:00Z',
    leaf: new TextEncoder().encode(`leaf of ${text}`),
    leafHash: 'a'.repeat(64),
  }
}

function accepted(added: NewEvent, logIndex: number): AcceptedEvent {
  const { leaf: _leaf, leafHash: _hash, ...entry } = added
  return { ...entry, logIndex }
}

export async function addRecord(catalog: Catalog, title: string): Promise<Digest> {
  const record = new TextEncoder().encode(JSON.stringify(minimalRun({ title })))
  const prepared = await prepareDeposit({ record, project: '*' }, async () => undefined)
  const { digest } = prepared.digests
  const entry = await catalogEntryOf(prepared, new Map(), '2026-11-20T10:00:00Z', digest)
  await catalog.addRecords([entry])
  return digest
}
