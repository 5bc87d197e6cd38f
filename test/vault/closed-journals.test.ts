import assert from 'node:assert/strict'
import { existsSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { CreateFileSync } from '../../src/vault/file-placement.ts'
import type { OpenJournal } from '../../src/vault/journal-file.ts'
import type { SyncFiles } from '../../src/vault/sync-files.ts'
import {
  asKilledNow,
  checkpointOf,
  fileOf,
  journalsIn,
  openJournal,
  startAgain,
  stateAfterStart,
  temporaryRoot,
  textOf,
} from './journal-under-test.ts'
import { filesIn } from './temporary-vault.ts'

const current = 'journal.jsonl'
const [first, second] = [fileOf('records/aa/first.json'), fileOf('records/bb/second.json')]
const third = fileOf('records/cc/third.json')
const tiles = [1, 2, 3].map((width) => fileOf(`log/tile/0/000.p/${width}`))

describe('A journal that has grown', () => {
  it('is closed, and another begun, before more is written', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root, { largestByteLength: 10 })
    journal.write([[first]])
    journal.write([[second]])
    journal.write([[third]])
    assert.deepEqual(journalsIn(root), ['journal.1.jsonl', 'journal.2.jsonl', current])
    assert.match(textOf(root, 'journal.1.jsonl'), /first\.json/)
    assert.match(textOf(root, current), /third\.json/)
  })

  it('is removed when its files are on the disk, while others are written', async () => {
    const root = await temporaryRoot()
    const sync = heldSync()
    await using journal = await openJournal(root, { largestByteLength: 10, syncFiles: sync.files })
    journal.write([[first]])
    journal.write([[second]])
    const settled = journal.settle()
    const meanwhile = journal.write([[third]])
    const journals = journalsIn(root)
    sync.release()
    await settled
    assert.deepEqual(meanwhile, [{}])
    assert.deepEqual(journals, ['journal.1.jsonl', 'journal.2.jsonl', current])
    assert.deepEqual(sync.asked, [[first.file]])
    assert.deepEqual(journalsIn(root), ['journal.2.jsonl', current])
  })

  it('is behind when the disk does not keep up', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root, { largestByteLength: 10 })
    const names = Array.from({ length: 7 }, (_, index) => fileOf(`records/aa/${index}.json`))
    const behind = names.map((file) => {
      journal.write([[file]])
      return journal.isBehind
    })
    await journal.settle()
    assert.deepEqual([behind.indexOf(true), journal.isBehind], [5, false])
  })

  it('is the end of what is acknowledged when its files cannot be brought to the disk', async () => {
    const root = await temporaryRoot()
    const syncFiles = failingOnce()
    await using journal = await openJournal(root, { syncFiles })
    journal.write([[first, checkpointOf('size 1')]])
    journal.rotate()
    await assert.rejects(journal.settle(), /i\/o error/)
    const [outcome] = journal.write([[second]])
    await assert.rejects(journal.settle(), /i\/o error/)
    assert.match(String(outcome?.fault), /i\/o error/)
    assert.deepEqual(journalsIn(root), ['journal.1.jsonl', current])
    assert.deepEqual(await filesIn(root), ['log/checkpoint', first.file])
  })

  it('is not closed while the next cannot be made', async () => {
    const root = await temporaryRoot()
    const options = { largestByteLength: 10, openJournal: noRoomForSecond() }
    await using journal = await openJournal(root, options)
    journal.write([[first]])
    const [failed] = journal.write([[second]])
    const journals = journalsIn(root)
    const [written] = journal.write([[third]])
    await startAgain(root)
    assert.match(String(failed?.fault), /no space left/)
    assert.deepEqual([journals, written], [[current], {}])
    assert.deepEqual(await filesIn(root), [first.file, third.file])
  })
})

