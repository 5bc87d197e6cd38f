import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Catalog, NewRecord, RecordQuery } from '../../src/catalog/catalog.ts'
import { digestOfHex } from '../../src/record/digest.ts'
import { digestNumbered, entryNumbered, wordsOf } from './entries.ts'

/** What every Catalog promises about finding records again. */
export function searchContract(name: string, openEmpty: () => Promise<Catalog>): void {
  const open = async (...records: NewRecord[]): Promise<Catalog> => {
    const catalog = await openEmpty()
    await catalog.addRecords(records)
    return catalog
  }
  const indexes = async (catalog: Catalog, query: Partial<RecordQuery>) =>
    (await catalog.listRecords({ limit: 100, ...query })).map(({ logIndex }) => logIndex)

  describe(`${name} keeps the Catalog contract: text`, () => {
    const texts = [
      wordsOf({ title: 'Heat equation on a rod', authors: 'Ada Example\nJ\u00f6rg Sample' }),
      wordsOf({ title: 'Nalu-Wind, open jet', packages: 'nalu-wind\nhdf5\npy-numpy' }),
      wordsOf({
        summary: 'Heating of a caf\u00e9',
        keywords: 'thermal\nrod_end',
        application: 'nyx 21.02',
      }),
      wordsOf({ title: '\u0939\u093f\u0928\u094d\u0926\u0940 \u65e5\u672c\u8a9e' }),
    ]
    const openTexts = () => open(...texts.map((words, n) => entryNumbered(n + 1, { words })))

    const found: readonly (readonly [string, string, readonly number[]])[] = [
      ['a word, newest first', 'rod', [2, 0]],
      ['a word in capitals', 'HEAT', [2, 0]],
      ['all words, in any order and field', 'ada rod', [0]],
      ['the last word as a prefix', 'equation he', [0]],
      ['other words only whole', 'he equation', []],
      ['words without their accents', 'cafe jorg', []],
      ['a word without its accents', 'cafe', [2]],
      ['an accented word', 'j\u00f6rg', [0]],
      ['an accented word in form NFD', 'cafe\u0301', [2]],
      ['an accented word in form NFD that goes on', 'Jo\u0308rg', [0]],
      ['a package with a dash', 'nalu-wind', [1]],
      ['part of a package name', 'numpy', [1]],
      ['a version', '21.02', [2]],
      ['a name with an underscore', 'rod_end', [2]],
      ['an underscore beside a word', '_ rod', [2, 0]],
      ['letters of any script', '\u65e5\u672c', [3]],
      ['a word with vowel signs', '\u0939\u093f\u0928\u094d\u0926\u0940', [3]],
      ['nothing for a word that is nowhere', 'fluid', []],
      ['everything for no word', '', [3, 2, 1, 0]],
      ['everything for signs alone', ' "*-() ', [3, 2, 1, 0]],
      ['everything for an underscore', '_', [3, 2, 1, 0]],
      ['everything for an accent alone', '\u0301', [3, 2, 1, 0]],
    ]
    for (const [what, text, expected] of found) {
      it(`finds ${what}`, async () => {
        assert.deepEqual(await indexes(await openTexts(), { text }), expected)
      })
    }

    // None of these may be an error, an operator, or a search in one field.
    const injected: readonly (readonly [string, readonly number[]])[] = [
      ['"', [3, 2, 1, 0]],
      ['rod"', [2, 0]],
      ['"rod" OR "jet"', []],
      ['rod AND heat', []],
      ['NOT jet', []],
      ['NEAR(heat rod, 5)', []],
      ['title:jet', []],
      ['{title summary} : heat', []],
      ['-title: rod', []],
      ['^heat', [2, 0]],
      ['heat*', [2, 0]],
      ['heat + equation', [0]],
      ["rod' OR '1'='1", []],
      ['rod\u0000', [2, 0]],
      ['rod\\', [2, 0]],
      ['rod; DROP TABLE record', []],
      ['\ud800', [3, 2, 1, 0]],
    ]
    for (const [text, expected] of injected) {
      it(`takes ${JSON.stringify(text)} as words`, async () => {
        assert.deepEqual(await indexes(await openTexts(), { text }), expected)
      })
    }
  })

  describe(`${name} keeps the Catalog contract: lists`, () => {
    const openKinds = () =>
      open(
        entryNumbered(1, { project: 'rods', application: 'heat', machine: 'Summit' }),
        entryNumbered(2, { kind: 'plan', project: 'rods', planDigest: digestNumbered(77) }),
        entryNumbered(3, { project: 'jets', verdict: 'identical', planDigest: digestNumbered(77) }),
        entryNumbered(4, { kind: 'collection', project: 'jets' }),
      )

    const facets: readonly (readonly [string, Partial<RecordQuery>, readonly number[]])[] = [
      ['everything, newest first', {}, [3, 2, 1, 0]],
      ['a kind', { kind: 'run' }, [2, 0]],
      ['a project', { project: 'jets' }, [3, 2]],
      ['a project by its exact name', { project: 'Jets' }, []],
      ['an application', { application: 'heat' }, [0]],
      ['a machine', { machine: 'Summit' }, [0]],
      ['a verdict', { verdict: 'identical' }, [2]],
      ['a plan', { planDigest: digestNumbered(77) }, [2, 1]],
      ['several together', { kind: 'run', project: 'jets', text: 'record 3' }, [2]],
      ['several that exclude each other', { kind: 'plan', project: 'jets' }, []],
      ['what is older than an index', { before: 2 }, [1, 0]],
      ['nothing older than the oldest', { before: 0 }, []],
    ]
    for (const [what, query, expected] of facets) {
      it(`lists ${what}`, async () => {
        assert.deepEqual(await indexes(await openKinds(), query), expected)
      })
    }

    it('lists page after page, without repeats or gaps when records come meanwhile', async () => {
      const catalog = await open(...Array.from({ length: 10 }, (_, n) => entryNumbered(n + 1)))
      const first = await indexes(catalog, { limit: 4, text: 'record' })
      await catalog.addRecords([entryNumbered(11), entryNumbered(12)])
      const second = await indexes(catalog, { limit: 4, text: 'record', before: first.at(-1) })
      const third = await indexes(catalog, { limit: 4, text: 'record', before: second.at(-1) })
      assert.deepEqual([...first, ...second, ...third], [9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
    })

    it('finds digests by their first digits, in order and no more than asked for', async () => {
      const digest = (start: string) => digestOfHex(start.padEnd(64, '0'))
      const starts = ['abcd', 'abce', 'abff', 'ab', 'ac', 'f']
      const catalog = await open(...starts.map((s, n) => entryNumbered(n, { digest: digest(s) })))
      assert.deepEqual(await catalog.findByPrefix('abc', 10), ['abcd', 'abce'].map(digest))
      assert.deepEqual(await catalog.findByPrefix('ab', 2), ['ab', 'abcd'].map(digest))
      assert.deepEqual(await catalog.findByPrefix('f'.padEnd(64, '0'), 2), [digest('f')])
      assert.deepEqual(await catalog.findByPrefix('abd', 10), [])
      assert.deepEqual(await catalog.findByPrefix('ab%', 10), [])
    })
  })
}
