import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { Places } from '../../src/bundle/places.ts'
import { collidingPaths } from '../../src/record/path-rules.ts'

const shortPath = fc
  .array(fc.constantFrom('a', 'A', 'b', 'ä', 'Ä', 'K', '\u212a'), { minLength: 1, maxLength: 3 })
  .map((components) => components.join('/'))

describe('the places of a bundle', () => {
  it('are given away as the path rules say', () => {
    fc.assert(
      fc.property(fc.array(shortPath), (paths) => {
        const places = new Places()
        const taken = paths.filter((path) => places.take(path))
        assert.deepEqual(collidingPaths(taken), [])
        assert.equal(taken.length === paths.length, collidingPaths(paths).length === 0)
      }),
      { numRuns: 500 },
    )
  })

  it('stay free when a file that could not lie there wanted them', () => {
    const places = new Places()
    const answers = ['a/b', 'A', 'a/c', 'a/b/d', 'x', 'x/y', 'X/z'].map((path) => places.take(path))
    assert.deepEqual(answers, [true, false, true, false, true, false, false])
  })
})
