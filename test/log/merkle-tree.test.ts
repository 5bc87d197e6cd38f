import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { emptyRoot, leafHash, nodeHash, rootOf, splitOf } from '../../src/log/merkle-tree.ts'
import { leafHashes, quickSha256, rootOfSize } from './log-by-definition.ts'
import { hexOf, textBytes, vectors } from './vectors.ts'

describe('The Merkle tree of the vectors', () => {
  for (const { index, dataUtf8, leafHashHex } of vectors.leafHashes) {
    it(`has leaf hash ${index}`, () => {
      assert.equal(hexOf(leafHash(textBytes(dataUtf8), quickSha256)), leafHashHex)
    })
  }

  for (const { size, rootHex } of vectors.trees) {
    it(`has the root of size ${size}`, () => {
      assert.equal(hexOf(rootOfSize(size)), rootHex)
    })
  }

  it('has a root without leaves', () => {
    assert.equal(hexOf(emptyRoot), vectors.emptyRootHex)
    assert.equal(hexOf(rootOf([], quickSha256)), vectors.emptyRootHex)
  })
})

describe('A Merkle tree', () => {
  it('never takes an inner node for a leaf', () => {
    const [left = emptyRoot, right = emptyRoot] = leafHashes
    const node = nodeHash(left, right, quickSha256)
    assert.notDeepEqual(leafHash(Buffer.concat([left, right]), quickSha256), node)
  })

  it('is split at the largest power of two below its size, however large', () => {
    const sizes = [2, 3, 4, 5, 256, 257, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1]
    const splits = [1, 2, 2, 4, 128, 256, 2 ** 31, 2 ** 32, 2 ** 52]
    assert.deepEqual(sizes.map(splitOf), splits)
  })
})