describe('Several journals', () => {
  it('give back all documents, and the newest checkpoint', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root, { largestByteLength: 10 })
    journal.write([[first, checkpointOf('size 1')], [checkpointOf('size 2')]])
    journal.write([[second, checkpointOf('size 3')]])
    journal.write([[third]])
    rmSync(join(root, 'records'), { recursive: true })
    rmSync(join(root, 'log'), { recursive: true })
    await startAgain(root)
    assert.equal(textOf(root, 'log/checkpoint'), 'size 3')
    assert.deepEqual(await filesIn(root), ['log/checkpoint', first.file, second.file, third.file])
    assert.deepEqual(journalsIn(root), [current])
  })

  it('are in the order of their numbers, of which 10 comes after 9', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root, { largestByteLength: 10 })
    const texts = Array.from({ length: 10 }, (_, index) => `size ${index + 1}`)
    texts.forEach((text) => journal.write([[checkpointOf(text)]]))
    journal.write([[first]])
    const journals = journalsIn(root)
    await startAgain(root)
    assert.equal(journals.length, 11)
    assert.equal(textOf(root, 'log/checkpoint'), 'size 10')
  })

  it('give back the same wherever a start was interrupted', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root, { largestByteLength: 10 })
    journal.write([[first, checkpointOf('size 1')]])
    journal.write([[second, checkpointOf('size 2')]])
    journal.write([[third, checkpointOf('size 3')]])
    const steps = [asKilledNow(root)]
    const createFile: CreateFileSync = (path) => {
      steps.push(asKilledNow(root))
      return openSync(path, 'wx')
    }
    await startAgain(root, {
      createFile,
      syncFiles: async () => void steps.push(asKilledNow(root)),
    })
    steps.push(withJournals(steps, ['journal.2.jsonl', current]), withJournals(steps, [current]))
    const found = await Promise.all(steps.map(stateAfterStart))
    const whole = ['size 3', 'log/checkpoint', first.file, second.file, third.file].join(' ')
    assert.equal(found.length, 8)
    assert.deepEqual(new Set(found), new Set([whole]))
  })

  it('of which an older one is damaged at its end are not opened', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root, { largestByteLength: 10 })
    journal.write([[first]])
    journal.write([[second]])
    const cut = textOf(root, 'journal.1.jsonl').slice(0, -10)
    writeFileSync(join(root, 'journal.1.jsonl'), cut)
    await assert.rejects(openJournal(root), /damaged/)
  })
})

describe('Files that are removed', () => {
  it('are not missed when the others are brought to the disk', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root)
    journal.write([[first, ...tiles]])
    journal.rotate()
    journal.write([[second]])
    journal.remove(tiles.map(({ file }) => file))
    await journal.settle()
    assert.deepEqual(journalsIn(root), [current])
    assert.deepEqual(await filesIn(root), [first.file, second.file])
  })

  it('are not missed while the others are brought to the disk', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root)
    journal.write([[first, second, third, checkpointOf('size 1'), ...tiles]])
    journal.rotate()
    const settled = journal.settle()
    journal.remove(tiles.map(({ file }) => file))
    await settled
    assert.deepEqual(journalsIn(root), [current])
    assert.deepEqual(existsSync(join(root, 'log/tile/0/000.p')), false)
  })

  it('need not be there', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root)
    journal.write([tiles.slice(0, 1)])
    journal.remove(['log/tile/7/x001/000.p/1', 'log/tile/0/000.p/9'])
    assert.deepEqual(await filesIn(root), ['log/tile/0/000.p/1'])
  })
})

/** A sync that has not ended until it is released. */
function heldSync() {
  const { promise, resolve } = Promise.withResolvers<void>()
  const asked: string[][] = []
  const files: SyncFiles = async (_root, paths) => {
    asked.push([...paths])
    await promise
  }
  return { asked, files, release: resolve }
}

/** The first sync fails; the second would say that all is well. */
function failingOnce(): SyncFiles {
  let isFirst = true
  return async () => {
    const mustFail = isFirst
    isFirst = false
    if (mustFail) throw new Error('i/o error')
  }
}

/** There is no room for the second journal, and later there is again. */
function noRoomForSecond(): OpenJournal {
  let opened = 0
  return (path) => {
    opened += 1
    if (opened === 2) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
    return openSync(path, 'a')
  }
}

/** A directory as it was, without the journals that are not named. */
function withJournals([before = '']: readonly string[], names: readonly string[]): string {
  const copy = asKilledNow(before)
  const others = journalsIn(copy).filter((name) => !names.includes(name))
  for (const name of others) rmSync(join(copy, name))
  return copy
}
