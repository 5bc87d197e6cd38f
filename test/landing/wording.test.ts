import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { html } from '../../src/landing/html.ts'
import { countInWords, durationInWords, sizeInWords } from '../../src/landing/quantity.ts'
import { ruleInWords } from '../../src/landing/rule-wording.ts'
import { Rule } from '../../src/record/expectation.ts'
import { digestWith } from './example-records.ts'
import { textOf } from './example-views.ts'

const wordsOf = (rule: unknown) => textOf(String(html`${ruleInWords(Rule.parse(rule))}`)).trim()

describe('quantities in words', () => {
  it('sizes go over to the next unit before they read 1024', () => {
    assert.deepEqual(
      [0, 1023, 1024, 10_239, 1_048_575, 1_048_576, 9_663_676_416].map(sizeInWords),
      ['0 B', '1023 B', '1.0 KiB', '10.0 KiB', '1.0 MiB', '1.0 MiB', '9.0 GiB'],
    )
  })

  it('durations have at most two units, and never sixty of one', () => {
    assert.deepEqual(
      [0, 999, 1000, 59_949, 59_950, 60_000, 187_000, 3_599_600, 3_600_000, 90_000_000].map(
        durationInWords,
      ),
      ['0 ms', '999 ms', '1.0 s', '59.9 s', '1 min', '1 min', '3 min 7 s', '1 h', '1 h', '1 d 1 h'],
    )
  })

  it('counts have their thousands set apart', () => {
    assert.deepEqual([7, 1000, 1_234_567].map(countInWords), ['7', '1,000', '1,234,567'])
  })
})

describe('rules in words', () => {
  it('of numbers', () => {
    assert.equal(
      wordsOf({ type: 'numeric', format: 'csv' }),
      'Every number must equal the reference.',
    )
    assert.equal(
      wordsOf({ type: 'numeric', format: 'csv', abs: '1e-12', rel: '0.001', rows: 'prefix' }),
      'Every number may differ from the reference by at most 1e-12 plus 0.001 times the reference value. There may be more rows than in the reference.',
    )
  })

  it('of bytes, text and images', () => {
    const image = { type: 'image', channelDelta: 8, maxFraction: '0.001', maxNrmse: '0.002' }

    assert.match(wordsOf({ type: 'exact' }), /same bytes/)
    assert.match(wordsOf({ type: 'text', ignore: ['^date'], trim: true }), /same text.*\^date/)
    assert.match(wordsOf(image), /at most 0\.001 of the pixels.*more than 8.*at most 0\.002/)
  })

  it('of presence, which is called presence only', () => {
    assert.equal(
      wordsOf({ type: 'exists', minSize: 2048 }),
      'Must be there, at least 2.0 KiB in size. Presence only: the contents are not looked at.',
    )
  })

  it('of expressions, file sets, figures and commands', () => {
    const manifest = { digest: digestWith('1'), size: 1 }

    assert.match(wordsOf({ type: 'regex', pattern: 'NaN', max: 0 }), /NaN must not match/)
    assert.match(
      wordsOf({ type: 'regex', pattern: 'ok', min: 2, max: 3 }),
      /at least 2 and at most 3 times/,
    )
    assert.match(wordsOf({ type: 'regex', pattern: 'ok' }), /at least once/)
    assert.match(wordsOf({ type: 'set', manifest }), /files listed in 111111111111/)
    assert.match(
      wordsOf({ type: 'metric', name: 'speed', lower: '2', unit: 'GB/s' }),
      /speed must be at least 2 GB\/s/,
    )
    assert.match(
      wordsOf({ type: 'command', argv: ['cmp', 'a'], passCodes: [0, 2] }),
      /cmp a must end with exit code 0 or 2/,
    )
  })
})
