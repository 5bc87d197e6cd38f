import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { MalformedLogFile } from '../../src/log/entry-bundle.ts'
import { emptyRoot } from '../../src/log/merkle-tree.ts'
import {
  consistencyProofFromTiles,
  inclusionProofFromTiles,
  rootFromInclusion,
  rootFromTiles,
  verifyConsistency,
  type ConsistencyClaim,
  type InclusionClaim,
} from '../../src/log/proof.ts'
import { webSha256 } from '../../src/log/web-crypto.ts'
import { leafHashes, quickSha256, readTile, rootOfSize } from './log-by-definition.ts'
import { bytesOfHex, hexOf, vectors } from './vectors.ts'

const noHash = new Uint8Array()

async function inclusionClaim(index: number, size: number): Promise<InclusionClaim> {
  const proof = await inclusionProofFromTiles(index, size, readTile, quickSha256)
  return { index, size, leafHash: leafHashes[index] ?? noHash, proof }
}

async function consistencyClaim(oldSize: number, newSize: number): Promise<ConsistencyClaim> {
  const proof = await consistencyProofFromTiles(oldSize, newSize, readTile, quickSha256)
  const [oldRoot, newRoot] = [rootOfSize(oldSize), rootOfSize(newSize)]
  return { oldSize, oldRoot, newSize, newRoot, proof }
}

async function isIncluded(claim: InclusionClaim, root: Uint8Array): Promise<boolean> {
  const found = await rootFromInclusion(claim, quickSha256)
  return found !== undefined && hexOf(found) === hexOf(root)
}

const flipped = (bytes: Uint8Array, bit: number): Uint8Array =>
  bytes.map((byte, at) => (at === (bit >> 3) % bytes.length ? byte ^ (1 << (bit & 7)) : byte))

/** The hashes with one bit of one of them changed. */
const oneFlipped = (hashes: readonly Uint8Array[], which: number, bit: number): Uint8Array[] =>
  hashes.map((hash, at) => (at === which % hashes.length ? flipped(hash, bit) : hash))

const anyBit = fc.nat({ max: 255 })
const anyHash = fc.nat({ max: 1000 })
const anySizes = fc
  .tuple(fc.integer({ min: 1, max: 1100 }), fc.nat({ max: 1100 }))
  .map(([size, any]) => ({ size, smaller: any % (size + 1), index: any % size }))

describe('A proof of inclusion', () => {
  for (const { size, index, leafHashHex, proofHex } of vectors.inclusion) {
    it(`of entry ${index} in the log of size ${size} is that of the vectors`, async () => {
      const claim = await inclusionClaim(index, size)
      assert.deepEqual(claim.proof.map(hexOf), proofHex)
      assert.equal(hexOf(claim.leafHash), leafHashHex)
      assert.ok(await isIncluded(claim, rootOfSize(size)))
    })
  }

  it('holds for every entry of every small log', async () => {
    for (let size = 1; size <= 40; size += 1) {
      for (let index = 0; index < size; index += 1) {
        assert.ok(await isIncluded(await inclusionClaim(index, size), rootOfSize(size)))
      }
    }
  })

  it('fails with any bit changed, and for any other entry', async () => {
    await fc.assert(
      fc.asyncProperty(anySizes, anyHash, anyBit, async ({ size, index }, which, bit) => {
        const claim = await inclusionClaim(index, size)
        const [leafHash = noHash, ...proof] = oneFlipped(
          [claim.leafHash, ...claim.proof],
          which,
          bit,
        )
        const root = rootOfSize(size)
        const other = leafHashes[(index + 1 + (which % size)) % size] ?? noHash
        const isSame = hexOf(other) === hexOf(claim.leafHash)
        assert.ok(await isIncluded(claim, root))
        assert.ok(!(await isIncluded({ ...claim, leafHash, proof }, root)))
        assert.ok(!(await isIncluded(claim, flipped(root, bit))))
        assert.equal(await isIncluded({ ...claim, leafHash: other }, root), isSame)
      }),
    )
  })

  it('fails at another index', async () => {
    await fc.assert(
      fc.asyncProperty(anySizes, anyHash, async ({ size, index }, which) => {
        const claim = await inclusionClaim(index, size)
        const root = rootOfSize(size)
        const other = (index + 1 + which) % size
        assert.equal(await isIncluded({ ...claim, index: other }, root), other === index)
      }),
    )
  })

  const claim = { index: 3, size: 7, leafHash: leafHashes[3] ?? noHash }
  const proof = vectors.inclusion
    .find(({ size, index }) => size === 7 && index === 3)
    ?.proofHex.map(bytesOfHex)
  const proofOf7 = proof ?? []
  const wrongClaims: Readonly<Record<string, InclusionClaim>> = {
    'a hash is missing': { ...claim, proof: proofOf7.slice(1) },
    'a hash is too many': { ...claim, proof: [...proofOf7, emptyRoot] },
    'a hash is too short': { ...claim, proof: proofOf7.map((hash) => hash.subarray(1)) },
    'the leaf hash is too long': { ...claim, leafHash: new Uint8Array(33), proof: proofOf7 },
    'the index is the size': { ...claim, index: 7, proof: proofOf7 },
    'the index is negative': { ...claim, index: -1, proof: proofOf7 },
    'the index is no integer': { ...claim, index: 2.5, proof: proofOf7 },
    'the index is no number': { ...claim, index: NaN, proof: proofOf7 },
    'the size is no integer': { ...claim, size: 7.5, proof: proofOf7 },
    'the size is unlimited': { ...claim, size: Infinity, proof: proofOf7 },
    'the log is empty': { ...claim, index: 0, size: 0, proof: [] },
  }

  for (const [why, wrong] of Object.entries(wrongClaims)) {
    it(`leads to no root when ${why}`, async () => {
      assert.equal(proofOf7.length, 3)
      assert.equal(await rootFromInclusion(wrong, quickSha256), undefined)
    })
  }

  it('is made for no entry outside of the log', async () => {
    await assert.rejects(inclusionProofFromTiles(7, 7, readTile, quickSha256), RangeError)
    await assert.rejects(inclusionProofFromTiles(-1, 7, readTile, quickSha256), RangeError)
  })
})

