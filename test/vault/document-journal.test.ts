import assert from 'node:assert/strict'
import {
  appendFileSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { DocumentJournal, type CreateFileSync } from '../../src/vault/document-journal.ts'
import { filesIn, temporaryDirectory } from './temporary-vault.ts'

const [first, second] = [fileOf('records/aa/first.json'), fileOf('records/bb/second.json')]

describe('A journal of documents', () => {
  it('has every document until all are on the disk by themselves', async () => {
    const root = await temporaryRoot()
    using journal = openJournal(root)
    journal.write([first, second])
    const unsettled = journalTextOf(root)
    const steps = [journal.settleSome(1), journal.settleSome(1), journal.settleSome(100)]
    assert.match(unsettled, /first\.json.*\n.*second\.json.*\n\{"documents":2,.*\}\n$/)
    assert.deepEqual(steps, [true, true, false])
    assert.equal(journalTextOf(root), '')
  })

  it('gives back what a power cut has taken from the files', async () => {
    const root = await temporaryRoot()
    using journal = openJournal(root)
    journal.write([first, second])
    rmSync(join(root, 'records/aa'), { recursive: true })
    truncateSync(join(root, second.file), 3)
    using reopened = openJournal(root)
    reopened.settleSome(10)
    assert.deepEqual(await filesIn(root), [first.file, second.file])
    assert.deepEqual(readFileSync(join(root, first.file)), first.bytes)
    assert.deepEqual(readFileSync(join(root, second.file)), second.bytes)
    assert.equal(journalTextOf(root), '')
  })

  it('forgets a batch that was cut while it was written', async () => {
    const root = await temporaryRoot()
    using journal = openJournal(root)
    journal.write([first])
    appendFileSync(join(root, 'journal.jsonl'), '{"file":"records/cc/third.json","sha2')
    using reopened = openJournal(root)
    reopened.settleSome(10)
    assert.deepEqual(await filesIn(root), [first.file])
  })

  it('is not opened when acknowledged documents in it are damaged', async () => {
    const root = await temporaryRoot()
    using journal = openJournal(root)
    journal.write([first])
    journal.write([second])
    const damaged = journalTextOf(root).replace('"base64":"', '"base64":"AAAA')
    writeFileSync(join(root, 'journal.jsonl'), damaged)
    assert.throws(() => openJournal(root), /damaged/)
    assert.equal(journalTextOf(root), damaged)
  })

  it('keeps nothing of a batch that no longer fits on the disk, and goes on after it', async () => {
    const root = await temporaryRoot()
    using journal = openJournal(root, fullFromFile(2))
    assert.throws(() => journal.write([first, second]), { code: 'ENOSPC' })
    const afterFailure = [await filesIn(root), journalTextOf(root)]
    journal.write([second])
    assert.deepEqual(afterFailure, [[], ''])
    assert.deepEqual(await filesIn(root), [second.file])
  })

  it('keeps the earlier documents when a batch fails', async () => {
    const root = await temporaryRoot()
    using journal = openJournal(root, fullFromFile(2))
    journal.write([first])
    assert.throws(() => journal.write([second]), { code: 'ENOSPC' })
    using reopened = openJournal(root)
    reopened.settleSome(10)
    assert.deepEqual(await filesIn(root), [first.file])
  })

  it('acknowledges nothing more after the disk failed behind its back', async () => {
    const root = await temporaryRoot()
    using journal = openJournal(root)
    journal.write([first])
    rmSync(join(root, first.file))
    assert.throws(() => journal.settleSome(10), { code: 'ENOENT' })
    assert.throws(() => journal.write([second]), { code: 'ENOENT' })
    using reopened = openJournal(root)
    reopened.settleSome(10)
    assert.deepEqual(await filesIn(root), [first.file])
  })

  it('is not used for many bytes, which are on the disk when they are written', async () => {
    const root = await temporaryRoot()
    using journal = openJournal(root, fullFromFile(3))
    const large = { file: 'records/cc/large.json', bytes: Buffer.alloc(5_000_000, 'x') }
    const other = { file: 'records/dd/large.json', bytes: Buffer.alloc(5_000_000, 'y') }
    journal.write([large])
    assert.throws(() => journal.write([first, other]), { code: 'ENOSPC' })
    assert.deepEqual(await filesIn(root), [large.file])
    assert.deepEqual(readFileSync(join(root, large.file)), large.bytes)
    assert.equal(journalTextOf(root), '')
  })

  it('writes nothing for documents that are there already', async () => {
    const root = await temporaryRoot()
    using journal = openJournal(root)
    journal.write([first])
    const before = journalTextOf(root)
    journal.write([first])
    assert.equal(journalTextOf(root), before)
    assert.throws(() => journal.write([{ ...first, bytes: second.bytes }]), /other bytes/)
  })
})

function openJournal(root: string, createFile?: CreateFileSync): DocumentJournal {
  const draft = join(root, 'incoming', 'draft')
  return new DocumentJournal(root, createFile === undefined ? { draft } : { draft, createFile })
}

/** The disk is full for the file of that number, counted from 1, and has room again after it. */
function fullFromFile(number: number): CreateFileSync {
  let made = 0
  return (path) => {
    made += 1
    const file = openSync(path, 'wx')
    return made === number ? openSync('/dev/full', 'w') : file
  }
}

async function temporaryRoot(): Promise<string> {
  const root = await temporaryDirectory()
  await mkdir(join(root, 'incoming'))
  return root
}

function journalTextOf(root: string): string {
  return readFileSync(join(root, 'journal.jsonl'), 'utf8')
}

function fileOf(file: string) {
  return { file, bytes: Buffer.from(`the bytes of ${file}`) }
}
