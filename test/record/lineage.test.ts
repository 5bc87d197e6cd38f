import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { orderOfStages } from '../../src/record/lineage.ts'

/** Stages from lines such as `run: install mesh`, which needs two. */
function stagesOf(...lines: string[]) {
  return lines.map((line) => {
    const [id = '', ...needs] = line.split(/:? /)
    return needs.length === 0 ? { id } : { id, needs }
  })
}

const orders: readonly (readonly [string, string[], string])[] = [
  ['none', [], ''],
  ['one', ['run'], 'run'],
  ['the order of the plan', ['a', 'b', 'c'], 'a b c'],
  ['what is needed first', ['validate: run', 'run: install', 'install'], 'install run validate'],
  ['the first of the plan that is ready', ['a: b', 'b', 'c'], 'b a c'],
  ['a stage as soon as it is ready', ['a: d', 'b', 'c', 'd'], 'b c d a'],
  [
    'joined branches',
    ['end: left right', 'right: start', 'left: start', 'start'],
    'start right left end',
  ],
  ['a need named twice', ['b: a a', 'a'], 'a b'],
  ['an unknown need as none', ['a: nobody', 'b'], 'a b'],
]

describe('the order of stages', () => {
  for (const [what, lines, expected] of orders) {
    it(`is ${what}`, () => {
      assert.deepEqual(orderOfStages(stagesOf(...lines)), {
        order: expected.split(' ').filter(Boolean),
      })
    })
  }

  const cycles: readonly (readonly [string, string[], string[]])[] = [
    ['a stage that needs itself', ['a', 'b: b'], ['b']],
    ['two that need each other', ['a: b', 'b: a', 'c'], ['a', 'b']],
    ['a ring, and what needs it', ['a: c', 'b: a', 'c: b', 'd: a', 'e'], ['a', 'b', 'c', 'd']],
  ]
  for (const [what, lines, cycle] of cycles) {
    it(`does not exist for ${what}`, () => {
      assert.deepEqual(orderOfStages(stagesOf(...lines)), { cycle })
    })
  }

  it('is the one that choosing the first ready stage again and again gives', () => {
    const stage = fc.record({ needs: fc.array(fc.nat({ max: 9 }), { maxLength: 2 }) })
    fc.assert(
      fc.property(fc.array(stage, { maxLength: 10 }), (list) => {
        const stages = list.map(({ needs }, i) => ({
          id: `s${i}`,
          needs: needs.map((n) => `s${n}`),
        }))
        assert.deepEqual(orderOfStages(stages), orderByChoosing(stages))
      }),
      { numRuns: 500 },
    )
  })

  // An algorithm that looks at every stage for every stage would take hours.
  it('is found for as many stages as a record can hold', () => {
    const count = 200_000
    const free = Array.from({ length: count }, (_, i) => ({ id: `s${i}` }))
    const chain = Array.from({ length: count }, (_, i) => ({ id: `s${i}`, needs: [`s${i + 1}`] }))
    const star = free.map(({ id }) => (id === 's0' ? { id } : { id, needs: ['s0'] }))
    const ids = free.map(({ id }) => id)
    assert.deepEqual(orderOfStages(free), { order: ids })
    assert.deepEqual(orderOfStages(chain), { order: ids.toReversed() })
    assert.deepEqual(orderOfStages(star), { order: ids })
  })
})

/** The same, slowly and plainly. */
function orderByChoosing(stages: readonly { id: string; needs: string[] }[]) {
  const order: string[] = []
  let waiting = [...stages]
  while (waiting.length > 0) {
    const ids = waiting.map((stage) => stage.id)
    const next = waiting.find((stage) => !stage.needs.some((id) => ids.includes(id)))
    if (next === undefined) return { cycle: ids }
    order.push(next.id)
    waiting = waiting.filter((stage) => stage !== next)
  }
  return { order }
}
