import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { recordPage } from '../../src/landing/record-page.ts'
import { parseDigest } from '../../src/record/digest.ts'
import { digestWith, exampleReplay, exampleRun } from './example-records.ts'
import { addressesIn, textOf, viewOf } from './example-views.ts'

describe('the page of a replay', () => {
  const known = new Map([[digestWith('a'), { title: 'The first run' }]])
  const replay = recordPage(viewOf(exampleReplay(), { related: known }))

  it('leads to the record it replays', () => {
    assert.ok(textOf(replay).includes('a replay of The first run'))
    assert.ok(addressesIn(replay).includes(`/records/${digestWith('a')}`))
  })

  it('shows the verdict and the measured numbers against their limits', () => {
    assert.match(textOf(replay), /within tolerance every difference is within the tolerance/)
    assert.match(textOf(replay), /largest relative difference 7\.1e-16 1e-9/)
    assert.match(textOf(replay), /figure of ours 3/)
    assert.match(textOf(replay), /run.log different the line is not there/)
  })

  it('says when that record was withdrawn', () => {
    const withdrawnAt = '2026-11-22T10:00:00Z'
    const related = new Map([[digestWith('a'), { title: 'The first run', withdrawnAt }]])

    const withdrawn = textOf(recordPage(viewOf(exampleReplay(), { related })))

    assert.match(withdrawn, /a replay of The first run withdrawn/)
    assert.match(withdrawn, /Replay of The first run withdrawn/)
  })

  it('does not link a record that this registry does not have', () => {
    const elsewhere = recordPage(viewOf(exampleReplay()))

    assert.ok(!addressesIn(elsewhere).includes(`/records/${digestWith('a')}`))
    assert.ok(textOf(elsewhere).includes('not in this registry'))
  })
})

describe('what came of a record', () => {
  const referrer = {
    digest: parseDigest(digestWith('f')),
    title: 'A later record',
    kind: 'run' as const,
    acceptedAt: '2026-12-01T00:00:00Z',
  }

  it('is listed with the verdicts of its replays', () => {
    const referencedBy = [
      { ...referrer, relation: 'replayOf' as const, verdict: 'different' as const },
    ]

    const shown = recordPage(viewOf(exampleRun(), { referencedBy }))

    assert.match(textOf(shown), /Replayed by A later record Executed workflow different 2026-12-01/)
    assert.ok(addressesIn(shown).includes(`/records/${digestWith('f')}`))
  })

  it('is marked where it was withdrawn, and then supersedes nothing', () => {
    const withdrawnAt = '2026-12-02T00:00:00Z'
    const referencedBy = [{ ...referrer, relation: 'supersedes' as const, withdrawnAt }]

    const shown = textOf(recordPage(viewOf(exampleRun(), { referencedBy })))

    assert.match(shown, /Superseded by A later record withdrawn Executed workflow/)
    assert.doesNotMatch(shown, /A newer record supersedes this one/)
  })

  it('is said at the top when a newer record supersedes it', () => {
    const referencedBy = [{ ...referrer, relation: 'supersedes' as const }]

    const shown = textOf(recordPage(viewOf(exampleRun(), { referencedBy })))

    assert.match(shown, /A newer record supersedes this one: A later record/)
  })
})
