import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { parseRange } from '../../src/http/range.ts'
import { UnsatisfiableRange } from '../../src/http/refusals.ts'

const byteLength = fc.nat({ max: 40 })
const place = fc.nat({ max: 50 })

/** Texts that are nearly ranges. */
const nearlyRange = fc
  .array(fc.constantFrom('bytes', '=', '-', ',', ' ', '\t', '0', '7', '19', '9'.repeat(17), 'x'))
  .map((pieces) => `bytes=${pieces.join('')}`)

describe('parseRange', () => {
  it('takes any text without another fault, and stays within the representation', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), nearlyRange), fc.nat(), (header, length) => {
        const range = rangeOrRefusal(header, length)
        if (range === undefined || range === 'unsatisfiable') return
        assert.ok(range.start >= 0)
        assert.ok(range.start < range.endExclusive)
        assert.ok(range.endExclusive <= length)
      }),
    )
  })

  it('takes the positions from first to last', () => {
    fc.assert(
      fc.property(place, fc.option(place), byteLength, (first, last, length) => {
        const asked = positionsOf(length).filter((at) => at >= first && at <= (last ?? Infinity))
        const isValid = last === null || last >= first
        assert.deepEqual(
          takenBy(`bytes=${first}-${last ?? ''}`, length),
          isValid ? asked : positionsOf(length),
        )
      }),
    )
  })

  it('takes as many positions from the end as asked', () => {
    fc.assert(
      fc.property(place, byteLength, (wanted, length) => {
        const asked = wanted === 0 ? [] : positionsOf(length).slice(-wanted)
        assert.deepEqual(takenBy(`bytes=-${wanted}`, length), asked)
      }),
    )
  })
})

/** Positions a header stands for; none when nothing can be had. */
function takenBy(header: string, length: number): number[] {
  const range = rangeOrRefusal(header, length)
  if (range === 'unsatisfiable') return []
  return positionsOf(length).slice(range?.start, range?.endExclusive)
}

function rangeOrRefusal(header: string, length: number) {
  try {
    return parseRange(header, length)
  } catch (error) {
    assert.ok(error instanceof UnsatisfiableRange)
    assert.deepEqual(error.headers, { 'content-range': `bytes */${length}` })
    return 'unsatisfiable'
  }
}

function positionsOf(length: number): number[] {
  return Array.from({ length }, (_, at) => at)
}