describe('A proof of consistency', () => {
  for (const { oldSize, newSize, oldRootHex, newRootHex, proofHex } of vectors.consistency) {
    it(`from size ${oldSize} to ${newSize} is that of the vectors`, async () => {
      const claim = await consistencyClaim(oldSize, newSize)
      assert.deepEqual(claim.proof.map(hexOf), proofHex)
      assert.equal(hexOf(claim.oldRoot), oldRootHex)
      assert.equal(hexOf(claim.newRoot), newRootHex)
      assert.ok(await verifyConsistency(claim, quickSha256))
    })
  }

  it('holds between all sizes of a small log', async () => {
    for (let newSize = 0; newSize <= 40; newSize += 1) {
      for (let oldSize = 0; oldSize <= newSize; oldSize += 1) {
        assert.ok(await verifyConsistency(await consistencyClaim(oldSize, newSize), quickSha256))
      }
    }
  })

  it('fails with any bit of it or of the roots changed', async () => {
    await fc.assert(
      fc.asyncProperty(anySizes, anyHash, anyBit, async ({ size, smaller }, which, bit) => {
        const claim = await consistencyClaim(smaller, size)
        const [oldRoot = noHash, ...others] = oneFlipped(
          [claim.oldRoot, ...claim.proof, ...(smaller === 0 ? [] : [claim.newRoot])],
          which,
          bit,
        )
        const proof = others.slice(0, claim.proof.length)
        const newRoot = others[claim.proof.length] ?? claim.newRoot
        const wrong = { ...claim, oldRoot, newRoot, proof }
        assert.ok(await verifyConsistency(claim, quickSha256))
        assert.ok(!(await verifyConsistency(wrong, quickSha256)))
      }),
    )
  })

  it('fails for a log that was rewritten', async () => {
    const claim = await consistencyClaim(6, 7)
    const forked = { ...claim, oldRoot: flipped(claim.oldRoot, 0) }
    assert.ok(!(await verifyConsistency(forked, quickSha256)))
  })

  const refused: Readonly<Record<string, (claim: ConsistencyClaim) => ConsistencyClaim>> = {
    'the log has shrunk': (claim) => ({ ...claim, oldSize: 7, newSize: 6 }),
    'a hash is missing': (claim) => ({ ...claim, proof: claim.proof.slice(1) }),
    'a hash is too many': (claim) => ({ ...claim, proof: [...claim.proof, emptyRoot] }),
    'a hash is too short': (claim) => ({ ...claim, proof: claim.proof.map((h) => h.slice(1)) }),
    'a size is no integer': (claim) => ({ ...claim, oldSize: 5.5 }),
    'a size is negative': (claim) => ({ ...claim, oldSize: -6 }),
    'one size has two roots': ({ newSize, newRoot, oldRoot }) => {
      return { oldSize: newSize, oldRoot, newSize, newRoot, proof: [] }
    },
    'the empty log has a root of its own': (claim) => ({ ...claim, oldSize: 0, proof: [] }),
    'both logs are empty, with a root of their own': ({ oldRoot }) => {
      return { oldSize: 0, oldRoot, newSize: 0, newRoot: oldRoot, proof: [] }
    },
  }

  for (const [why, change] of Object.entries(refused)) {
    it(`fails when ${why}`, async () => {
      const wrong = change(await consistencyClaim(6, 7))
      assert.equal(await verifyConsistency(wrong, quickSha256), false)
    })
  }

  it('is made for no log that has shrunk', async () => {
    await assert.rejects(consistencyProofFromTiles(7, 6, readTile, quickSha256), RangeError)
  })
})

describe('The files of a log', () => {
  for (const { size, rootHex } of vectors.trees) {
    it(`of size ${size} give its root`, async () => {
      assert.equal(hexOf(await rootFromTiles(size, readTile, quickSha256)), rootHex)
    })
  }

  it('give the root of the empty log without being read', async () => {
    const root = await rootFromTiles(0, () => Promise.reject(new Error('read')), quickSha256)
    assert.deepEqual(root, emptyRoot)
  })

  it('are refused when a tile is not as wide as its name says', async () => {
    const readShort = async () => new Uint8Array(31)
    await assert.rejects(rootFromTiles(5, readShort, quickSha256), MalformedLogFile)
  })

  it('are read with a hash that gives promises, as browsers have it', async () => {
    const proof = await inclusionProofFromTiles(255, 257, readTile, webSha256)
    const claim = { index: 255, size: 257, leafHash: leafHashes[255] ?? noHash, proof }
    assert.deepEqual(await rootFromInclusion(claim, webSha256), rootOfSize(257))
    const consistency = await consistencyClaim(255, 257)
    assert.ok(await verifyConsistency(consistency, webSha256))
  })
})
