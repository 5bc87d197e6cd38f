import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { PublicationDelayed } from '../../src/publication/log-publisher.ts'
import { temporaryData } from '../service/temporary-data.ts'
import { catalogIn, changeCatalog } from './damaged-data.ts'
import { fillLog, renewalNumbered } from './fill-log.ts'
import { intercepted } from './intercepted-stores.ts'
import { LogReader } from './log-reader.ts'
import { newLogKey, openPublishedLog, type LogKey, type PublishedLog } from './published-log.ts'

let key: LogKey

before(async () => {
  key = await newLogKey()
})

describe('A checkpoint that was signed and never shown', () => {
  it('is the next to be shown, also when more was entered since', async () => {
    await using data = await newLog()
    await signWithoutShowing(10, data.path)
    fillLog(catalogIn(data.path), 20)
    await using log = await openPublishedLog(data.path, { key })
    assert.deepEqual(sizesShown(log), [10, 20])
    assert.deepEqual(await sizesSigned(log), [20, 10, 0])
  })

  it('is still the next when showing it fails again and again', async () => {
    await using data = await newLog()
    await signWithoutShowing(10, data.path)
    await signWithoutShowing(20, data.path)
    await signWithoutShowing(300, data.path)
    await using log = await openPublishedLog(data.path, { key })
    const reader = await LogReader.of(await log.listen())
    assert.deepEqual(sizesShown(log), [10, 300])
    for (const { note } of await log.parts.entries.newestCheckpoints(10)) {
      await reader.assertExtends(note)
    }
  })

  it('is not shown when an entry it was signed for was replaced', async () => {
    await using data = await newLog()
    await signWithoutShowing(10, data.path)
    const { leaf, leafHash } = renewalNumbered(1_000_000)
    changeCatalog(
      data.path,
      `UPDATE log_entry SET leaf = x'${Buffer.from(leaf).toString('hex')}',
       leaf_hash = '${leafHash}' WHERE log_index = 5`,
    )
    await using log = await openPublishedLog(data.path, { key })
    assert.match(
      log.publisher.stoppedBecause ?? '',
      /the first 10 entries of the catalog do not have the root it signed for/,
    )
    assert.deepEqual(sizesShown(log), [])
  })
})

describe('The start of a log', () => {
  it('tells how much there is to check before it takes up anything', async () => {
    await using data = await newLog()
    fillLog(catalogIn(data.path), 20)
    await using log = await openPublishedLog(data.path, { key })
    assert.deepEqual(log.facts, [
      { kind: 'checking', entries: 20 },
      { kind: 'published', size: 20, added: 20 },
    ])
  })
})

describe('What delays a log', () => {
  it('is told once for as long as it lasts', async () => {
    await using data = await newLog()
    let isFull = true
    await using log = await openPublishedLog(data.path, {
      key,
      change: (parts) => ({
        ...parts,
        log: intercepted('log', parts.log, async (call, work) => {
          if (isFull && call === 'log.putAll') throw new Error('no room')
          return work()
        }),
      }),
    })
    for (const size of [10, 20]) {
      isFull = true
      fillLog(catalogIn(data.path), size)
      await assert.rejects(log.publisher.covered(size - 1), PublicationDelayed)
      await assert.rejects(log.publisher.covered(size - 1), PublicationDelayed)
      isFull = false
      await log.publisher.covered(size - 1)
    }
    assert.deepEqual(
      log.facts.map(({ kind }) => kind),
      ['checking', 'delayed', 'published', 'delayed', 'published'],
    )
  })
})

/** A log without entries, whose checkpoint is shown. */
async function newLog(): Promise<{ readonly path: string } & AsyncDisposable> {
  const data = await temporaryData()
  await (await openPublishedLog(data.path, { key }))[Symbol.asyncDispose]()
  return data
}

/** Publishes a log of that size until it is signed for. */
async function signWithoutShowing(size: number, directory: string): Promise<void> {
  fillLog(catalogIn(directory), size)
  await using log = await openPublishedLog(directory, {
    key,
    change: (parts) => ({
      ...parts,
      log: intercepted('log', parts.log, async (call, work) => {
        if (call === 'log.publish') throw new Error('the process is gone')
        return work()
      }),
    }),
  })
  assert.equal(log.publisher.stoppedBecause, undefined)
  assert.deepEqual(sizesShown(log), [])
}

function sizesShown({ facts }: PublishedLog): number[] {
  return facts.flatMap((fact) => (fact.kind === 'published' ? [fact.size] : []))
}

async function sizesSigned({ parts }: PublishedLog): Promise<number[]> {
  return (await parts.entries.newestCheckpoints(10)).map(({ size }) => size)
}
