import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { tombstonePage } from '../../src/landing/tombstone-page.ts'
import { withdrawalReasonInWords } from '../../src/landing/wording.ts'
import { WithdrawalReason } from '../../src/record/record-event.ts'
import { digestWith } from './example-records.ts'
import { addressesIn, textOf, tombstoneViewOf } from './example-views.ts'

const digest = digestWith('d')
const value = { reason: 'rights', explanation: 'The mesh belongs to somebody else.' }
const page = tombstonePage(tombstoneViewOf(value))
const text = textOf(page)

describe('the tombstone of a record', () => {
  it('keeps its title and its whole digest', () => {
    assert.match(text, /Executed workflow Heat on a rod withdrawn/)
    assert.ok(page.includes(`<code class="whole">${digest}</code>`))
  })

  it('says when and why it was withdrawn', () => {
    assert.match(text, /withdrawn on 2026-11-22 : it holds what its depositor had no right to/)
    assert.match(text, /Explanation The mesh belongs to somebody else\./)
    assert.match(text, /Withdrawn 2026-11-22 10:00:00 UTC , log index 1,042/)
  })

  it('says when it was deposited, and that the log is as it was', () => {
    assert.match(text, /Deposited 2026-11-21 08:00:00 UTC , log index 41/)
    assert.match(text, /The log is as it was/)
  })

  it('leads to what remains, and to nothing that is gone', () => {
    const addresses = addressesIn(page)
    for (const address of [
      `/records/${digest}/receipt`,
      `/records/${digest}/proof`,
      '/log/checkpoint',
      `/events/${digestWith('9')}`,
      `/events/${digestWith('9')}/receipt`,
      `/events/${digestWith('9')}/proof`,
    ]) {
      assert.ok(addresses.includes(address), address)
    }
    assert.doesNotMatch(page, /record\.json|bundle\.tar|\/blobs\//)
  })

  it('leads to the signatures where the depositor signed', () => {
    const signed = tombstonePage(tombstoneViewOf(value, { isSigned: true }))
    assert.ok(addressesIn(signed).includes(`/records/${digest}/signatures`))
    assert.ok(!addressesIn(page).includes(`/records/${digest}/signatures`))
  })

  it('is not for search engines', () => {
    assert.match(page, /<meta name="robots" content="noindex"/)
  })

  it('has words of its own for each reason', () => {
    const words = WithdrawalReason.options.map((reason) => withdrawalReasonInWords[reason])
    assert.equal(new Set(words).size, WithdrawalReason.options.length)
  })
})
