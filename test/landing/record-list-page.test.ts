import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { recordListPage } from '../../src/landing/record-list-page.ts'
import { addressesIn, registry, summaryOf, textOf } from './example-views.ts'

describe('a list of records', () => {
  const view = {
    ...registry,
    query: 'rods & "plates"',
    items: [summaryOf({ verdict: 'different' })],
    filters: [
      { name: 'project' as const, active: 'Rods' },
      { name: 'kind' as const, choices: [{ value: 'plan', count: 2 }] },
    ],
    cursor: 'this',
    next: 'next/+1',
  }
  const list = recordListPage(view)
  const query = 'q=rods%20%26%20%22plates%22'

  it('keeps the search text and the filters', () => {
    assert.match(list, /value="rods &amp; &quot;plates&quot;"/)
    assert.match(list, /type="hidden" name="project" value="Rods"/)
  })

  it('leads to the next page, to the first, to a narrower and to a wider search', () => {
    const addresses = addressesIn(list)

    assert.ok(addresses.includes(`/records?${query}&project=Rods&cursor=next%2F%2B1`))
    assert.ok(addresses.includes(`/records?${query}&project=Rods`))
    assert.ok(addresses.includes(`/records?${query}&project=Rods&kind=plan`))
    assert.ok(addresses.includes(`/records?${query}`))
  })

  it('shows each record with its verdict', () => {
    assert.match(
      textOf(list),
      /Heat on a rod different Executed workflow · heat1d · Rods · Ada Example/,
    )
  })

  it('marks what was withdrawn, and can leave it out', () => {
    const items = [summaryOf({ withdrawnAt: '2026-11-22T10:00:00Z' })]
    const filters = [{ name: 'withdrawn' as const, active: 'included' }]

    const marked = recordListPage({ ...registry, query: 'heat', items, filters, next: 'n' })

    assert.match(textOf(marked), /Heat on a rod withdrawn Executed workflow/)
    assert.match(textOf(marked), /Withdrawn records: included leave out/)
    assert.ok(addressesIn(marked).includes('/records?q=heat'))
    assert.ok(addressesIn(marked).includes('/records?q=heat&withdrawn=included&cursor=n'))
    assert.doesNotMatch(textOf(list), /withdrawn/i)
  })

  it('says when nothing was found', () => {
    const none = recordListPage({ ...registry, query: 'phlogiston', items: [], next: null })

    assert.match(textOf(none), /Nothing was found/)
    assert.doesNotMatch(none, /Next page/)
  })
})
