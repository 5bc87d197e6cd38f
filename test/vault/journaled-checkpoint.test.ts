import assert from 'node:assert/strict'
import { existsSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { CreateFileSync } from '../../src/vault/file-placement.ts'
import {
  asKilledNow,
  checkpointOf,
  fileOf,
  fullForFiles,
  openJournal,
  startAgain,
  stateAfterStart,
  temporaryRoot,
  textOf,
  throwFault,
} from './journal-under-test.ts'
import { filesIn } from './temporary-vault.ts'

const current = 'journal.jsonl'
const [first, second] = [fileOf('records/aa/first.json'), fileOf('records/bb/second.json')]
const third = fileOf('records/cc/third.json')

describe('A checkpoint in a journal', () => {
  it('gives way to the next, also of the same sync, and after a power cut', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root)
    journal.write([[checkpointOf('size 1')]])
    journal.write([[first, checkpointOf('size 2')], [checkpointOf('size 3')]])
    const shown = textOf(root, 'log/checkpoint')
    rmSync(join(root, 'log'), { recursive: true })
    await startAgain(root)
    assert.deepEqual([shown, textOf(root, 'log/checkpoint')], ['size 3', 'size 3'])
  })

  it('stays when the next fails, with all that belongs to that', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root, { createFile: fullForFiles(3) })
    journal.write([[checkpointOf('size 1')]])
    const [outcome] = journal.write([[first, checkpointOf('size 2')]])
    const shown = textOf(root, 'log/checkpoint')
    await startAgain(root)
    assert.throws(() => throwFault(outcome), { code: 'ENOSPC' })
    assert.deepEqual([shown, textOf(root, 'log/checkpoint')], ['size 1', 'size 1'])
    assert.deepEqual(await filesIn(root), ['log/checkpoint'])
  })

  it('is there with all that belongs to it, wherever a crash interrupts', async () => {
    const root = await temporaryRoot()
    const steps: string[] = []
    const createFile: CreateFileSync = (path) => {
      steps.push(asKilledNow(root))
      return openSync(path, 'wx')
    }
    await using journal = await openJournal(root, { createFile })
    journal.write([[checkpointOf('size 1')]])
    journal.write([[first, second, checkpointOf('size 2')], [third]])
    steps.push(asKilledNow(root))
    const states = await Promise.all(steps.map(stateAfterStart))
    const before = 'size 1 log/checkpoint'
    const after = ['size 2 log/checkpoint', first.file, second.file, third.file].join(' ')
    assert.deepEqual(states, [before, after, after, after, after, after])
  })

  it('is there with all that belongs to it, or the one before, wherever its lines are cut', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root)
    journal.write([[checkpointOf('size 1')]])
    const before = asKilledNow(root)
    const start = textOf(root, current).length
    journal.write([[first, checkpointOf('size 2')]])
    const lines = textOf(root, current)
    const cuts = Array.from({ length: 10 }, (_, i) => {
      const copy = asKilledNow(before)
      const end = start + Math.floor((i * (lines.length - start)) / 9)
      writeFileSync(join(copy, current), lines.slice(0, end))
      return copy
    })
    const states = await Promise.all(cuts.map(stateAfterStart))
    const older = Array.from({ length: 9 }, () => 'size 1 log/checkpoint')
    assert.deepEqual(states, [...older, `size 2 log/checkpoint ${first.file}`])
  })

  it('is never gone while others of the same sync fail', async () => {
    const root = await temporaryRoot()
    const shown: string[] = []
    const makeFile = fullForFiles(3)
    const createFile: CreateFileSync = (path) => {
      shown.push(checkpointIn(root))
      return makeFile(path)
    }
    await using journal = await openJournal(root, { createFile })
    journal.write([[checkpointOf('size 1')]])
    const outcomes = journal.write([[checkpointOf('size 2')], [first, second]])
    assert.deepEqual(outcomes, [{}, {}])
    assert.deepEqual(shown, ['none', 'size 1', 'size 1', 'size 1', 'size 2', 'size 2'])
  })

  it('can be one that was there before', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root)
    journal.write([[checkpointOf('size 1')]])
    journal.write([[checkpointOf('size 2')], [checkpointOf('size 1')]])
    const shown = textOf(root, 'log/checkpoint')
    await startAgain(root)
    assert.deepEqual([shown, textOf(root, 'log/checkpoint')], ['size 1', 'size 1'])
  })
})

function checkpointIn(root: string): string {
  return existsSync(join(root, 'log/checkpoint')) ? textOf(root, 'log/checkpoint') : 'none'
}
