import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import BetterSqlite3 from 'better-sqlite3'
import { openSqliteCatalog, type OpenCatalog } from '../../src/catalog/open-catalog.ts'
import { CatalogFull } from '../../src/catalog/write-together.ts'
import { noteEvent } from '../record-event-fixtures.ts'
import { exampleKey, exampleToken } from './access-list-contract.ts'
import { digestNumbered, entryNumbered, keyEntryNumbered, logEntryNumbered } from './entries.ts'
import { newEvent } from './events-contract.ts'
import { registryKey } from './registry-keys-contract.ts'
import { newCatalogFile, openInFile, openInMemory } from './temporary-catalog.ts'

describe('The thread that writes catalogs', () => {
  it('gives back exactly what is given back without it', async () => {
    const [withThread, without] = [await openInFile(), await openInMemory()]
    assert.deepEqual(await answersOf(withThread), await answersOf(without))
  })

  it('fails with the messages of those without it', async () => {
    const [withThread, without] = [await openInFile(), await openInMemory()]
    const messages = await faultsOf(withThread)
    assert.deepEqual(messages, await faultsOf(without))
    assert.equal(new Set(messages).size, 4)
  })

  it('tells a full disk from other faults, and goes on when there is room', async () => {
    const file = await newCatalogFile()
    await using stores = await openSqliteCatalog(file)
    using disk = fullFor(file)
    const refused = stores.catalog.addRecords([entryNumbered(1)])
    await assert.rejects(refused, (error) => {
      assert.ok(error instanceof CatalogFull)
      assert.deepEqual([error.code, error.name], ['storage-full', 'CatalogFull'])
      assert.match(error.message, /storage of the registry is full, nothing .* was kept/)
      return true
    })
    assert.equal(await stores.entries.size(), 0)
    disk.makeRoom()
    const [added] = await stores.catalog.addRecords([entryNumbered(1)])
    assert.equal(added?.record.logIndex, 0)
  })

  it('makes calls in their order, also those that are not awaited', async () => {
    const { catalog, events, entries } = await openInFile()
    const event = await newEvent(noteEvent(digestNumbered(1)))
    const calls = [
      catalog.addRecords([entryNumbered(1)]),
      events.addEvents([event]),
      entries.addCheckpoint({ size: 2, root: 'a'.repeat(64), note: 'two' }),
      entries.addCheckpoint({ size: 3, root: 'b'.repeat(64), note: 'three' }),
    ]
    await Promise.all(calls)
    assert.equal((await events.findEvent(event.digest))?.logIndex, 1)
    assert.equal((await entries.newestCheckpoints(1))[0]?.note, 'three')
  })

  it('lets the other connection write meanwhile', async () => {
    const { catalog, accessList, entries } = await openInFile()
    const numbers = Array.from({ length: 40 }, (_, n) => n)
    const hash = (n: number) => n.toString(16).padStart(64, '0')
    const calls = numbers.flatMap((n) => [
      catalog.addRecords([entryNumbered(n)]),
      accessList.addToken(exampleToken({ id: `id ${n}`, tokenSha256: hash(n) })),
    ])
    await Promise.all(calls)
    assert.equal(await entries.size(), 40)
    assert.equal((await accessList.listTokens()).length, 40)
  })

  it('keeps the catalogs of several files apart', async () => {
    const [one, two] = [await openInFile(), await openInFile()]
    await one.catalog.addRecords([entryNumbered(1), entryNumbered(2)])
    const [added] = await two.catalog.addRecords([entryNumbered(3)])
    assert.equal(added?.record.logIndex, 0)
    assert.equal(await one.catalog.findRecord(digestNumbered(3)), undefined)
    await two[Symbol.asyncDispose]()
    const [next] = await one.catalog.addRecords([entryNumbered(3)])
    assert.equal(next?.record.logIndex, 2)
  })

  it('writes one file for two who opened it, until each has closed it', async () => {
    const file = await newCatalogFile()
    await using one = await openSqliteCatalog(file)
    const two = await openSqliteCatalog(file)
    await two.catalog.addRecords([entryNumbered(1)])
    await Promise.all([
      one.catalog.addRecords([entryNumbered(2)]),
      two.catalog.addRecords([entryNumbered(3)]),
    ])
    await two[Symbol.asyncDispose]()
    const [added] = await one.catalog.addRecords([entryNumbered(4)])
    assert.equal(added?.record.logIndex, 3)
  })

  it('finishes what was called before a catalog is closed, and refuses what comes later', async () => {
    const file = await newCatalogFile()
    const stores = await openSqliteCatalog(file)
    const adding = stores.catalog.addRecords([entryNumbered(1)])
    await stores[Symbol.asyncDispose]()
    assert.equal((await adding)[0]?.record.logIndex, 0)
    await assert.rejects(stores.catalog.addRecords([entryNumbered(2)]), /not open for writing/)
    await stores[Symbol.asyncDispose]()
    await using again = await openSqliteCatalog(file)
    assert.equal(await again.entries.size(), 1)
  })
})

