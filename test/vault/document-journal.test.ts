import assert from 'node:assert/strict'
import { appendFileSync, openSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import {
  asKilledNow,
  fileOf,
  fullForFiles,
  journalsIn,
  openJournal,
  startAgain,
  temporaryRoot,
  textOf,
  throwFault,
} from './journal-under-test.ts'
import { filesIn } from './temporary-vault.ts'

const current = 'journal.jsonl'
const [first, second] = [fileOf('records/aa/first.json'), fileOf('records/bb/second.json')]
const third = fileOf('records/cc/third.json')
const done = {}

describe('A journal of documents', () => {
  it('has every document, and none when it is closed', async () => {
    const root = await temporaryRoot()
    const journal = await openJournal(root)
    journal.write([[first, second]])
    const open = textOf(root, current)
    await journal.close()
    assert.match(open, /first\.json.*\n.*second\.json.*\n\{"documents":2,"synced":0,.*\}\n$/)
    assert.deepEqual(journalsIn(root), [current])
    assert.equal(textOf(root, current), '')
    assert.deepEqual(await filesIn(root), [first.file, second.file])
  })

  it('gives back what a power cut has taken from the files', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root)
    journal.write([[first, second]])
    rmSync(join(root, 'records/aa'), { recursive: true })
    truncateSync(join(root, second.file), 3)
    await startAgain(root)
    assert.deepEqual(await filesIn(root), [first.file, second.file])
    assert.equal(textOf(root, first.file), 'the bytes of records/aa/first.json')
    assert.equal(textOf(root, second.file), 'the bytes of records/bb/second.json')
    assert.equal(textOf(root, current), '')
  })

  it('reads what an earlier version has left', async () => {
    const root = await temporaryRoot()
    const journal = '{"file":"records/aa/a.json","base64":"e30="}\n'
    const sha256 = '5514b768033e630972e5f93e345d135cd2cc680c9a55424196560f71f83d5981'
    writeFileSync(join(root, current), `${journal}{"documents":1,"sha256":"${sha256}"}\n`)
    await startAgain(root)
    assert.equal(textOf(root, 'records/aa/a.json'), '{}')
  })

  it('forgets a batch that was cut while it was written', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root)
    journal.write([[first]])
    appendFileSync(join(root, current), '{"file":"records/cc/third.json","sha2')
    await startAgain(root)
    assert.deepEqual(await filesIn(root), [first.file])
  })

  it('is not opened when acknowledged documents in it are damaged', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root)
    journal.write([[first]])
    journal.write([[second]])
    const damaged = textOf(root, current).replace('"base64":"', '"base64":"AAAA')
    writeFileSync(join(root, current), damaged)
    await assert.rejects(openJournal(root), /damaged/)
    assert.equal(textOf(root, current), damaged)
  })

  it('keeps nothing of a batch that no longer fits on the disk, and goes on after it', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root, { createFile: fullForFiles(2) })
    const [outcome] = journal.write([[first, second]])
    const afterFailure = [await filesIn(root), textOf(root, current)]
    assert.throws(() => throwFault(outcome), { code: 'ENOSPC' })
    assert.deepEqual(afterFailure, [[], ''])
    assert.deepEqual(journal.write([[second]]), [done])
    assert.deepEqual(await filesIn(root), [second.file])
  })

  it('keeps the earlier documents when a batch fails', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root, { createFile: fullForFiles(2) })
    journal.write([[first]])
    const [outcome] = journal.write([[second]])
    await startAgain(root)
    assert.throws(() => throwFault(outcome), { code: 'ENOSPC' })
    assert.deepEqual(await filesIn(root), [first.file])
  })

  it('is opened on a full disk as long as its files are there', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root)
    journal.write([[first]])
    const [killed, cut] = [asKilledNow(root), asKilledNow(root)]
    rmSync(join(cut, first.file))
    await startAgain(killed, { createFile: fullForFiles(1) })
    await assert.rejects(startAgain(cut, { createFile: fullForFiles(1) }), { code: 'ENOSPC' })
    await startAgain(cut)
    assert.deepEqual([await filesIn(killed), await filesIn(cut)], [[first.file], [first.file]])
  })

  it('acknowledges nothing more after a sync of it failed', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root, { openJournal: openFailing })
    const outcomes = journal.write([[first], [second]])
    const [later] = journal.write([[third]])
    assert.throws(() => throwFault(outcomes[0]), { code: 'EINVAL', syscall: 'fdatasync' })
    assert.throws(() => throwFault(outcomes[1]), { code: 'EINVAL', syscall: 'fdatasync' })
    assert.throws(() => throwFault(later), { code: 'EINVAL', syscall: 'fdatasync' })
    assert.deepEqual(await filesIn(root), [])
  })

  it('acknowledges nothing more after another process has begun a journal there', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root)
    await using other = await openJournal(root)
    other.write([[second]])
    other.rotate()
    const outcomes = [...journal.write([[first]]), ...journal.write([[third]])]
    assert.throws(() => throwFault(outcomes[0]), /another process has begun a journal/)
    assert.throws(() => throwFault(outcomes[1]), /another process has begun a journal/)
    assert.deepEqual(await filesIn(root), [second.file])
  })

  it('writes nothing for documents that are there already', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root)
    journal.write([[first]])
    const before = textOf(root, current)
    const [again, other] = journal.write([[first], [{ ...first, bytes: second.bytes }]])
    assert.equal(textOf(root, current), before)
    assert.deepEqual(again, done)
    assert.throws(() => throwFault(other), /other bytes/)
  })

  it('keeps a batch of many bytes as a whole, or not at all', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root, { createFile: fullForFiles(3) })
    const [large, other] = [
      fileOf('records/cc/large.json', 'x'.repeat(5_000_000)),
      fileOf('records/dd/large.json', 'y'.repeat(5_000_000)),
    ]
    const outcomes = [...journal.write([[large]]), ...journal.write([[first, other]])]
    rmSync(join(root, large.file))
    await startAgain(root)
    assert.deepEqual(outcomes[0], done)
    assert.throws(() => throwFault(outcomes[1]), { code: 'ENOSPC' })
    assert.deepEqual(await filesIn(root), [large.file])
  })
})

