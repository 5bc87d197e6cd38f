import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { digestOf, DigestMismatch } from '../../src/record/digest.ts'
import { BlobTooLarge, type BlobStore } from '../../src/vault/blob-store.ts'
import {
  brokenAfter,
  bytesOf,
  countedBytes,
  digestOfText,
  silentAfter,
  streamOf,
  textOf,
} from './byte-streams.ts'

const mebibyte = 1024 * 1024

/** What every BlobStore promises. `openEmpty` gives each test a store of its own. */
export function blobStoreContract(name: string, openEmpty: () => Promise<BlobStore>): void {
  describe(`${name} keeps the BlobStore contract`, () => {
    it('names bytes by their SHA-256', async () => {
      const store = await openEmpty()
      const stored = await store.put(streamOf('ab', 'c'))
      assert.deepEqual(stored, {
        // FIPS 180-2, appendix B.1
        digest: 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
        byteLength: 3,
        outcome: 'added',
      })
    })

    it('gives back the bytes it was given', async () => {
      const store = await openEmpty()
      const { digest, byteLength } = await store.put(countedBytes(3 * mebibyte + 5, 10_007))
      const bytes = await bytesOf(await store.open(digest))
      assert.equal(byteLength, 3 * mebibyte + 5)
      assert.ok(Buffer.from(bytes).equals(await bytesOf(countedBytes(3 * mebibyte + 5, 10_007))))
    })

    it('keeps bytes that arrive in very small and in empty pieces', async () => {
      const store = await openEmpty()
      const pieces = Array.from({ length: 3000 }, (_, i) => String(i % 10).repeat(i % 3))
      const { digest } = await store.put(streamOf(...pieces))
      assert.equal(await textOf(await store.open(digest)), pieces.join(''))
    })

    it('keeps a blob without bytes', async () => {
      const store = await openEmpty()
      const { digest } = await store.put(streamOf())
      assert.deepEqual(await store.find(digest), { digest, byteLength: 0 })
      assert.equal(await textOf(await store.open(digest)), '')
    })

    it('accepts a piece of many mebibytes', async () => {
      const store = await openEmpty()
      const { byteLength } = await store.put(streamOf(new Uint8Array(9 * mebibyte)))
      assert.equal(byteLength, 9 * mebibyte)
    })

    it('finds what was stored and nothing else', async () => {
      const store = await openEmpty()
      const { digest } = await store.put(streamOf('here'))
      const absent = await digestOfText('not here')
      assert.deepEqual(await store.find(digest), { digest, byteLength: 4 })
      assert.equal(await store.find(absent), undefined)
      assert.equal(await store.open(absent), undefined)
    })

    it('says that bytes are already there when they are sent again', async () => {
      const store = await openEmpty()
      const { digest } = await store.put(streamOf('again'))
      const blind = await store.put(streamOf('again'))
      const known = await store.put(streamOf('again'), { expected: digest })
      assert.deepEqual(blind, { digest, byteLength: 5, outcome: 'already-there' })
      assert.deepEqual(known, { digest, byteLength: 5, outcome: 'already-there' })
    })

    it('opens any range of a blob', async () => {
      const store = await openEmpty()
      const { digest } = await store.put(streamOf('0123456789'))
      const range = (start: number, endExclusive: number) =>
        store.open(digest, { start, endExclusive }).then(textOf)
      assert.deepEqual(
        await Promise.all([range(0, 10), range(0, 1), range(3, 7), range(9, 10), range(10, 10)]),
        ['0123456789', '0', '3456', '9', ''],
      )
    })

    it('opens a range that starts and ends inside large pieces', async () => {
      const store = await openEmpty()
      const { digest } = await store.put(countedBytes(3 * mebibyte))
      const range = { start: mebibyte - 1, endExclusive: 2 * mebibyte + 2 }
      const whole = await bytesOf(countedBytes(3 * mebibyte))
      const bytes = await bytesOf(await store.open(digest, range))
      assert.ok(Buffer.from(bytes).equals(whole.subarray(range.start, range.endExclusive)))
    })

    it('throws on a range that is not within the blob', async () => {
      const store = await openEmpty()
      const { digest } = await store.put(streamOf('0123456789'))
      await assert.rejects(store.open(digest, { start: 0, endExclusive: 11 }), RangeError)
      await assert.rejects(store.open(digest, { start: 5, endExclusive: 4 }), RangeError)
      await assert.rejects(store.open(digest, { start: -1, endExclusive: 4 }), RangeError)
    })

    it('gives the same bytes to a reader who lets pieces be used again', async () => {
      const store = await openEmpty()
      const { digest } = await store.put(countedBytes(5 * mebibyte + 3))
      const range = { start: 7, endExclusive: 5 * mebibyte + 3 }
      const hash = createHash('sha256')
      const pieces = await store.open(digest, range, { reusePieces: true })
      for await (const piece of pieces ?? []) hash.update(piece)
      const expected = (await bytesOf(countedBytes(5 * mebibyte + 3))).subarray(7)
      assert.equal(`sha256:${hash.digest('hex')}`, await digestOf(expected))
    })

    it('can be left before the end of a blob', async () => {
      const store = await openEmpty()
      const { digest } = await store.put(countedBytes(4 * mebibyte))
      for await (const piece of (await store.open(digest)) ?? []) {
        assert.ok(piece.length > 0)
        break
      }
      assert.equal((await bytesOf(await store.open(digest))).length, 4 * mebibyte)
    })

    it('lists every blob by ascending digest', async () => {
      const store = await openEmpty()
      const texts = Array.from({ length: 40 }, (_, i) => `blob ${i}`)
      await Promise.all(texts.map((text) => store.put(streamOf(text))))
      const listed = await Array.fromAsync(store.list())
      const digests = await Promise.all(texts.map(digestOfText))
      assert.deepEqual(
        listed.map(({ digest }) => digest),
        digests.toSorted(),
      )
      assert.ok(listed.every(({ byteLength }) => byteLength === 6 || byteLength === 7))
    })

    it('keeps nothing when the bytes are not those that were announced', async () => {
      const store = await openEmpty()
      const [claimed, actual] = await Promise.all([digestOfText('claimed'), digestOfText('sent')])
      const refused = store.put(streamOf('sent'), { expected: claimed })
      await assert.rejects(refused, { code: 'digest-mismatch', claimed, actual })
      assert.deepEqual(await Array.fromAsync(store.list()), [])
    })

    it('refuses other bytes under the name of a blob that is there', async () => {
      const store = await openEmpty()
      const { digest } = await store.put(streamOf('right'))
      await assert.rejects(store.put(streamOf('wrong'), { expected: digest }), DigestMismatch)
      assert.equal(await textOf(await store.open(digest)), 'right')
    })

    it('keeps nothing when the sender disappears halfway', async () => {
      const store = await openEmpty()
      await assert.rejects(store.put(brokenAfter('half')), /connection lost/)
      await assert.rejects(store.put(brokenAfter(new Uint8Array(3 * mebibyte))), /connection lost/)
      assert.deepEqual(await Array.fromAsync(store.list()), [])
    })

    it('refuses more bytes than allowed while they arrive', async () => {
      const store = await openEmpty()
      const refused = store.put(silentAfter('12345', '67890'), { maxByteLength: 9 })
      await assert.rejects(refused, { code: 'blob-too-large', maxByteLength: 9 })
      const { digest } = await store.put(streamOf('12345', '6789'), { maxByteLength: 9 })
      const repeated = store.put(streamOf('1234567890'), { maxByteLength: 9, expected: digest })
      await assert.rejects(repeated, BlobTooLarge)
      assert.equal((await Array.fromAsync(store.list())).length, 1)
    })

    it('gives up when told to, also while the sender is silent', async () => {
      const store = await openEmpty()
      const controller = new AbortController()
      const put = store.put(silentAfter('half'), { signal: controller.signal })
      setImmediate(() => controller.abort(new Error('shutting down')))
      await assert.rejects(put, /shutting down/)
      const late = store.put(streamOf('whole'), { signal: controller.signal })
      await assert.rejects(late, /shutting down/)
      assert.deepEqual(await Array.fromAsync(store.list()), [])
    })

    it('adds once what 20 senders send at the same time', async () => {
      const store = await openEmpty()
      const puts = Array.from({ length: 20 }, (_, i) =>
        store.put(countedBytes(2 * mebibyte, 50_000 + i)),
      )
      const stored = await Promise.all(puts)
      const [first] = stored
      assert.deepEqual([...new Set(stored.map(({ digest }) => digest))], [first?.digest])
      assert.equal(stored.filter(({ outcome }) => outcome === 'added').length, 1)
      assert.equal((await Array.fromAsync(store.list())).length, 1)
    })

    it('is not disturbed by senders of the same bytes that fail', async () => {
      const store = await openEmpty()
      const puts = await Promise.allSettled([
        store.put(brokenAfter('same')),
        store.put(streamOf('same')),
        store.put(streamOf('same', ' and more'), { maxByteLength: 4 }),
      ])
      assert.deepEqual(
        puts.map(({ status }) => status),
        ['rejected', 'fulfilled', 'rejected'],
      )
      assert.equal(await textOf(await store.open(await digestOfText('same'))), 'same')
    })

    it('shows staged bytes only once they are kept', async () => {
      const store = await openEmpty()
      await using staged = await store.stage(streamOf('staged'))
      const before = await store.find(staged.digest)
      const outcomes = [await staged.keep(), await staged.keep()]
      assert.equal(before, undefined)
      assert.deepEqual(outcomes, ['added', 'already-there'])
      assert.equal(await textOf(await store.open(staged.digest)), 'staged')
    })

    it('forgets staged bytes that are not kept, and keeps those that are', async () => {
      const store = await openEmpty()
      const forgotten = await store.stage(streamOf('forgotten'))
      const kept = await store.stage(streamOf('kept'))
      await kept.keep()
      await Promise.all([forgotten[Symbol.asyncDispose](), kept[Symbol.asyncDispose]()])
      assert.deepEqual(await Array.fromAsync(store.list(), ({ digest }) => digest), [kept.digest])
    })

    it('stages nothing that it would refuse to store', async () => {
      const store = await openEmpty()
      const expected = await digestOfText('claimed')
      await assert.rejects(store.stage(streamOf('sent'), { expected }), DigestMismatch)
      await assert.rejects(store.stage(streamOf('sent'), { maxByteLength: 3 }), BlobTooLarge)
      await assert.rejects(store.stage(brokenAfter('half')), /connection lost/)
    })
  })
}