describe('A process that leaves a catalog open', () => {
  it('ends when it has nothing else to do', async () => {
    assert.deepEqual(await leaveOpen(await newCatalogFile()), { exitCode: 0, output: '' })
  })

  it('ends only when what it called is written', async () => {
    const file = await newCatalogFile()
    const { exitCode } = await leaveOpen(file, 'write on')
    await using stores = await openSqliteCatalog(file)
    assert.deepEqual([exitCode, await stores.entries.size()], [0, 3])
  })

  it('ends when it wants to, or at a fault', async () => {
    const exits = [
      await leaveOpen(await newCatalogFile(), 'exit'),
      await leaveOpen(await newCatalogFile(), 'fail'),
    ]
    assert.deepEqual(
      exits.map(({ exitCode }) => exitCode),
      [3, 1],
    )
  })

  it('ends also when a call could not be handed to the thread', async () => {
    const { exitCode, output } = await leaveOpen(
      await newCatalogFile(),
      'send what cannot be copied',
    )
    assert.match(output, /could not be cloned/)
    assert.equal(exitCode, 0)
  })
})

/** What calls of every kind give. */
async function answersOf(stores: OpenCatalog): Promise<unknown[]> {
  const { catalog, events, accessList, registryKeys } = stores
  const blobs = new Map([[digestNumbered(7), 3]])
  const leaf = Buffer.from('a leaf in a pool of bytes')
  const record = entryNumbered(1, { blobs, leaf, signatureKeys: [{ kid: 'k', alg: 'EdDSA' }] })
  const event = await newEvent(noteEvent(record.digest))
  const at = '2026-11-23T08:00:00Z'
  const revocation = { kid: exampleKey().kid, project: 'rods', at }
  return [
    await catalog.addRecords([record, record]),
    await catalog.addRecords([]),
    await catalog.blobsOf(0),
    await events.addEvents([event, event]),
    await accessList.addDepositorKey(exampleKey(), keyEntryNumbered(1)),
    await accessList.addDepositorKey(exampleKey(), keyEntryNumbered(1)),
    await accessList.revokeDepositorKey(revocation, keyEntryNumbered(2)),
    await accessList.revokeDepositorKey(revocation, keyEntryNumbered(2)),
    await registryKeys.addRegistryKeys([{ key: registryKey(), entry: logEntryNumbered(3) }]),
    await registryKeys.retireRegistryKey(registryKey().kid, at, logEntryNumbered(4)),
    await stores.entries.addCheckpoint({ size: 6, root: 'a'.repeat(64), note: 'signed' }),
    await stores.entries.addEntryAt(6, logEntryNumbered(5, 'renewal')),
    await stores.entries.addEntryAt(6, logEntryNumbered(6, 'renewal')),
    await stores.entries.listEntries({ from: 0, limit: 10 }),
  ]
}

/** Messages of what fails. */
async function faultsOf({ catalog, events, entries, registryKeys }: OpenCatalog) {
  await entries.addCheckpoint({ size: 6, root: 'a'.repeat(64), note: 'signed' })
  const aboutNothing = await newEvent(noteEvent(digestNumbered(9)))
  const calls = [
    catalog.addRecords([entryNumbered(1, { leafHash: 'short' })]),
    events.addEvents([aboutNothing]),
    registryKeys.retireRegistryKey('nobody', '', logEntryNumbered(1)),
    entries.addCheckpoint({ size: 5, root: 'a'.repeat(64), note: 'signed' }),
  ]
  return Promise.all(calls.map((call) => call.then(String, messageOf)))
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'not an error'
}

/**
 * Makes SQLite say SQLITE_FULL for every entry of the log, whichever connection writes
 * it: that is also its answer when a table has had the largest number there is.
 */
function fullFor(file: string): Disposable & { makeRoom(): void } {
  const database = new BetterSqlite3(file)
  database.exec(
    `CREATE TABLE no_room (id INTEGER PRIMARY KEY AUTOINCREMENT);
     INSERT INTO no_room VALUES (9223372036854775807);
     CREATE TRIGGER fill AFTER INSERT ON log_entry BEGIN INSERT INTO no_room VALUES (NULL); END`,
  )
  return {
    makeRoom: () => void database.exec('DROP TRIGGER fill'),
    [Symbol.dispose]: () => void database.close(),
  }
}

/** Runs a program that opens the catalog and does not close it; it has ten seconds to end. */
async function leaveOpen(file: string, then = 'nothing') {
  const program = join(import.meta.dirname, 'catalog-left-open.ts')
  const child = spawn(process.execPath, [program, file, then], {
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 10_000,
    killSignal: 'SIGKILL',
  })
  const [output, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'close')])
  return { exitCode: Number(exitCode ?? NaN), output }
}
