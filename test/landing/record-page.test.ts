import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { recordPage } from '../../src/landing/record-page.ts'
import { gapInWords } from '../../src/landing/wording.ts'
import { GapCode } from '../../src/record/run.ts'
import { digestWith, exampleCollection, examplePlan, exampleRun } from './example-records.ts'
import { addressesIn, textOf, viewOf } from './example-views.ts'

const digest = digestWith('d')
const page = recordPage(viewOf(exampleRun()))
const text = textOf(page)
const addresses = addressesIn(page)

describe('the page of a run', () => {
  it('says what it is, who made it, and its whole name', () => {
    for (const words of [
      'Heat on a rod',
      'Ada Example',
      'Example University',
      'heat1d 1.0',
      digest,
    ]) {
      assert.ok(text.includes(words), words)
    }
    assert.ok(addresses.includes('https://orcid.org/0000-0002-1825-0097'))
  })

  it('gives a citation with URL and digest, and BibTeX', () => {
    assert.ok(
      text.includes(
        `Ada Example (2026). Heat on a rod [Executed workflow record]. Example Registry. https://registry.example.org/records/${digest}. ${digest}`,
      ),
    )
    assert.ok(text.includes('@misc{heat1d2026-dddddddd,'))
    assert.ok(text.includes('nih:sha-256-120;dddd-'))
  })

  it('gives the lines that download, check and replay it', () => {
    const folder = 'd'.repeat(16)

    for (const line of [
      `curl -fL -C - -o ${folder}.tar 'https://registry.example.org/records/${digest}/bundle.tar?profile=standard'`,
      `tar xf ${folder}.tar`,
      `sh ${folder}/verify.sh ${digest}`,
      'curl -fLO https://registry.example.org/runner/stele.pyz',
      `python3 stele.pyz run ${folder}.tar --bind account=VALUE --input mesh.exo=FILE`,
    ]) {
      assert.ok(text.includes(line), line)
    }
  })

  it('shows each attempt at each stage with its figures', () => {
    for (const words of [
      'solve , attempt 2',
      '3 min 7 s',
      '1 min 42 s',
      '4.0 MiB',
      'failed',
      '143',
    ]) {
      assert.ok(text.includes(words), words)
    }
    assert.ok(text.includes('ran as mpiexec heat1d heat.in'))
    assert.ok(text.includes("sh 'install the solver'"))
    assert.ok(text.includes('CC=gcc -O2 , ACCOUNT from parameter account'))
  })

  it('links files the registry holds to their blobs, and no others', () => {
    assert.ok(addresses.includes(`/blobs/${digestWith('1')}`), 'a retained input')
    assert.ok(addresses.includes(`/blobs/${digestWith('2')}`), 'a lockfile')
    assert.ok(addresses.includes(`/blobs/${digestWith('5')}`), 'a reference')
    assert.ok(addresses.includes(`/blobs/${digestWith('6')}`), 'a log')
    assert.ok(addresses.includes(`/blobs/${digestWith('7')}`), 'a retained output')
    assert.ok(!addresses.includes(`/blobs/${digestWith('8')}`), 'an output that was not kept')
    assert.ok(addresses.includes('https://data.example.org/mesh'), 'an external input')
  })

  it('links the record, the receipt and the bundles', () => {
    for (const address of [
      `/records/${digest}/record.json`,
      `/records/${digest}/receipt`,
      `/records/${digest}/bundle.tar?profile=thin`,
      `/records/${digest}/bundle.tar?profile=standard`,
    ]) {
      assert.ok(addresses.includes(address), address)
    }
    assert.ok(!addresses.includes(`/records/${digest}/signatures`), 'there is no signature')
  })

  it('gives sizes to people and, behind them, in bytes', () => {
    assert.match(page, /title="2,048 bytes"[^>]*>\s*2\.0 KiB/)
  })

  it('says tolerances in words', () => {
    assert.ok(
      text.includes(
        'column peak may differ from the reference by at most 1e-9 times the reference',
      ),
    )
    assert.ok(text.includes('Every other number may differ from the reference by at most 1e-12.'))
    assert.ok(text.includes('four installs agreed'))
  })

  it('marks modules of a site as not portable', () => {
    assert.ok(text.includes('Not portable'))
  })

  it('shows no value of a binding that is redacted or sensitive, even if there is one', () => {
    const run = exampleRun()
    const bindings = [
      { parameter: 'account', value: 'secret-one' },
      { parameter: 'label', value: 'secret-two', redacted: true },
    ]

    const shown = recordPage(viewOf({ ...run, run: { ...run.run, bindings } }))

    assert.doesNotMatch(shown, /secret-one|secret-two/)
    assert.match(textOf(shown), /redacted: private to the site/)
    assert.ok(text.includes('a bound label'), 'other values are shown')
  })

  it('has no verdict when nothing was compared', () => {
    assert.ok(text.includes('were not compared with anything'))
    assert.doesNotMatch(page, /class="badge (identical|within-tolerance|not-compared)"/)
  })
})

describe('gaps stand on the page in words', () => {
  it('those the depositor declared and those the registry found', () => {
    assert.match(
      text,
      /Something private was taken out.*private redacted , declared by the depositor/,
    )
    assert.match(text, /develop names no fixed commit moving-reference , found by the registry/)
    assert.match(text, /3 places in stdout \(home directory\)/)
  })

  it('also those of a plan', () => {
    assert.match(
      textOf(recordPage(viewOf(examplePlan()))),
      /An input is not in the archive.*nobody has it/,
    )
  })

  it('each code with a text of its own', () => {
    const texts = GapCode.options.map((code) => gapInWords[code])

    assert.equal(new Set(texts).size, GapCode.options.length)
    assert.ok(texts.every((words) => words.endsWith('.')))
  })

  it('and their absence is said too', () => {
    const record = exampleCollection()

    assert.doesNotMatch(textOf(recordPage(viewOf(record))), /Gaps/)
    assert.match(
      textOf(recordPage(viewOf({ ...examplePlan(), gaps: [], plan: planWithoutGaps() }))),
      /None was declared, and the registry found none/,
    )
  })
})

function planWithoutGaps() {
  const rule = { type: 'exists' }
  return {
    stages: [{ id: 'run', kind: 'run' }],
    expectations: [{ id: 'out', stage: 'run', path: 'out', required: true, rule }],
  }
}

describe('the pages of other kinds', () => {
  it('show a plan without figures of a run', () => {
    const plan = textOf(recordPage(viewOf(examplePlan())))

    assert.match(plan, /Workflow plan/)
    assert.match(plan, /What a run of this plan must show/)
    assert.doesNotMatch(plan, /Peak memory|In this run/)
  })

  it('show the members of a collection by title where it is known', () => {
    const related = new Map([[digestWith('a'), { title: 'The first run' }]])

    const collection = recordPage(viewOf(exampleCollection(), { related, bundles: [] }))

    assert.match(textOf(collection), /2 members Record Digest The first run/)
    assert.ok(addressesIn(collection).includes(`/records/${digestWith('a')}`))
    assert.ok(!addressesIn(collection).includes(`/records/${digestWith('b')}`))
    assert.doesNotMatch(textOf(collection), /stele\.pyz run/)
  })
})
