import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AccessList } from '../../src/catalog/access-list.ts'
import type { Catalog } from '../../src/catalog/catalog.ts'
import type { Events } from '../../src/catalog/events.ts'
import type { LogEntries } from '../../src/catalog/log-entries.ts'
import type { RegistryKeys } from '../../src/catalog/registry-keys.ts'
import { noteEvent, withdrawalEvent } from '../record-event-fixtures.ts'
import { exampleKey } from './access-list-contract.ts'
import { digestNumbered, entryNumbered, keyEntryNumbered, logEntryNumbered } from './entries.ts'
import { newEvent } from './events-contract.ts'
import { registryKey } from './registry-keys-contract.ts'

export interface LogUnderTest {
  readonly catalog: Catalog
  readonly events: Events
  readonly accessList: AccessList
  readonly entries: LogEntries
  readonly registryKeys: RegistryKeys
}

const at = '2026-11-23T08:00:00Z'
const everything = { from: 0, limit: 1000 }

/** What every catalog promises of the log. `openEmpty` gives each test one of its own. */
export function logEntriesContract(name: string, openEmpty: () => Promise<LogUnderTest>): void {
  describe(`${name} keeps the LogEntries contract`, () => {
    it('is empty at first', async () => {
      const { entries } = await openEmpty()
      assert.equal(await entries.size(), 0)
      assert.deepEqual(await entries.listEntries(everything), [])
    })

    it('has everything that was accepted, in that order and without holes', async () => {
      const log = await openEmpty()
      const { event, withdrawal } = await addOneOfEach(log)
      const listed = await log.entries.listEntries(everything)
      assert.deepEqual(
        listed.map(({ logIndex, kind, subject }) => [logIndex, kind, subject]),
        [
          [0, 'key', undefined],
          [1, 'key', undefined],
          [2, 'depositor-key', undefined],
          [3, 'deposit', digestNumbered(1)],
          [4, 'deposit', digestNumbered(2)],
          [5, 'event', event],
          [6, 'withdrawal', withdrawal],
          [7, 'depositor-key', undefined],
          [8, 'key', undefined],
        ],
      )
      assert.equal(await log.entries.size(), 9)
    })

    it('gives what is accepted the index of its entry', async () => {
      const log = await openEmpty()
      const { event } = await addOneOfEach(log)
      const [key] = await log.registryKeys.listRegistryKeys()
      const depositorKey = await log.accessList.findDepositorKey(exampleKey().kid, 'rods')
      assert.deepEqual([key?.introducedIndex, key?.retiredIndex], [0, 8])
      assert.deepEqual([depositorKey?.addedIndex, depositorKey?.revokedIndex], [2, 7])
      assert.equal((await log.catalog.findRecord(digestNumbered(2)))?.logIndex, 4)
      assert.equal((await log.events.findEvent(event))?.logIndex, 5)
    })

    it('takes no index for what is there already or refused', async () => {
      const log = await openEmpty()
      await addOneOfEach(log)
      const { kid } = registryKey()
      await log.catalog.addRecords([entryNumbered(1)])
      await log.events.addEvents([await newEvent(noteEvent(digestNumbered(1)))])
      const unknown = log.events.addEvents([await newEvent(noteEvent(digestNumbered(9)))])
      const retired = log.registryKeys.retireRegistryKey(kid, at, logEntryNumbered(9))
      await assert.rejects(unknown)
      await assert.rejects(retired)
      assert.equal(await log.entries.size(), 9)
      const [next] = await log.catalog.addRecords([entryNumbered(3)])
      assert.equal(next?.record.logIndex, 9)
    })

    it('has no holes when things of all kinds come at the same time', async () => {
      const log = await openEmpty()
      await log.catalog.addRecords([entryNumbered(0)])
      const numbers = Array.from({ length: 30 }, (_, n) => n + 1)
      const events = await Promise.all(
        numbers.map((n) => newEvent(noteEvent(digestNumbered(0), { value: `note ${n}` }))),
      )
      const calls = numbers.flatMap((n) => [
        log.catalog.addRecords([entryNumbered(n)]),
        log.catalog.addRecords([entryNumbered(1000 + n, { byteLength: -1 })]),
        log.events.addEvents(events.slice(n - 1, n)),
        log.accessList.addDepositorKey(exampleKey({ kid: `k ${n}` }), keyEntryNumbered(n)),
      ])
      const outcomes = (await Promise.allSettled(calls)).map(({ status }) => status)
      const indexes = (await log.entries.listEntries(everything)).map((entry) => entry.logIndex)
      assert.equal(outcomes.filter((outcome) => outcome === 'rejected').length, 30)
      assert.deepEqual(
        indexes,
        Array.from({ length: 91 }, (_, index) => index),
      )
    })

    it('gives back exact bytes and hashes, also of the longest entry', async () => {
      const { catalog, entries } = await openEmpty()
      const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte)
      const longest = new Uint8Array(65_535).fill(0xff)
      const leaves = [everyByte, everyByte.subarray(10, 13), Buffer.from('{}'), longest]
      const hashes = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(64))
      const records = leaves.map((leaf, n) => entryNumbered(n, { leaf, leafHash: hashes[n] ?? '' }))
      await catalog.addRecords(records)
      const listed = await entries.listEntries(everything)
      assert.deepEqual(
        listed.map(({ leaf }) => leaf),
        leaves.map((leaf) => new Uint8Array(leaf)),
      )
      assert.deepEqual(
        listed.map(({ leafHash }) => leafHash),
        hashes,
      )
    })

    it('refuses a longer entry before it takes an index', async () => {
      const { catalog, accessList, entries } = await openEmpty()
      const leaf = new Uint8Array(65_536)
      const tooLong = { ...keyEntryNumbered(1), leaf }
      await assert.rejects(catalog.addRecords([entryNumbered(1, { leaf })]), /CHECK.*leaf/)
      await assert.rejects(accessList.addDepositorKey(exampleKey(), tooLong), /CHECK.*leaf/)
      assert.equal(await entries.size(), 0)
      assert.deepEqual(await accessList.listDepositorKeys(), [])
    })

    it('gives an entry the one place that is asked for, or none', async () => {
      const log = await openEmpty()
      await log.catalog.addRecords([entryNumbered(1)])
      const renewal = logEntryNumbered(1, 'renewal')
      assert.equal(await log.entries.addEntryAt(1, renewal), 'added')
      assert.equal(await log.entries.addEntryAt(1, logEntryNumbered(2, 'renewal')), 'taken')
      await assert.rejects(log.entries.addEntryAt(3, renewal), /found 2 entries, expected 3/)
      const [, added, ...others] = await log.entries.listEntries(everything)
      assert.deepEqual(added, { logIndex: 1, subject: undefined, ...renewal })
      assert.deepEqual(others, [])
    })

    it('lists entries from any index, no more than asked for', async () => {
      const { catalog, entries } = await openEmpty()
      await catalog.addRecords([1, 2, 3, 4, 5].map((n) => entryNumbered(n)))
      const pages = [
        await entries.listEntries({ from: 0, limit: 2 }),
        await entries.listEntries({ from: 3, limit: 2 }),
        await entries.listEntries({ from: 4, limit: 9 }),
        await entries.listEntries({ from: 5, limit: 9 }),
      ]
      assert.deepEqual(
        pages.map((page) => page.map(({ logIndex }) => logIndex)),
        [[0, 1], [3, 4], [4], []],
      )
    })
  })
}

/** One of each kind of entry, and two deposits in one call; nine entries in all. */
async function addOneOfEach({ catalog, events, accessList, registryKeys }: LogUnderTest) {
  const { kid } = registryKey()
  const receiptKey = registryKey({ kid: 'receipts', role: 'receipt' })
  await registryKeys.addRegistryKeys([
    { key: registryKey(), entry: logEntryNumbered(1) },
    { key: receiptKey, entry: logEntryNumbered(2) },
  ])
  await accessList.addDepositorKey(exampleKey(), keyEntryNumbered(3))
  await catalog.addRecords([entryNumbered(1), entryNumbered(2)])
  const event = await newEvent(noteEvent(digestNumbered(1)))
  const withdrawal = await newEvent(withdrawalEvent(digestNumbered(2)))
  await events.addEvents([event, withdrawal])
  const revocation = { kid: exampleKey().kid, project: 'rods', at }
  await accessList.revokeDepositorKey(revocation, keyEntryNumbered(4))
  await registryKeys.retireRegistryKey(kid, at, logEntryNumbered(5))
  return { event: event.digest, withdrawal: withdrawal.digest }
}
