import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { problemPage } from '../../src/landing/problem-page.ts'
import { recordListPage } from '../../src/landing/record-list-page.ts'
import { recordPage } from '../../src/landing/record-page.ts'
import { startPage } from '../../src/landing/start-page.ts'
import { tombstonePage } from '../../src/landing/tombstone-page.ts'
import { parseDigest } from '../../src/record/digest.ts'
import { WorkflowRecord } from '../../src/record/workflow-record.ts'
import { digestWith, exampleCollection, examplePlan, exampleReplay } from './example-records.ts'
import { summaryOf, tagsOf, tombstoneViewOf, viewOf } from './example-views.ts'

const harmless = 'two words'

/** Text that would break out of an element, an attribute, a comment or the title. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom('<script>alert(1)</script>', '"><img src=x onload=a>', "'", '&lt;'),
      fc.constantFrom('</title>', '-->', '</code></pre>', '" autofocus onfocus="x', '<', '>', '&'),
      fc.constantFrom('\u202e', '${x}', '`', ' ', 'é', '💥'),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => `x${parts.join('')}x`)
  // The shortest text field holds 50 characters, and each text gets a number.
  .filter((text) => text.length <= 47)

type Place = readonly (string | number)[]

function placesOfText(json: unknown, at: Place = []): Place[] {
  if (typeof json === 'string') return [at]
  if (typeof json !== 'object' || json === null) return []
  return Object.entries(json).flatMap(([name, value]) => placesOfText(value, [...at, name]))
}

/** The same document with a text at some places, numbered so that names stay unique. */
function withText(json: object, places: readonly Place[], text: string): unknown {
  const copy = structuredClone(json)
  places.forEach((place, index) => {
    const parents = place.slice(0, -1)
    const parent = parents.reduce<object>((value, step) => Reflect.get(value, step), copy)
    Reflect.set(parent, place.at(-1) ?? '', `${text}${index}`)
  })
  return copy
}

/** Places where the schema lets a depositor write anything. */
function freePlaces(json: object): Place[] {
  return placesOfText(json).filter((place) =>
    ['<', '"', "'", '&', harmless].every(
      (text) => WorkflowRecord.safeParse(withText(json, [place], `x${text}x`)).success,
    ),
  )
}

describe('no text of a depositor becomes markup', () => {
  for (const [name, example] of Object.entries({ exampleReplay, examplePlan, exampleCollection })) {
    it(`wherever the schema allows any text in an ${name}`, () => {
      const json = example()
      const places = freePlaces(json)
      const expected = tagsOf(recordPage(viewOf(withText(json, places, harmless))))
      fc.assert(
        fc.property(hostile, (text) => {
          const page = recordPage(viewOf(withText(json, places, text)))

          assert.deepEqual(tagsOf(page), expected)
        }),
        { numRuns: 60 },
      )
    })
  }

  it('and the test above really writes into titles, names, paths, values and notes', () => {
    const places = freePlaces(exampleReplay()).map((place) => place.join('/'))

    for (const place of [
      'title',
      'authors/0/name',
      'plan/inputs/0/path',
      'plan/stages/1/command/0',
      'plan/expectations/0/basis',
      'run/bindings/1/value',
      'run/outputs/0/path',
      'run/comparison/results/1/note',
      'run/capture/gaps/0/path',
    ]) {
      assert.ok(places.includes(place), place)
    }
  })
})

describe('nothing else that comes from outside becomes markup', () => {
  const digest = parseDigest(digestWith('f'))

  function pagesWith(text: string): string[] {
    const summary = summaryOf({ title: text, project: text, application: text, authors: [text] })
    const names = { registryUrl: `https://registry.example.org/${text}`, registryName: text }
    const referrer = {
      relation: 'replayOf' as const,
      digest,
      title: text,
      kind: 'run' as const,
      acceptedAt: '2026-11-21T08:00:00Z',
    }
    return [
      recordPage(
        viewOf(exampleReplay(), {
          ...names,
          project: text,
          referencedBy: [referrer],
          related: new Map([[digestWith('a'), { title: text }]]),
          signers: [{ kid: text, alg: text, boundAt: text, revokedAt: text, wasValid: false }],
          links: [{ rel: 'item', href: text, type: text }],
        }),
      ),
      startPage({ ...names, newest: [summary], counts: { records: 1, blobs: 1, bytes: 1 } }),
      recordListPage({
        ...names,
        query: text,
        items: [summary],
        filters: [
          { name: 'project', active: text },
          { name: 'application', choices: [{ value: text, count: 2 }] },
        ],
        cursor: text,
        next: text,
      }),
      tombstonePage(
        tombstoneViewOf({ reason: 'other', explanation: text }, { ...names, title: text }),
      ),
      problemPage({ ...names, status: 404, code: text, title: text, detail: text }),
    ]
  }

  it('on any page', () => {
    const expected = pagesWith(harmless).map(tagsOf)
    fc.assert(
      fc.property(hostile, (text) => {
        assert.deepEqual(pagesWith(text).map(tagsOf), expected)
      }),
      { numRuns: 60 },
    )
  })

  it('and a link never leads to a script', () => {
    const plan = examplePlan()
    const [input] = plan.plan.inputs.slice(1)
    Object.assign(input?.external ?? {}, { urls: ['javascript:alert(1)', 'data:text/html,x'] })
    Object.assign(plan.project, { url: 'JavaScript:alert(1)' })

    const page = recordPage(viewOf(plan))

    assert.match(page, /javascript:alert\(1\)/)
    assert.doesNotMatch(page, /href="(javascript|data):(?!image\/svg)/i)
  })
})
