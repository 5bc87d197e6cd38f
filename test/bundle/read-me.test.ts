import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { markdownCode, markdownParagraphs, markdownText } from '../../src/bundle/markdown.ts'
import { readMeOf } from '../../src/bundle/read-me.ts'
import { parseDigest } from '../../src/record/digest.ts'
import { checkRecord } from '../../src/record/findings.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { minimalCollection, minimalPlan, minimalRun } from '../record-fixtures.ts'

const digest = parseDigest(`sha256:${'1'.repeat(64)}`)

function readMeFor(document: JsonObject): string {
  return readMeOf(checkRecord(document).record, digest)
}

describe('the README of a bundle', () => {
  it('says what the record is, who made it and how to check it', () => {
    const text = readMeFor(
      minimalRun({
        title: 'Heat in a rod',
        summary: 'First line\nsecond line.\n\nSecond paragraph.',
        application: { name: 'heat', version: '1.0' },
        license: 'CC-BY-4.0',
        keywords: ['heat', 'rod'],
        authors: [
          {
            name: 'Ada Example',
            orcid: '0000-0002-1825-0097',
            affiliation: { name: 'Example Lab' },
          },
          { name: 'Ben Example' },
        ],
      }),
    )
    const lines = text.split('\n')
    assert.deepEqual(lines.slice(0, 15), [
      '# Heat in a rod',
      '',
      'This is the record of a workflow that was run: what was done, where, and what came out.',
      '',
      `- Record: \`${digest}\``,
      '- Authors: Ada Example, Example Lab, ORCID 0000-0002-1825-0097; Ben Example',
      '- Project: Example project',
      '- Application: heat 1.0',
      '- Made: 2026-11-20T10:00:00Z',
      '- License: CC-BY-4.0',
      '- Keywords: heat, rod',
      '',
      'First line second line.',
      '',
      'Second paragraph.',
    ])
    assert.ok(lines.includes(`    sh verify.sh ${digest}`))
    assert.ok(text.endsWith('\n') && !text.endsWith('\n\n'))
  })

  it('lists stages with their commands and endings, expectations and declared gaps', () => {
    const text = readMeFor(
      minimalRun({
        plan: {
          stages: [
            { id: 'build', kind: 'install', command: ['make', '-j', 'two words'] },
            { id: 'run', kind: 'run', needs: ['build'], command: ['x'.repeat(300)] },
            { id: 'look', kind: 'custom' },
          ],
          expectations: [
            {
              id: 'csv',
              stage: 'run',
              path: 'out/*.csv',
              required: false,
              rule: { type: 'exists' },
            },
          ],
        },
        run: {
          stages: [
            { id: 'build', status: 'failed', exitCode: 2, attempt: 1 },
            { id: 'build', status: 'succeeded', exitCode: 0, attempt: 2 },
            { id: 'run', status: 'timeout', signal: 9 },
          ],
          capture: {
            program: 'stele',
            version: '1',
            gaps: [{ code: 'redacted', note: 'two\nlines' }],
          },
        },
      }),
    )
    const listed = text.split('\n').filter((line) => /^(\d\.|- `csv|- redacted)/.test(line))
    assert.deepEqual(listed, [
      '1. `build` (install): `["make","-j","two words"]`; failed, exit code 2; succeeded, exit code 0',
      `2. \`run\` (run, after build): \`["${'x'.repeat(198)}\` … (see \`record.json\`); timeout, signal 9`,
      '3. `look` (custom): documentation only',
      '- `csv`: `out/*.csv` after `run`, rule `exists`, optional',
      '- redacted: two lines',
    ])
  })

  it('offers a replay of runs and plans only', () => {
    assert.match(readMeFor(minimalRun()), /stele\.pyz run \./)
    assert.match(readMeFor(minimalPlan()), /workflow without a run/)
    const collection = readMeFor(minimalCollection())
    assert.doesNotMatch(collection, /stele\.pyz run/)
    assert.match(collection, /## Records in the set\n\n- `sha256:0{64}`\n/)
  })

  it('lets no text of a depositor become markup', () => {
    const hostile = '# <script>alert(1)</script> [x](javascript:y) `code` *b* | ~~s~~'
    const text = readMeFor(
      minimalPlan({
        title: hostile,
        summary: `- item\n\n1. one\n\n===\n\n\`\`\`sh\n\n> ${hostile}`,
        plan: { stages: [{ id: 'run', kind: 'run', command: ['a`b\u001b[31m', '``\u009b'] }] },
      }),
    )
    const [prose = ''] = text.split('## Check it')
    assert.doesNotMatch(prose, /(?<!\\)[<>[*|~]/)
    assert.doesNotMatch(text, /^(- item|1\. one|===|```)/m)
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
    assert.match(text, /^\\- item\n\n1\\. one\n\n\\===\n\n\\`\\`\\`sh\n\n\\> \\# /m)
  })
})

describe('text in Markdown', () => {
  it('has no active character that is not escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const rest = markdownText(text).replaceAll(/\\[\\`*_[\]<>&|~#]/g, '')
        assert.doesNotMatch(rest, /[\\`*_[\]<>&|~#\n]/)
      }),
    )
  })

  it('in a code span cannot end it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', 'a', ' ', '\n') }), (text) => {
        const span = /^(`+)(.*)\1$/s.exec(markdownCode(text))
        const runs: readonly string[] = span?.[2]?.match(/`+/g) ?? []
        assert.ok(span && !runs.includes(span[1] ?? ''))
      }),
    )
  })

  it('keeps paragraphs apart and nothing else', () => {
    assert.equal(markdownParagraphs('a\n b\t c\n \t\n\n\n+ d\n'), 'a b c\n\n\\+ d')
    assert.equal(markdownParagraphs(' \n\n'), '')
    assert.equal(markdownText('left\u202eright'), 'left\\\\u202eright')
  })
})
