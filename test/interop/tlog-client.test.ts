import assert from 'node:assert/strict'
import { readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, it } from 'node:test'
import { temporaryDirectory } from '../bundle/programs.ts'
import { vectors } from '../log/vectors.ts'
import {
  checkpointText,
  entriesOfVectors,
  leafHashOf,
  serveLog,
  signedNote,
  writeLog,
} from './static-log.ts'
import { requireTlogClient, runTlogClient, type TlogClientOptions } from './tlog-client.ts'

const { key } = vectors
const vkeys = [key.vkey]
const sizes = [0, 1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 65_539]
const steps = sizes.slice(1).map((after, index) => [sizes[index] ?? 0, after] as const)

describe('A tlog client in Go accepts', requireTlogClient(), () => {
  for (const size of sizes) {
    it(`a log of ${size} entries, all of them`, async () => {
      await using log = await openLog(entriesOfVectors(size))
      const { exitCode, report, stderr } = await log.check({ entries: true })
      assert.equal(stderr, '')
      assert.equal(exitCode, 0)
      assert.equal(report?.origin, key.name)
      assert.equal(report.size, size)
      assert.equal(report.entries, size)
      assert.ok(report.proofs >= Math.min(size, 3000))
    })
  }

  for (const [before, after] of steps) {
    it(`a log that grew from ${before} to ${after} entries`, async () => {
      await using log = await openLog(entriesOfVectors(before))
      await log.check({ state: log.state })
      await log.become(entriesOfVectors(after))
      const { report, stderr } = await log.check({ state: log.state })
      assert.equal(stderr, '')
      assert.equal(report?.sizeBefore, before)
      assert.equal(report.size, after)
      assert.equal(await readFile(log.state, 'utf8'), await log.checkpoint())
    })
  }

  it('an entry that it is asked for, and says where it is', async () => {
    await using log = await openLog(entriesOfVectors(600))
    const leafHash = leafHashOf(Buffer.from('record 511')).toString('hex')
    const { report } = await log.check({ records: [leafHash] })
    assert.deepEqual(report?.records, [{ index: 511, leafHash }])
  })

  for (const { why, signed } of vectors.mustAccept) {
    it(`a checkpoint of the vectors: ${why}`, async () => {
      await using log = await openLog(entriesOfVectors(257), signed)
      assert.equal((await log.check()).exitCode, 0)
    })
  }
})

describe('A tlog client in Go refuses a log', requireTlogClient(), () => {
  for (const [what, file, reason] of [
    ['a full tile', 'tile/0/001', /^tlog-client: tile\/0\/001: other hashes/],
    ['a partial tile', 'tile/0/002.p/88', /^tlog-client: tile\/0\/002.p\/88: other hashes/],
    ['a tile above', 'tile/1/000.p/2', /^tlog-client: tile\/1\/000.p\/2: other hashes/],
    ['an entry', 'tile/entries/001', /^tlog-client: the entries have the root/],
    ['an entry at the end', 'tile/entries/002.p/88', /^tlog-client: the entries have the root/],
  ] as const) {
    it(`with one changed byte in ${what}`, async () => {
      await using log = await openLog(entriesOfVectors(600))
      await log.change(file, otherAtEnd)
      const { exitCode, stderr } = await log.check({ entries: true })
      assert.match(stderr, reason)
      assert.equal(exitCode, 1)
    })
  }

  for (const [what, changed, reason] of [
    ['a wrong length', (bytes: Buffer) => bytes.with(1, 9), /entry 1 is cut/],
    ['a cut entry', (bytes: Buffer) => bytes.subarray(0, -1), /entry 255 is cut/],
    ['an entry too few', (bytes: Buffer) => bytes.subarray(0, -12), /255 entries, expected 256/],
  ] as const) {
    it(`with ${what}`, async () => {
      await using log = await openLog(entriesOfVectors(600))
      await log.change('tile/entries/001', changed)
      const { exitCode, stderr } = await log.check({ entries: true })
      assert.match(stderr, reason)
      assert.equal(exitCode, 1)
    })
  }

  for (const file of ['checkpoint', 'tile/1/000.p/2', 'tile/0/002.p/88', 'tile/entries/000']) {
    it(`without ${file}`, async () => {
      await using log = await openLog(entriesOfVectors(600))
      await rm(path.join(log.directory, file))
      const { exitCode, stderr } = await log.check({ entries: true })
      assert.equal(stderr, `tlog-client: ${file}: answered with 404 Not Found\n`)
      assert.equal(exitCode, 1)
    })
  }

  it('that does not have the entry it is asked for', async () => {
    await using log = await openLog(entriesOfVectors(600))
    const leafHash = leafHashOf(Buffer.from('record 600')).toString('hex')
    const { exitCode, stderr } = await log.check({ records: [leafHash] })
    assert.match(stderr, /not in the log/)
    assert.equal(exitCode, 1)
  })
})

