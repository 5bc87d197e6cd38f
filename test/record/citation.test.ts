import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import {
  bibtexOf,
  citationKeyOf,
  citationTextOf,
  type CitedRecord,
} from '../../src/record/citation.ts'
import { digestOfHex } from '../../src/record/digest.ts'
import { WorkflowRecord } from '../../src/record/workflow-record.ts'

const digest = digestOfHex('a948904f2f0f479b8f8197694b30184b0d2ed1c1cd2a1ec0fb85d299a192a447')
const url = `https://registry.example.org/records/${digest}`

/** A record of a run, with some members changed; `undefined` takes a member away. */
function cited(changes: Record<string, unknown> = {}): CitedRecord {
  const members = {
    schema: 'stele-record-1',
    kind: 'run',
    title: 'Heat equation on a rod',
    project: { name: 'rods' },
    application: { name: 'heat' },
    authors: [{ name: 'Ada Example' }, { name: 'Bo Sample' }],
    createdAt: '2026-11-20T10:00:00Z',
    plan: { stages: [{ id: 'run', kind: 'run' }] },
    run: { stages: [{ id: 'run', status: 'succeeded' }] },
    ...changes,
  }
  const present = Object.entries(members).filter(([, value]) => value !== undefined)
  return {
    record: WorkflowRecord.parse(Object.fromEntries(present)),
    digest,
    registryUrl: 'https://registry.example.org',
    registryName: 'Example Registry',
    acceptedAt: '2026-11-21T08:00:00Z',
  }
}

const authorsNamed = (...names: string[]) => ({ authors: names.map((name) => ({ name })) })

/** Depth of braces after each character; BibTeX counts them even behind a backslash. */
function depthsOf(text: string): number[] {
  let depth = 0
  return Array.from(text, (character) => {
    depth += character === '{' ? 1 : character === '}' ? -1 : 0
    return depth
  })
}

describe('a citation in words', () => {
  it('names authors, year of acceptance, title, publisher, URL and the whole digest', () => {
    assert.equal(
      citationTextOf(cited()),
      `Ada Example, Bo Sample (2026). Heat equation on a rod [Executed workflow record]. Example Registry. ${url}. ${digest}`,
    )
  })

  it('says what kind of record it is', () => {
    const collection = cited({
      kind: 'collection',
      plan: undefined,
      run: undefined,
      members: [digest],
    })
    const plan = cited({ kind: 'plan', run: undefined })

    assert.match(citationTextOf(collection), /\[Collection of workflow records\]/)
    assert.match(citationTextOf(plan), /\[Workflow plan record\]/)
  })

  it('keeps names apart that have commas of their own', () => {
    const text = citationTextOf(cited(authorsNamed('Example, Ada', 'Sample, Bo')))

    assert.match(text, /^Example, Ada; Sample, Bo \(2026\)/)
  })

  it('cuts a long list of authors and says so', () => {
    const names = Array.from({ length: 11 }, (_, index) => `Author ${index + 1}`)

    const text = citationTextOf(cited(authorsNamed(...names)))

    assert.match(text, /Author 10 et al\. \(2026\)/)
    assert.doesNotMatch(text, /Author 11/)
  })
})

describe('a citation for BibTeX', () => {
  it('is one entry with its own key', () => {
    assert.equal(
      bibtexOf(cited()),
      [
        '@misc{heat2026-a948904f,',
        '  author = {Ada Example and Bo Sample},',
        '  title = {{Heat equation on a rod}},',
        '  year = {2026},',
        '  howpublished = {Executed workflow record, Example Registry},',
        '  publisher = {Example Registry},',
        `  url = {${url}},`,
        `  note = {${digest}},`,
        '}',
        '',
      ].join('\n'),
    )
  })

  it('escapes what TeX would obey', () => {
    const entry = bibtexOf(cited({ title: '50% of x_1 & {y} ~ $z^2$ #1 \\input' }))

    assert.ok(
      entry.includes(
        '{{50\\% of x\\_1 \\& \\textbraceleft{}y\\textbraceright{} \\textasciitilde{} \\$z\\textasciicircum{}2\\$ \\#1 \\textbackslash{}input}}',
      ),
      entry,
    )
  })

  it('keeps a name whole that BibTeX would cut', () => {
    const entry = bibtexOf(
      cited(authorsNamed('Heat and Mass Group', 'Example, Jr., Ada, B.', 'Sample, Bo')),
    )

    assert.match(
      entry,
      /author = \{\{Heat and Mass Group\} and \{Example, Jr\., Ada, B\.\} and Sample, Bo\}/,
    )
  })

  it('closes exactly the braces it opens, whatever the title and the names are', () => {
    const line = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 60 })
      .filter((text) => !/[\u0000-\u001f\u007f-\u009f]/.test(text))
    fc.assert(
      fc.property(line, line, (title, name) => {
        const depths = depthsOf(bibtexOf(cited({ title, ...authorsNamed(name) })).trimEnd())

        assert.equal(depths.at(-1), 0)
        assert.ok(depths.slice(depths.indexOf(1), -1).every((depth) => depth > 0))
      }),
    )
  })
})

describe('the key of a citation', () => {
  it('is made of the application, or else the first word that says something', () => {
    const untitled = cited({ application: undefined, title: 'The Über-Lauf of 2026' })

    assert.equal(citationKeyOf(cited()), 'heat2026-a948904f')
    assert.equal(citationKeyOf(untitled), 'uber2026-a948904f')
  })

  it('is ASCII even when nothing in the title is', () => {
    const key = citationKeyOf(cited({ application: undefined, title: '熱伝導' }))

    assert.equal(key, 'record2026-a948904f')
  })
})
