import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Catalog } from '../../src/catalog/catalog.ts'
import type { Events } from '../../src/catalog/events.ts'
import type { Digest } from '../../src/record/digest.ts'
import { noteEvent, stateEvent, withdrawalEvent } from '../record-event-fixtures.ts'
import { digestNumbered, entryNumbered } from './entries.ts'
import { newEvent, type EventsUnderTest } from './events-contract.ts'

/** What every index of events promises about what was withdrawn. */
export function withdrawalsContract(name: string, openEmpty: () => Promise<EventsUnderTest>): void {
  const blob = digestNumbered(100)

  describe(`${name} keeps the Events contract: withdrawals`, () => {
    it('finds no withdrawal of a record that only other events are about, or of none', async () => {
      const { events, catalog } = await openEmpty()
      const [one, two] = [await addNaming(catalog, 1), await addNaming(catalog, 2)]
      await events.addEvents([await newEvent(stateEvent(one)), await newEvent(noteEvent(one))])
      await events.addEvents([await newEvent(withdrawalEvent(two))])
      assert.equal(await events.findWithdrawal(one), undefined)
      assert.equal(await events.findWithdrawal(digestNumbered(3)), undefined)
    })

    it('finds the first withdrawal of a record, whatever the times say', async () => {
      const { events, catalog } = await openEmpty()
      const one = await addNaming(catalog, 1)
      const first = await newEvent(withdrawalEvent(one))
      const value = { reason: 'rights', explanation: 'The input was not ours.' }
      const statedAt = '2020-01-01T00:00:00Z'
      const later = await newEvent(withdrawalEvent(one, { value, statedAt }))
      await events.addEvents([await newEvent(noteEvent(one)), first, later])
      const found = await events.findWithdrawal(one)
      assert.deepEqual(
        [found?.digest, found?.event, found?.logIndex],
        [first.digest, first.event, 2],
      )
    })

    it('knows of many records at once when each was withdrawn first', async () => {
      const { events, catalog } = await openEmpty()
      const [one, two] = [await addNaming(catalog, 1), await addNaming(catalog, 2)]
      const first = await newEvent(withdrawalEvent(one))
      const value = { reason: 'rights', explanation: 'The input was not ours.' }
      const later = await newEvent(withdrawalEvent(one, { value }))
      await events.addEvents([await newEvent(noteEvent(two)), first])
      await events.addEvents([{ ...later, acceptedAt: '2026-11-22T10:00:00Z' }])
      const times = await events.withdrawalTimesOf([one, two, digestNumbered(3)])
      assert.deepEqual(times, new Map([[one, first.acceptedAt]]))
      assert.deepEqual(await events.withdrawalTimesOf([]), new Map())
    })

    it('lets withdrawn records out of a list, unless they are asked for', async () => {
      const { events, catalog } = await openEmpty()
      const [one, two] = [await addNaming(catalog, 1), await addNaming(catalog, 2)]
      await withdraw(events, two)
      const query = { text: 'record', project: 'rods', limit: 10 }
      const usual = await catalog.listRecords(query)
      const whole = await catalog.listRecords({ ...query, withdrawn: 'included' })
      assert.deepEqual(
        [usual, whole].map((records) => records.map(({ digest }) => digest)),
        [[one], [two, one]],
      )
    })

    it('takes a blob for withdrawn only when every record that names it was', async () => {
      const { events, catalog } = await openEmpty()
      const [one, two] = [await addNaming(catalog, 1, blob), await addNaming(catalog, 2, blob)]
      const answers = [await events.isBlobWithdrawn(blob)]
      await withdraw(events, one)
      answers.push(await events.isBlobWithdrawn(blob))
      await withdraw(events, two)
      answers.push(await events.isBlobWithdrawn(blob))
      assert.deepEqual(answers, [false, false, true])
    })

    it('takes a blob for withdrawn no more when another record names it', async () => {
      const { events, catalog } = await openEmpty()
      await withdraw(events, await addNaming(catalog, 1, blob))
      assert.equal(await events.isBlobWithdrawn(blob), true)
      await addNaming(catalog, 2, blob)
      assert.equal(await events.isBlobWithdrawn(blob), false)
    })

    it('counts a record that was withdrawn twice once', async () => {
      const { events, catalog } = await openEmpty()
      const one = await addNaming(catalog, 1, blob)
      await addNaming(catalog, 2, blob)
      await withdraw(events, one)
      const value = { reason: 'rights', explanation: 'The input was not ours.' }
      await events.addEvents([await newEvent(withdrawalEvent(one, { value }))])
      assert.equal(await events.isBlobWithdrawn(blob), false)
    })

    it('takes a blob for withdrawn through its records, not through other events', async () => {
      const { events, catalog } = await openEmpty()
      const one = await addNaming(catalog, 1, blob)
      await events.addEvents([await newEvent(stateEvent(one)), await newEvent(noteEvent(one))])
      await withdraw(events, await addNaming(catalog, 2, digestNumbered(200)))
      assert.equal(await events.isBlobWithdrawn(blob), false)
    })

    it('does not take a blob that nobody names for withdrawn', async () => {
      const { events, catalog } = await openEmpty()
      await withdraw(events, await addNaming(catalog, 1, blob))
      assert.equal(await events.isBlobWithdrawn(digestNumbered(200)), false)
    })
  })
}

async function addNaming(catalog: Catalog, n: number, ...blobs: Digest[]): Promise<Digest> {
  const entry = entryNumbered(n, { blobs: new Map(blobs.map((blob) => [blob, 5])) })
  await catalog.addRecords([entry])
  return entry.digest
}

async function withdraw(events: Events, record: Digest): Promise<void> {
  await events.addEvents([await newEvent(withdrawalEvent(record))])
}
