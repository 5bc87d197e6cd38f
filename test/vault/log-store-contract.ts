import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Digest } from '../../src/record/digest.ts'
import type { DocumentStore, NamedDocument } from '../../src/vault/document-store.ts'
import type { LogFile, LogStore } from '../../src/vault/log-store.ts'
import { digestOfText } from './byte-streams.ts'

/** The documents are those of the same vault. */
export interface LogAndDocuments {
  readonly log: LogStore
  readonly documents: DocumentStore
}

/** What every LogStore promises. `openEmpty` gives each test a vault of its own. */
export function logStoreContract(name: string, openEmpty: () => Promise<LogAndDocuments>): void {
  describe(`${name} keeps the LogStore contract for files that are written once`, () => {
    it('gives back what was stored, and nothing else', async () => {
      const { log } = await openEmpty()
      await log.putAll([fileOf('tile/0/000.p/7'), fileOf('tile/entries/x001/000'), fileOf('empty')])
      assert.equal(await textOf(log, 'tile/0/000.p/7'), 'bytes of tile/0/000.p/7')
      assert.equal(await textOf(log, 'tile/entries/x001/000'), 'bytes of tile/entries/x001/000')
      assert.equal(await textOf(log, 'tile/0/000.p/8'), undefined)
      assert.equal(await textOf(log, 'tile/0/000'), undefined)
      assert.equal(await textOf(log, 'checkpoint'), undefined)
    })

    it('gives back bytes of every value, none of them changed', async () => {
      const { log } = await openEmpty()
      const bytes = Uint8Array.from({ length: 8192 }, (_, index) => index % 256)
      await log.putAll([
        { path: 'tile/0/000', bytes },
        { path: 'tile/1/000.p/1', bytes: bytes.subarray(0, 0) },
      ])
      assert.deepEqual(new Uint8Array((await log.read('tile/0/000')) ?? []), bytes)
      assert.deepEqual(new Uint8Array((await log.read('tile/1/000.p/1')) ?? [1]), new Uint8Array())
    })

    it('accepts no files, and the same bytes again, also twice in one call', async () => {
      const { log } = await openEmpty()
      const tile = fileOf('tile/0/000')
      await log.putAll([])
      await log.putAll([tile])
      await log.putAll([tile, tile])
      assert.deepEqual(await Array.fromAsync(log.list('')), ['tile/0/000'])
    })

    it('never stores other bytes under a path, and then nothing of the call', async () => {
      const { log } = await openEmpty()
      await log.putAll([fileOf('keys/first', 'first')])
      const later = [fileOf('tile/0/000'), fileOf('keys/first', 'second')]
      await assert.rejects(log.putAll(later), /other bytes/)
      const both = [fileOf('tile/1/000', 'one'), fileOf('tile/1/000', 'other')]
      await assert.rejects(log.putAll(both), /other bytes/)
      assert.deepEqual(await Array.fromAsync(log.list('')), ['keys/first'])
      assert.equal(await textOf(log, 'keys/first'), 'first')
    })

    it('stores what comes at the same time, and lets one of different bytes win', async () => {
      const { log } = await openEmpty()
      const puts = Array.from({ length: 20 }, (_, index) =>
        log.putAll([fileOf(`tile/0/${100 + index}`), fileOf('tile/1/000', `${index % 2}`)]),
      )
      const settled = await Promise.allSettled(puts)
      const winners = settled.flatMap(({ status }, index) =>
        status === 'fulfilled' ? [index] : [],
      )
      const winner = (winners[0] ?? 0) % 2
      assert.deepEqual(winners, evenOrOdd(winner))
      assert.equal(await textOf(log, 'tile/1/000'), `${winner}`)
      assert.deepEqual(
        await Array.fromAsync(log.list('tile/0/')),
        winners.map((index) => `tile/0/${100 + index}`),
      )
    })

    it('takes only paths that are safe everywhere', async () => {
      const { log } = await openEmpty()
      const odd = ['', '/', 'a//b', '/a', 'a/', '.', 'a/./b', '..', 'a/../../b', 'a b', 'ä', 'a\\b']
      const refused = odd.map((path) =>
        assert.rejects(log.putAll([fileOf(path)]), /path of the log/),
      )
      const unread = odd.map((path) => assert.rejects(log.read(path), /path of the log/))
      const unremoved = odd.map((path) => assert.rejects(log.remove([path]), /path of the log/))
      await Promise.all([...refused, ...unread, ...unremoved])
      await log.putAll([fileOf('keys/a.B_c+d-9'), fileOf('a..b/...')])
      assert.deepEqual(await Array.fromAsync(log.list('')), ['a..b/...', 'keys/a.B_c+d-9'])
    })

    it('removes what it is told to, whether it is there or not', async () => {
      const { log } = await openEmpty()
      const partial = [1, 2, 3].map((width) => fileOf(`tile/0/000.p/${width}`))
      await log.putAll([...partial, fileOf('tile/0/000')])
      await log.remove(['tile/0/000.p/1', 'tile/0/000.p/3', 'tile/7/000.p/1'])
      const afterFirst = await Array.fromAsync(log.list(''))
      await log.remove(['tile/0/000.p/1', 'tile/0/000.p/2'])
      await log.remove([])
      assert.deepEqual(afterFirst, ['tile/0/000', 'tile/0/000.p/2'])
      assert.deepEqual(await Array.fromAsync(log.list('')), ['tile/0/000'])
    })

    it('stores again what was removed', async () => {
      const { log } = await openEmpty()
      await log.putAll([fileOf('tile/0/000.p/1')])
      await log.remove(['tile/0/000.p/1'])
      await log.putAll([fileOf('tile/0/000.p/1')])
      assert.equal(await textOf(log, 'tile/0/000.p/1'), 'bytes of tile/0/000.p/1')
    })

    it('lists the paths that start with a text, ascending by their bytes', async () => {
      const { log } = await openEmpty()
      const ascending = [
        'checkpoint.old',
        'keys/Z',
        'keys/a',
        'tile/0/000',
        'tile/0/000.p/10',
        'tile/0/000.p/9',
        'tile/0/001',
        'tile/0/x001/000',
        'tile/0/x001/001',
        'tile/1/000.p/1',
        'tile/entries/000',
      ]
      await log.putAll(ascending.toReversed().map((path) => fileOf(path)))
      assert.deepEqual(await Array.fromAsync(log.list('')), ascending)
      assert.deepEqual(await Array.fromAsync(log.list('tile/0/000')), ascending.slice(3, 6))
      assert.deepEqual(await Array.fromAsync(log.list('tile/0/x')), ascending.slice(7, 9))
      assert.deepEqual(await Array.fromAsync(log.list('tile/0/x001/')), ascending.slice(7, 9))
      assert.deepEqual(await Array.fromAsync(log.list('tile/0/001')), ['tile/0/001'])
      assert.deepEqual(await Array.fromAsync(log.list('tile/0/001/')), [])
      assert.deepEqual(await Array.fromAsync(log.list('../')), [])
    })
  })

  describe(`${name} keeps the LogStore contract for the checkpoint`, () => {
    it('shows the checkpoint that was published last, with all its documents', async () => {
      const { log, documents } = await openEmpty()
      const [first, second] = [await proofOf('first'), await proofOf('second')]
      await log.publish(bytesOf('size 1'), [first])
      const shown = await textOf(log, 'checkpoint')
      await log.publish(bytesOf('size 2'), [second])
      await log.publish(bytesOf('size 3'), [])
      assert.deepEqual([shown, await textOf(log, 'checkpoint')], ['size 1', 'size 3'])
      assert.deepEqual(
        await Array.fromAsync(documents.list('proof')),
        [first.digest, second.digest].sort(),
      )
    })

    it('accepts the same checkpoint and the same documents again', async () => {
      const { log, documents } = await openEmpty()
      const proof = await proofOf('first')
      await log.publish(bytesOf('size 1'), [proof])
      await log.publish(bytesOf('size 1'), [proof, proof])
      await documents.putAll([proof])
      assert.equal(await textOf(log, 'checkpoint'), 'size 1')
    })

    it('keeps the checkpoint before when a document cannot be stored', async () => {
      const { log, documents } = await openEmpty()
      const [first, second] = [await proofOf('first'), await proofOf('second')]
      await log.publish(bytesOf('size 1'), [first])
      const other = { ...first, bytes: bytesOf('other') }
      await assert.rejects(log.publish(bytesOf('size 2'), [second, other]), /other bytes/)
      assert.equal(await textOf(log, 'checkpoint'), 'size 1')
      assert.equal(await documents.read(second), undefined)
    })

    it('publishes in the order of the calls', async () => {
      const { log } = await openEmpty()
      const sizes = Array.from({ length: 30 }, (_, index) => `size ${index}`)
      const published = sizes.map((text) => log.publish(bytesOf(text), []))
      await Promise.all(published)
      assert.equal(await textOf(log, 'checkpoint'), 'size 29')
    })

    it('shows a whole checkpoint at every moment, never an older one, nor one without its documents', async () => {
      const { log, documents } = await openEmpty()
      const all = await Promise.all(Array.from({ length: 20 }, (_, index) => proofOf(`${index}`)))
      await log.publish(bytesOf('0'), [])
      const publishing = Promise.all(
        all.map((proof, index) => log.publish(bytesOf(`${index + 1}`), [proof])),
      )
      const seen = await readWhile(publishing, async () => {
        const size = Number(await textOf(log, 'checkpoint'))
        const covered = await Promise.all(all.slice(0, size).map((proof) => documents.read(proof)))
        return { size, missing: covered.filter((proof) => proof === undefined).length }
      })
      assert.deepEqual(
        seen,
        seen.toSorted((a, b) => a.size - b.size),
      )
      assert.deepEqual(new Set(seen.map(({ missing }) => missing)), new Set([0]))
      assert.equal(seen.at(-1)?.size, 20)
    })

    it('can be neither put nor removed like other files', async () => {
      const { log } = await openEmpty()
      await log.publish(bytesOf('size 1'), [])
      await assert.rejects(log.putAll([fileOf('checkpoint')]), /can only be published/)
      await assert.rejects(log.remove(['checkpoint']), /can only be published/)
      assert.equal(await textOf(log, 'checkpoint'), 'size 1')
      assert.deepEqual(await Array.fromAsync(log.list('')), ['checkpoint'])
    })
  })
}

/** What was read over and over until the work was over, and once more after it. */
async function readWhile<T>(work: Promise<unknown>, read: () => Promise<T>): Promise<T[]> {
  const state = { isOver: false }
  const over = work.finally(() => (state.isOver = true))
  const seen: T[] = []
  while (!state.isOver) seen.push(await read())
  await over
  return [...seen, await read()]
}

function evenOrOdd(first: number): number[] {
  return Array.from({ length: 10 }, (_, index) => 2 * index + first)
}

async function proofOf(text: string): Promise<NamedDocument> {
  const digest: Digest = await digestOfText(text)
  return { digest, kind: 'proof', bytes: bytesOf(`proof of ${text}`) }
}

function fileOf(path: string, text = `bytes of ${path}`): LogFile {
  return { path, bytes: bytesOf(text) }
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

async function textOf(log: LogStore, path: string): Promise<string | undefined> {
  const bytes = await log.read(path)
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
}
