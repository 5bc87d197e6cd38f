import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { CompactRange, subtreeCount } from '../../src/log/compact-range.ts'
import { leafHashes, quickSha256, rootOfSize } from './log-by-definition.ts'
import { hexOf, vectors } from './vectors.ts'

/** A tree of the first leaves of the vectors. */
function rangeOfSize(size: number, taken = new CompactRange(quickSha256)): CompactRange {
  for (const hash of leafHashes.slice(taken.size, size)) taken.append(hash)
  return taken
}

describe('a compact range', () => {
  it('has the roots of the published vectors, also of no leaves', () => {
    const roots = vectors.trees.map(({ size }) => [size, hexOf(rangeOfSize(size).root())])
    assert.deepEqual(
      roots,
      vectors.trees.map(({ size, rootHex }) => [size, rootHex]),
    )
    assert.equal(hexOf(rangeOfSize(0).root()), vectors.emptyRootHex)
  })

  it('has the root that RFC 9162 defines at every size on the way', () => {
    const range = new CompactRange(quickSha256)
    const roots = leafHashes.slice(0, 70).map((hash) => {
      range.append(hash)
      return hexOf(range.root())
    })
    assert.deepEqual(
      roots,
      roots.map((_, index) => hexOf(rootOfSize(index + 1))),
    )
  })

  it('goes on from what another has left', () => {
    fc.assert(
      fc.property(fc.nat(600), fc.nat(600), (size, added) => {
        const left = rangeOfSize(size)
        const taken = new CompactRange(quickSha256, left.state())
        assert.equal(
          hexOf(rangeOfSize(size + added, taken).root()),
          hexOf(rootOfSize(size + added)),
        )
        assert.equal(left.size, size)
      }),
      { numRuns: 50 },
    )
  })

  it('keeps one hash for each complete subtree', () => {
    for (const size of [0, 1, 2, 3, 255, 256, 257, 600]) {
      assert.equal(rangeOfSize(size).state().subtrees.length, subtreeCount(size))
    }
    assert.equal(subtreeCount(2 ** 53 - 1), 53)
  })

  it('refuses to go on without a subtree that it needs', () => {
    const { subtrees } = rangeOfSize(1).state()
    const taken = new CompactRange(quickSha256, { size: 3, subtrees })
    assert.throws(() => rangeOfSize(4, taken), /a subtree of 4 leaves is missing/)
  })
})