describe('Batches that are written together', () => {
  it('share a sync, and each has a line that ends it', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root)
    const outcomes = journal.write([[first], [second, third]])
    assert.deepEqual(outcomes, [done, done])
    assert.deepEqual(textOf(root, current).match(/"documents":\d,"synced":\d+/g), [
      '"documents":1,"synced":0',
      '"documents":2,"synced":0',
    ])
  })

  it('succeed and fail each on its own when bytes differ', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root)
    const [one, two, three] = journal.write([
      [first],
      [third, { ...first, bytes: second.bytes }],
      [second, first],
    ])
    assert.deepEqual([one, three], [done, done])
    assert.throws(() => throwFault(two), /other bytes are stored already as records\/aa\/first/)
    assert.deepEqual(await filesIn(root), [first.file, second.file])
  })

  it('succeed and fail each on its own when the disk is full for one', async () => {
    const root = await temporaryRoot()
    // Together, the second fails; one by one, the third file is that of the second again.
    await using journal = await openJournal(root, { createFile: fullForFiles(2, 4) })
    const [one, two, three] = journal.write([[first], [second], [third]])
    await startAgain(root)
    assert.deepEqual([one, three], [done, done])
    assert.throws(() => throwFault(two), { code: 'ENOSPC' })
    assert.deepEqual(await filesIn(root), [first.file, third.file])
  })

  it('that have the same documents need them only once', async () => {
    const root = await temporaryRoot()
    await using journal = await openJournal(root)
    assert.deepEqual(journal.write([[first], [first], [second, first]]), [done, done, done])
    assert.equal(textOf(root, current).match(/first\.json/g)?.length, 1)
  })
})

/** A journal that takes every byte, and fails when it is to keep them. */
function openFailing(path: string): number {
  rmSync(path)
  symlinkSync('/dev/null', path)
  return openSync(path, 'a')
}
