import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Digest } from '../../src/record/digest.ts'
import type { DocumentKind, DocumentStore, NamedDocument } from '../../src/vault/document-store.ts'
import { digestOfText } from './byte-streams.ts'

const kinds: readonly DocumentKind[] = [
  'json',
  'signatures',
  'receipt',
  'proof',
  'event',
  'event-signatures',
  'event-receipt',
  'event-proof',
]

/** What every DocumentStore promises. `openEmpty` gives each test a store of its own. */
export function documentStoreContract(name: string, openEmpty: () => Promise<DocumentStore>): void {
  describe(`${name} keeps the DocumentStore contract`, () => {
    it('gives back each document of one name', async () => {
      const store = await openEmpty()
      const digest = await digestOfText('record')
      await store.putAll(kinds.map((kind) => documentOf(digest, kind, `bytes of ${kind}`)))
      const texts = await Promise.all(kinds.map((kind) => textOf(store, digest, kind)))
      assert.deepEqual(
        texts,
        kinds.map((kind) => `bytes of ${kind}`),
      )
    })

    it('reads nothing that was not stored', async () => {
      const store = await openEmpty()
      const digest = await digestOfText('record')
      await store.putAll([documentOf(digest, 'json', '{}')])
      assert.equal(await textOf(store, digest, 'receipt'), undefined)
      assert.equal(await textOf(store, await digestOfText('other'), 'json'), undefined)
    })

    it('stores the documents of many records together', async () => {
      const store = await openEmpty()
      const digests = await Promise.all(Array.from({ length: 50 }, (_, i) => digestOfText(`${i}`)))
      await store.putAll(
        digests.flatMap((digest) => [
          documentOf(digest, 'json', `record ${digest}`),
          documentOf(digest, 'receipt', `receipt ${digest}`),
        ]),
      )
      const receipts = digests.map((digest) => textOf(store, digest, 'receipt'))
      assert.deepEqual(
        await Promise.all(receipts),
        digests.map((digest) => `receipt ${digest}`),
      )
    })

    it('lists the records that have a document of one kind, ascending', async () => {
      const store = await openEmpty()
      const digests = await Promise.all(['a', 'b', 'c', 'd'].map(digestOfText))
      await store.putAll(digests.map((digest) => documentOf(digest, 'json', '{}')))
      await store.putAll(digests.slice(2).map((digest) => documentOf(digest, 'receipt', '{}')))
      assert.deepEqual(await Array.fromAsync(store.list('json')), digests.toSorted())
      assert.deepEqual(await Array.fromAsync(store.list('receipt')), digests.slice(2).toSorted())
      assert.deepEqual(await Array.fromAsync(store.list('proof')), [])
    })

    it('keeps events apart from records', async () => {
      const store = await openEmpty()
      const [record, event] = await Promise.all(['record', 'event'].map(digestOfText))
      assert.ok(record !== undefined && event !== undefined)
      await store.putAll([documentOf(record, 'json', '{}'), documentOf(event, 'event', '{}')])
      assert.deepEqual(await Array.fromAsync(store.list('json')), [record])
      assert.deepEqual(await Array.fromAsync(store.list('event')), [event])
    })

    it('accepts no documents at all', async () => {
      const store = await openEmpty()
      await store.putAll([])
      assert.deepEqual(await Array.fromAsync(store.list('json')), [])
    })

    it('accepts the same bytes again, also twice in one call', async () => {
      const store = await openEmpty()
      const document = documentOf(await digestOfText('record'), 'json', '{"same":1}')
      await store.putAll([document])
      await store.putAll([document, document])
      assert.equal(await textOf(store, document.digest, 'json'), '{"same":1}')
    })

    it('never stores other bytes under a name, and then nothing of the call', async () => {
      const store = await openEmpty()
      const [digest, other] = await Promise.all([digestOfText('record'), digestOfText('other')])
      await store.putAll([documentOf(digest, 'json', 'first')])
      const later = [documentOf(other, 'json', 'new'), documentOf(digest, 'json', 'second')]
      await assert.rejects(store.putAll(later), /other bytes are stored already/)
      assert.equal(await textOf(store, digest, 'json'), 'first')
      assert.equal(await textOf(store, other, 'json'), undefined)
    })

    it('refuses two documents of one name in one call', async () => {
      const store = await openEmpty()
      const digest = await digestOfText('record')
      const both = [documentOf(digest, 'json', 'first'), documentOf(digest, 'json', 'second')]
      await assert.rejects(store.putAll(both), /other bytes/)
      assert.equal(await textOf(store, digest, 'json'), undefined)
    })

    it('lets one of many different documents win when they come at the same time', async () => {
      const store = await openEmpty()
      const digest = await digestOfText('record')
      const puts = Array.from({ length: 10 }, (_, i) =>
        store.putAll([documentOf(digest, 'receipt', `receipt ${i}`)]),
      )
      const settled = await Promise.allSettled(puts)
      const winner = settled.findIndex(({ status }) => status === 'fulfilled')
      assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 1)
      assert.equal(await textOf(store, digest, 'receipt'), `receipt ${winner}`)
    })

    it('stores overlapping calls at the same time', async () => {
      const store = await openEmpty()
      const digests = await Promise.all(['a', 'b', 'c'].map(digestOfText))
      const documents = digests.map((digest) => documentOf(digest, 'json', digest))
      await Promise.all([
        store.putAll(documents),
        store.putAll(documents.toReversed()),
        store.putAll(documents.slice(1)),
      ])
      assert.deepEqual(await Array.fromAsync(store.list('json')), digests.toSorted())
    })
  })
}

function documentOf(digest: Digest, kind: DocumentKind, text: string): NamedDocument {
  return { digest, kind, bytes: new TextEncoder().encode(text) }
}

async function textOf(
  store: DocumentStore,
  digest: Digest,
  kind: DocumentKind,
): Promise<string | undefined> {
  const bytes = await store.read({ digest, kind })
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
}
