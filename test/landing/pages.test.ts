import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { problemPage } from '../../src/landing/problem-page.ts'
import { recordListPage } from '../../src/landing/record-list-page.ts'
import { recordPage } from '../../src/landing/record-page.ts'
import { startPage } from '../../src/landing/start-page.ts'
import { tombstonePage } from '../../src/landing/tombstone-page.ts'
import {
  digestWith,
  exampleCollection,
  examplePlan,
  exampleReplay,
  exampleRun,
} from './example-records.ts'
import {
  addressesIn,
  registry,
  summaryOf,
  textOf,
  tombstoneViewOf,
  viewOf,
} from './example-views.ts'

const counts = { records: 1042, blobs: 7, bytes: 3_221_225_472 }
const start = startPage({ ...registry, newest: [summaryOf()], counts })

const tombstoneValue = { reason: 'rights', explanation: 'The mesh belongs to somebody else.' }

const everyPage: Readonly<Record<string, string>> = {
  run: recordPage(viewOf(exampleRun())),
  replay: recordPage(viewOf(exampleReplay())),
  plan: recordPage(viewOf(examplePlan())),
  collection: recordPage(viewOf(exampleCollection(), { bundles: [] })),
  tombstone: tombstonePage(tombstoneViewOf(tombstoneValue)),
  start,
  list: recordListPage({ ...registry, query: 'heat', items: [summaryOf()], next: null }),
  problem: problemPage({
    ...registry,
    status: 404,
    code: 'unknown-record',
    title: 'No such record',
  }),
}

describe('every page', () => {
  for (const [name, page] of Object.entries(everyPage)) {
    it(`keeps the content policy and asks nobody else for anything (${name})`, () => {
      assert.doesNotMatch(page, /<script|<style| style=| on[a-z]+=| src=|<iframe|<base/)
      const loaded = [...page.matchAll(/<link rel="(?:stylesheet|icon)" href="([^"]*)"/g)]
      assert.deepEqual(
        loaded.map(([, address]) => address?.slice(0, 10)),
        ['/style.css', 'data:image'],
      )
    })

    it(`has one main heading, no level left out, and links that arrive (${name})`, () => {
      const levels = [...page.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level))
      assert.equal(levels.filter((level) => level === 1).length, 1)
      assert.ok(levels.every((level, index) => level <= (levels[index - 1] ?? 0) + 1))

      const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
      const targets = [...page.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id)
      assert.equal(new Set(ids).size, ids.length)
      assert.deepEqual(
        targets.filter((target) => !ids.includes(target)),
        [],
      )
    })

    it(`names its tables and their columns for readers who do not see them (${name})`, () => {
      const tables = page.split('<table').length - 1
      assert.equal(page.split('<caption').length - 1, tables)
      assert.doesNotMatch(page, /<th(?! scope=)[ >]/)
    })

    it(`is small (${name})`, () => {
      assert.ok(Buffer.byteLength(page) < 60_000)
    })
  }

  it('carries the typed links it is given', () => {
    const links = [
      { rel: 'cite-as', href: 'https://registry.example.org/records/x' },
      { rel: 'describedby', href: '/x/record.json', type: 'application/json' },
    ] as const

    const page = recordPage(viewOf(exampleRun(), { links }))

    assert.match(page, /<link rel="cite-as" href="https:\/\/registry\.example\.org\/records\/x"/)
    assert.match(
      page,
      /<link rel="describedby" href="\/x\/record\.json"\s+type="application\/json"/,
    )
  })
})

describe('a record with more than a page can show', () => {
  const run = exampleRun()
  const inputs = Array.from({ length: 10_000 }, (_, index) => ({
    path: `in/${index}.dat`,
    role: 'table',
    digest: digestWith('1'),
    size: 10,
    availability: 'retained',
  }))
  const page = recordPage(viewOf({ ...run, plan: { ...run.plan, inputs } }))

  it('shows the first 200 inputs, says so, and leads to all of them', () => {
    assert.equal(page.split('class="path">in/').length - 1, 200)
    assert.match(textOf(page), /10,000 inputs, 97\.7 KiB/)
    assert.match(textOf(page), /The first 200 of 10,000 are shown/)
    assert.ok(addressesIn(page).includes(`/records/${digestWith('d')}/record.json`))
  })

  it('is cut in every list, so that no record makes a huge page', () => {
    const many = <Entry>(entry: (index: number) => Entry) =>
      Array.from({ length: 3000 }, (_, i) => entry(i))
    const authors = many((index) => ({ name: `Author ${index}` })).slice(0, 1000)
    const { run: ran } = exampleReplay()
    const bigRun = {
      ...ran,
      outputs: many((index) => ({
        path: `o${index}`,
        digest: digestWith('2'),
        size: 1,
        retained: true,
      })),
      metrics: many((index) => ({ name: `m${index}`, value: '1' })),
      machine: { modules: many((index) => `module${index}`) },
      comparison: {
        ...ran.comparison,
        results: many((index) => ({
          expectation: 'profile',
          path: `p${index}`,
          rule: 'exact',
          level: 'identical',
        })),
      },
      capture: { ...ran.capture, gaps: many((index) => ({ code: 'redacted', path: `g${index}` })) },
    }

    const big = recordPage(viewOf({ ...exampleReplay(), authors, run: bigRun }))

    assert.ok(Buffer.byteLength(big) < 500_000, String(Buffer.byteLength(big)))
    assert.match(textOf(big), /Author 49 ; and 950 more, all in record\.json/)
  })
})

describe('the start page', () => {
  it('counts, lists the newest records and searches', () => {
    assert.match(textOf(start), /1,042 records · 7 blobs · 3\.0 GiB/)
    assert.ok(addressesIn(start).includes(`/records/${digestWith('d')}`))
    assert.match(start, /<form[^>]*action="\/records"[^>]*method="get"/)
    assert.match(start, /name="q"/)
  })

  it('gives commands on lines of their own, also to readers without styles', () => {
    const [, commands = ''] = /<pre class="commands">([^]*?)<\/pre>/.exec(start) ?? []

    assert.deepEqual(
      commands
        .replace(/<[^>]*>/g, '')
        .split('\n')
        .map((line) => line.split(' ')[0]),
      ['curl', 'export', 'python3'],
    )
  })

  it('says how to deposit with the address of this registry', () => {
    assert.match(textOf(start), /curl -fLO https:\/\/registry\.example\.org\/runner\/stele\.pyz/)
    for (const address of [
      '/openapi.yaml',
      '/limits',
      '/schema/record-1.json',
      '/runner/stele.pyz',
    ]) {
      assert.ok(addressesIn(start).includes(address), address)
    }
  })

  it('says so when the registry is empty', () => {
    const empty = startPage({ ...registry, newest: [], counts: { records: 0, blobs: 0, bytes: 0 } })

    assert.match(textOf(empty), /There is none yet/)
    assert.match(textOf(empty), /0 records · 0 blobs · 0 B/)
  })
})

describe('the page of a refusal', () => {
  it('is short and names the code', () => {
    assert.match(textOf(everyPage['problem'] ?? ''), /404 No such record Code: unknown-record/)
  })
})

describe('the style sheet', () => {
  it('asks nobody else for anything', () => {
    const style = readFileSync(new URL('../../src/landing/style.css', import.meta.url), 'utf8')

    assert.doesNotMatch(style, /url\(|@import|@font-face/)
  })
})