describe('A tlog client in Go refuses a checkpoint', requireTlogClient(), () => {
  const text = checkpointText(key.name, entriesOfVectors(257))
  const signed = signedNote(text, key)
  const empty = checkpointText(key.name, [])
  for (const [what, note, reason] of [
    ['whose signature has another byte', flipBit(signed, signed.length - 20), /invalid signature/],
    ['whose size was changed', signed.replace('\n257\n', '\n256\n'), /invalid signature/],
    ['signed by somebody else', signedNote(text, vectors.witness), /no verifiable signatures/],
    ['of another origin', signedNote(text.replace(key.name, 'other/log'), key), /origin/],
    ['with a line more', signedNote(`${text}more\n`, key), /4 lines/],
    ['with the root of zeros', signedNote(`${key.name}\n0\n${zeros()}\n`, key), /empty log/],
    ['without the line of the root', signedNote(`${key.name}\n0\n`, key), /2 lines/],
    ['without a signature', `${empty}\n`, /malformed note/],
  ] as const) {
    it(what, async () => {
      await using log = await openLog(entriesOfVectors(257), note)
      const { exitCode, stderr } = await log.check({ entries: true })
      assert.match(stderr, /^tlog-client: checkpoint: /)
      assert.match(stderr, reason)
      assert.equal(exitCode, 1)
    })
  }

  for (const { why, signed } of vectors.mustReject) {
    it(`of the vectors: ${why}`, async () => {
      await using log = await openLog(entriesOfVectors(257), signed)
      const { exitCode } = await log.check({ entries: true })
      assert.equal(exitCode, 1)
    })
  }
})

describe('A tlog client in Go, when it saw the log before, refuses', requireTlogClient(), () => {
  const other = (size: number) => [Buffer.from('another'), ...entriesOfVectors(size).slice(1)]
  for (const [what, before, after, reason] of [
    ['fewer entries', entriesOfVectors(512), entriesOfVectors(511), /rolled back/],
    ['no entries', entriesOfVectors(1), [], /rolled back/],
    ['another root of that size', entriesOfVectors(257), other(257), /forked/],
    ['more entries after another first one', entriesOfVectors(257), other(512), /invalid transp/],
  ] as const) {
    it(what, async () => {
      await using log = await openLog(before)
      await log.check({ state: log.state })
      const seen = await log.checkpoint()
      await log.become(after)
      const { exitCode, stderr } = await log.check({ state: log.state })
      assert.match(stderr, reason)
      assert.equal(exitCode, 1)
      assert.equal(await readFile(log.state, 'utf8'), seen)
    })
  }

  it('a tile with a changed byte on the way to the proof', async () => {
    await using log = await openLog(entriesOfVectors(300))
    await log.check({ state: log.state })
    await log.become(entriesOfVectors(600))
    await log.change('tile/0/001', otherAtEnd)
    const { exitCode, stderr } = await log.check({ state: log.state })
    assert.match(stderr, /inconsistent tile|invalid transparency proof/)
    assert.equal(exitCode, 1)
  })

  it('another log', async () => {
    await using log = await openLog([])
    await writeFile(log.state, checkpointText('other/log', []).concat('\n'))
    const { exitCode, stderr } = await log.check({ state: log.state })
    assert.match(stderr, /another log/)
    assert.equal(exitCode, 1)
  })
})

/** A log of these entries behind a server, in a directory that may be changed. */
async function openLog(entries: readonly Buffer[], checkpoint = signedCheckpoint(entries)) {
  const temporary = await temporaryDirectory()
  const directory = path.join(temporary.path, 'log')
  const state = path.join(temporary.path, 'state')
  await writeLog(directory, entries, checkpoint)
  const server = await serveLog(directory)
  return {
    directory,
    /** A file for the client's memory, which is not there yet. */
    state,
    check: (options: Partial<TlogClientOptions> = {}) =>
      runTlogClient({ vkeys, url: server.url, ...options }),
    become: (entries: readonly Buffer[]) => writeLog(directory, entries, signedCheckpoint(entries)),
    checkpoint: () => readFile(path.join(directory, 'checkpoint'), 'utf8'),
    async change(name: string, changed: (bytes: Buffer) => Uint8Array) {
      const file = path.join(directory, name)
      await writeFile(file, changed(await readFile(file)))
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await temporary[Symbol.asyncDispose]()
    },
  }
}

function signedCheckpoint(entries: readonly Buffer[]): string {
  return signedNote(checkpointText(key.name, entries), key)
}

function otherAtEnd(bytes: Buffer): Buffer {
  return Buffer.from(bytes).fill((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1)
}

function flipBit(note: string, position: number): string {
  const letter = note[position] === 'A' ? 'B' : 'A'
  return note.slice(0, position) + letter + note.slice(position + 1)
}

function zeros(): string {
  return Buffer.alloc(32).toString('base64')
}
