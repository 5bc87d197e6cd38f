import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { limits } from '../../src/record/limits.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { minimalCollection, minimalPlan, minimalRun } from '../record-fixtures.ts'
import { keyEntries, openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'
import { digestOfText } from './run-with-outputs.ts'

const heat: JsonObject = { name: 'Heat', version: '1.0' }
const stage: JsonObject = { id: 'run', status: 'succeeded', exitCode: 0 }

let registry: RegistryUnderTest
let planDigest: string

before(async () => {
  registry = await openRegistryUnderTest()
  const plan = { stages: [{ id: 'other', kind: 'run', command: ['false'] }] }
  for (const record of [
    minimalRun({ title: 'Conduction in a rod', application: heat, summary: 'An explicit solver' }),
    minimalRun({
      title: 'Cloverleaf',
      keywords: ['hydrodynamics'],
      project: { name: 'Mini apps' },
    }),
    minimalPlan({ title: 'A plan of conduction', application: heat }),
    minimalCollection({ title: 'A collection' }),
    minimalRun({ title: 'Zürich weather', authors: [{ name: 'Grace Beispiel' }] }),
    minimalRun({
      title: 'Elsewhere',
      plan,
      run: {
        machine: { name: 'Example Machine' },
        stages: [{ ...stage, id: 'other' }],
        comparison: { verdict: 'within-tolerance', results: [] },
      },
    }),
  ]) {
    const sent = request(registry.app).post('/records').set('authorization', registry.bearer)
    const answer = await sent.send(record)
    assert.equal(answer.status, 201, answer.text)
    planDigest = answer.body.planDigest
  }
})
after(() => registry[Symbol.asyncDispose]())

describe('GET /records', () => {
  it('lists everything, newest first, with what a list shows', async () => {
    const answer = await list('')
    assert.deepEqual(titlesIn(answer.body), [
      'Elsewhere',
      'Zürich weather',
      'A collection',
      'A plan of conduction',
      'Cloverleaf',
      'Conduction in a rod',
    ])
    assert.equal(answer.body.next, null)
    const { digest, acceptedAt, ...rest } = answer.body.items[0]
    assert.match(digest, /^sha256:[0-9a-f]{64}$/)
    assert.match(acceptedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    assert.equal(rest.title, 'Elsewhere')
    assert.equal(rest.kind, 'run')
    assert.equal(rest.project, 'Example project')
    assert.equal(rest.planDigest, planDigest)
    assert.equal(rest.logIndex, keyEntries + 5)
    assert.deepEqual(rest.authors, ['Ada Example'])
    assert.equal(rest.verdict, 'within-tolerance')
  })

  it('gives every record once, page after page', async () => {
    const titles: string[] = []
    let next: string | null = ''
    let pages = 0
    while (next !== null) {
      const { body } = await list(`limit=2${next === '' ? '' : `&cursor=${next}`}`)
      titles.push(...titlesIn(body))
      next = body.next
      pages += 1
    }
    assert.equal(pages, 3)
    assert.deepEqual(titles, titlesIn((await list('')).body))
  })

  it('keeps its pages while new records arrive', async () => {
    const first = await list('limit=2')
    await request(registry.app)
      .post('/records')
      .set('authorization', registry.bearer)
      .send(minimalCollection({ title: 'Arrived in between', project: { name: 'Late' } }))
    const second = await list(`limit=2&cursor=${first.body.next}`)
    assert.deepEqual(titlesIn(second.body), ['A collection', 'A plan of conduction'])
  })

  for (const [query, titles] of [
    ['q=conduction', ['A plan of conduction', 'Conduction in a rod']],
    ['q=CONDUCTION%20rod', ['Conduction in a rod']],
    ['q=condu', ['A plan of conduction', 'Conduction in a rod']],
    ['q=explicit', ['Conduction in a rod']],
    ['q=hydrodynamics', ['Cloverleaf']],
    ['q=beispiel', ['Zürich weather']],
    ['q=zurich', ['Zürich weather']],
    ['q=nothing+of+the+kind', []],
    ['q=%22rod%22%20OR%20NOT%20(', []],
    ['kind=plan', ['A plan of conduction']],
    ['kind=run&application=Heat', ['Conduction in a rod']],
    ['project=Mini+apps', ['Cloverleaf']],
    ['project=mini', []],
    ['machine=Example+Machine', ['Elsewhere']],
    ['verdict=within-tolerance', ['Elsewhere']],
    ['q=conduction&kind=run', ['Conduction in a rod']],
  ] as const) {
    it(`finds ${titles.length} for ${query}`, async () => {
      const answer = await list(query)
      assert.equal(answer.status, 200)
      assert.deepEqual(titlesIn(answer.body), titles)
    })
  }

  for (const query of [
    'limit=0',
    'limit=-1',
    `limit=${limits.pageItems + 1}`,
    'limit=ten',
    'limit=1.5',
    'limit=1&limit=2',
    'cursor=x',
    'cursor=-1',
    'cursor=1234567890123456',
    'kind=workflow',
    'verdict=good',
    'project=',
    `q=${'x'.repeat(limits.queryCharacters + 1)}`,
    'q=a&q=b',
  ]) {
    it(`refuses ${query.slice(0, 24)}`, async () => {
      const answer = await list(query)
      assert.equal(answer.status, 400)
      assert.equal(answer.body.code, 'invalid-parameter')
    })
  }

  it('refuses a plan that is no digest', async () => {
    const answer = await list('plan=abc')
    assert.equal(answer.status, 400)
    assert.equal(answer.body.code, 'malformed-digest')
  })

  it('is a page for browsers, with the search as it was asked, as text', async () => {
    const answer = await request(registry.app)
      .get('/records')
      .query({ q: '"><script>alert(1)</script>' })
      .set('accept', 'text/html')
    assert.equal(answer.status, 200)
    assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8')
    assert.doesNotMatch(answer.text, /<script/i)
  })

  it('tells caches that its forms differ', async () => {
    const answer = await list('')
    assert.match(answer.headers['vary'] ?? '', /accept/i)
  })

  it('is given in no other form', async () => {
    const answer = await request(registry.app).get('/records').set('accept', 'image/png')
    assert.equal(answer.status, 406)
    assert.equal(answer.body.code, 'not-acceptable')
  })
})

describe('GET /plans/{planDigest}', () => {
  it('lists the runs of one plan, page after page', async () => {
    const all = await request(registry.app).get('/records?kind=run')
    const samePlan: string = all.body.items.at(-1).planDigest
    const first = await request(registry.app).get(`/plans/${samePlan}?limit=2`)
    const second = await request(registry.app).get(
      `/plans/${samePlan}?limit=2&cursor=${first.body.next}`,
    )
    assert.deepEqual(titlesIn(first.body), ['Zürich weather', 'A plan of conduction'])
    assert.deepEqual(titlesIn(second.body), ['Cloverleaf', 'Conduction in a rod'])
    assert.equal(second.body.next, null)
  })

  it('is the same as a search for the plan', async () => {
    const answer = await request(registry.app).get(`/plans/${planDigest}`)
    assert.deepEqual(titlesIn(answer.body), ['Elsewhere'])
    assert.deepEqual(answer.body, (await list(`plan=${planDigest}`)).body)
  })

  it('leads a browser to the next page of the same plan', async () => {
    const all = await request(registry.app).get('/records?kind=run')
    const samePlan: string = all.body.items.at(-1).planDigest
    const page = await request(registry.app)
      .get(`/plans/${samePlan}?limit=2`)
      .set('accept', 'text/html')
    const [, next = ''] = /<a rel="next" href="([^"]+)"/.exec(page.text) ?? []
    const second = await request(registry.app).get(next.replaceAll('&amp;', '&'))
    assert.deepEqual(titlesIn(second.body), ['Cloverleaf', 'Conduction in a rod'])
  })

  it('is empty for a plan that nobody ran', async () => {
    const answer = await request(registry.app).get(`/plans/${digestOfText('no plan')}`)
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.body, { items: [], next: null })
  })

  it('refuses what is no digest', async () => {
    const answer = await request(registry.app).get('/plans/abc')
    assert.equal(answer.status, 400)
    assert.equal(answer.body.code, 'malformed-digest')
  })
})

function list(query: string) {
  return request(registry.app).get(`/records?${query}`)
}

function titlesIn(body: { items: readonly { title: string }[] }): string[] {
  return body.items.map(({ title }) => title)
}
