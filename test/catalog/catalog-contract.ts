import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Catalog, NewRecord } from '../../src/catalog/catalog.ts'
import type { Digest } from '../../src/record/digest.ts'
import { digestNumbered, entryNumbered } from './entries.ts'

/** What every Catalog promises. `openEmpty` gives each test a catalog of its own. */
export function catalogContract(name: string, openEmpty: () => Promise<Catalog>): void {
  const open = async (...records: NewRecord[]): Promise<Catalog> => {
    const catalog = await openEmpty()
    if (records.length > 0) await catalog.addRecords(records)
    return catalog
  }

  describe(`${name} keeps the Catalog contract: records`, () => {
    it('gives back everything of a record, with its place in the log', async () => {
      const full = entryNumbered(1, {
        planDigest: digestNumbered(2),
        title: 'W\u00e4rme \u2600 "heat"',
        authors: ['Ada Example', 'Bo Sample'],
        application: 'heat',
        machine: 'Summit',
        verdict: 'within-tolerance',
        leaf: Uint8Array.from([0, 255, 10, 34]),
        signatures: '{"signatures":[]}',
        signatureKeys: [{ kid: 'k', alg: 'EdDSA' }],
        blobCount: 2,
        blobBytes: 3,
      })
      const catalog = await open(entryNumbered(9), full)
      const { blobs: _b, relations: _r, words: _w, leaf: _l, leafHash: _h, ...entry } = full
      assert.deepEqual(await catalog.findRecord(full.digest), { ...entry, logIndex: 1 })
      assert.equal(await catalog.findRecord(digestNumbered(3)), undefined)
    })

    it('gives indexes in the order of the call, from 0', async () => {
      const catalog = await openEmpty()
      const first = await catalog.addRecords([entryNumbered(3), entryNumbered(1)])
      const second = await catalog.addRecords([entryNumbered(2)])
      assert.deepEqual(
        [...first, ...second].map(({ outcome, record }) => [
          outcome,
          record.digest,
          record.logIndex,
        ]),
        [
          ['added', digestNumbered(3), 0],
          ['added', digestNumbered(1), 1],
          ['added', digestNumbered(2), 2],
        ],
      )
    })

    it('keeps the first entry of a record that comes again, also in one call', async () => {
      const catalog = await open(entryNumbered(1))
      const again = entryNumbered(1, { acceptedAt: '2027-01-01T00:00:00Z', project: 'other' })
      const results = await catalog.addRecords([again, entryNumbered(2), entryNumbered(2), again])
      assert.deepEqual(
        results.map(({ outcome, record }) => [outcome, record.logIndex, record.acceptedAt]),
        [
          ['already-there', 0, '2026-11-20T10:00:00Z'],
          ['added', 1, '2026-11-20T10:00:00Z'],
          ['already-there', 1, '2026-11-20T10:00:00Z'],
          ['already-there', 0, '2026-11-20T10:00:00Z'],
        ],
      )
      assert.equal((await catalog.findRecord(again.digest))?.project, 'rods')
    })

    it('keeps indexes dense under many calls at once', async () => {
      const catalog = await openEmpty()
      const calls = Array.from({ length: 200 }, (_, call) =>
        catalog.addRecords([entryNumbered(call % 150), entryNumbered(1000 + call)]),
      )
      const results = (await Promise.all(calls)).flat()
      const added = results.filter(({ outcome }) => outcome === 'added')
      const indexes = added.map(({ record }) => record.logIndex).sort((a, b) => a - b)
      assert.deepEqual(
        indexes,
        Array.from({ length: 350 }, (_, index) => index),
      )
      assert.equal((await catalog.counts()).records, 350)
    })

    it('adds nothing of a call in which one record is invalid, and spends no index', async () => {
      const catalog = await open(entryNumbered(1))
      const blobs = new Map([[digestNumbered(7), 5]])
      const invalid = entryNumbered(3, { byteLength: -1 })
      await assert.rejects(catalog.addRecords([entryNumbered(2, { blobs }), invalid]))
      assert.equal(await catalog.findRecord(digestNumbered(2)), undefined)
      assert.deepEqual(await catalog.counts(), { records: 1, blobs: 0, blobBytes: 0 })
      assert.deepEqual(await catalog.listRecords({ text: '2', limit: 10 }), [])
      const [next] = await catalog.addRecords([entryNumbered(4)])
      assert.equal(next?.record.logIndex, 1)
    })

    it('fails a bad call alone when others are made beside it', async () => {
      const catalog = await openEmpty()
      const calls = [
        catalog.addRecords([entryNumbered(1)]),
        catalog.addRecords([entryNumbered(2, { leafHash: 'short' })]),
        catalog.addRecords([entryNumbered(3)]),
      ]
      const outcomes = (await Promise.allSettled(calls)).map(({ status }) => status)
      assert.deepEqual(outcomes, ['fulfilled', 'rejected', 'fulfilled'])
      assert.equal((await catalog.findRecord(digestNumbered(3)))?.logIndex, 1)
    })

    it('takes no records at all, and very many', async () => {
      const catalog = await openEmpty()
      assert.deepEqual(await catalog.addRecords([]), [])
      const many = Array.from({ length: 2500 }, (_, n) => entryNumbered(n + 1))
      const results = await catalog.addRecords(many)
      assert.equal(results.at(-1)?.record.logIndex, 2499)
    })
  })

  describe(`${name} keeps the Catalog contract: blobs and relations`, () => {
    const blobs = (...numbers: number[]) =>
      new Map(numbers.map((n): [Digest, number] => [digestNumbered(n), n]))

    it('knows the blobs of each record with their sizes', async () => {
      const one = entryNumbered(1, { blobs: blobs(10, 11) })
      const catalog = await open(one, entryNumbered(2, { blobs: blobs(11, 12) }), entryNumbered(3))
      assert.deepEqual(await catalog.blobsOf(1), blobs(11, 12))
      assert.deepEqual(await catalog.blobsOf(2), new Map())
      assert.deepEqual(await catalog.blobsOf(99), new Map())
    })

    it('counts a blob once, whoever names it', async () => {
      const catalog = await open(
        entryNumbered(1, { blobs: blobs(10, 11) }),
        entryNumbered(2, { blobs: blobs(11, 12) }),
      )
      assert.deepEqual(await catalog.counts(), { records: 2, blobs: 3, blobBytes: 33 })
      assert.deepEqual(await (await openEmpty()).counts(), { records: 0, blobs: 0, blobBytes: 0 })
    })

    it('keeps a record of very many blobs', async () => {
      const many = blobs(...Array.from({ length: 5000 }, (_, n) => n + 1))
      const catalog = await open(entryNumbered(1, { blobs: many }))
      assert.deepEqual(await catalog.blobsOf(0), many)
    })

    it('lists who points at a record, newest first, whether it is here or not', async () => {
      const target = digestNumbered(1)
      const replay = [{ type: 'replayOf' as const, target }]
      const member = [{ type: 'hasMember' as const, target }]
      const catalog = await open(
        entryNumbered(2, { relations: [...replay, ...replay] }),
        entryNumbered(3),
        entryNumbered(4, { relations: member, kind: 'collection' }),
      )
      const referrers = await catalog.listReferrers(target, 10)
      assert.deepEqual(
        referrers.map(({ type, record }) => [type, record.logIndex]),
        [
          ['hasMember', 2],
          ['replayOf', 0],
        ],
      )
      assert.equal((await catalog.listReferrers(target, 1)).length, 1)
      assert.deepEqual(await catalog.listReferrers(digestNumbered(2), 10), [])
    })

    it('lists a record once for each way in which it points', async () => {
      const target = '10.1234/example'
      const relations = (['derivedFrom', 'supersedes'] as const).map((type) => ({ type, target }))
      const catalog = await open(entryNumbered(1, { relations }))
      const types = (await catalog.listReferrers(target, 10)).map(({ type }) => type)
      assert.deepEqual(types.sort(), ['derivedFrom', 'supersedes'])
    })

    it('knows the titles of the records that are here', async () => {
      const catalog = await open(entryNumbered(1), entryNumbered(2))
      const titles = await catalog.titlesOf([1, 2, 3].map(digestNumbered))
      assert.deepEqual(
        titles,
        new Map([
          [digestNumbered(1), 'Record 1'],
          [digestNumbered(2), 'Record 2'],
        ]),
      )
      assert.deepEqual(await catalog.titlesOf([]), new Map())
    })

    it('knows very many titles at once', async () => {
      const catalog = await open(entryNumbered(1))
      const digests = Array.from({ length: 40_000 }, (_, n) => digestNumbered(n + 1))
      assert.equal((await catalog.titlesOf(digests)).size, 1)
    })
  })
}
