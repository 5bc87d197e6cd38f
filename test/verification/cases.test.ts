import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isGoodReport, outcomesOf } from '../../src/verification/finding.ts'
import { findingsFor, writtenCases } from './written-cases.ts'

describe('a report of verification says what the case file says about', () => {
  for (const written of writtenCases) {
    it(written.name, async () => {
      const findings = await findingsFor(written)
      assert.deepEqual(Object.fromEntries(outcomesOf(findings)), written.expected)
      assert.equal(isGoodReport(findings, written.allow), written.ok)
    })
  }
})

describe('the case file', () => {
  it('has every name once', () => {
    assert.equal(new Set(writtenCases.map(({ name }) => name)).size, writtenCases.length)
  })
})
