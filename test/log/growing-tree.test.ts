import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { encodeEntryBundle, MalformedLogFile } from '../../src/log/entry-bundle.ts'
import { GrowingTree, type Growth } from '../../src/log/growing-tree.ts'
import { rootFromInclusion } from '../../src/log/proof.ts'
import { tilePath, tilesOfSize, tileWidth } from '../../src/log/tile.ts'
import {
  entries,
  leafHashes,
  pathsOfSize,
  quickSha256,
  readTile,
  resourcesDigest,
  rootOfSize,
} from './log-by-definition.ts'
import { hexOf, vectors } from './vectors.ts'

const empty = GrowingTree.empty(quickSha256)
const treeOfSize = (size: number) => empty.grow(leafHashes.slice(0, size)).tree
const growTo = (tree: GrowingTree, size: number) => tree.grow(leafHashes.slice(tree.size, size))

/** The files of a log that grew through these sizes; a longer tile does not remove a shorter one. */
function filesAfter(sizes: readonly number[]): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>()
  let tree = empty
  for (const size of sizes) {
    const growth = growTo(tree, size)
    for (const { name, bytes } of growth.tiles) files.set(tilePath(name), bytes)
    tree = growth.tree
  }
  return files
}

function filesOfSize(size: number): Map<string, Uint8Array> {
  const files = filesAfter([size])
  for (const name of tilesOfSize(size).filter(({ kind }) => kind === 'entries')) {
    const start = name.index * tileWidth
    const bundle = encodeEntryBundle(entries.slice(start, start + name.width))
    files.set(tilePath(name), bundle)
  }
  return files
}

/** Indexes of the new entries whose proof does not lead to the root of the grown tree. */
async function unprovenOf(growth: Growth, oldSize: number): Promise<number[]> {
  const { tree } = growth
  const unproven: number[] = []
  for (let index = oldSize; index < tree.size; index += 1) {
    const claim = { index, size: tree.size, leafHash: leafHashes[index] ?? new Uint8Array() }
    const root = await rootFromInclusion(
      { ...claim, proof: growth.inclusionProof(index) },
      quickSha256,
    )
    if (root === undefined || hexOf(root) !== hexOf(tree.root())) unproven.push(index)
  }
  return unproven
}

async function checkGrowth(oldSize: number, added: number): Promise<void> {
  const growth = growTo(treeOfSize(oldSize), oldSize + added)
  const { tree, tiles } = growth
  const old = new Set(pathsOfSize(oldSize))
  const isNew = (path: string) => !path.startsWith('tile/entries/') && !old.has(path)
  assert.equal(tree.size, oldSize + added)
  assert.deepEqual(tree.root(), rootOfSize(tree.size))
  assert.deepEqual(
    tiles.map(({ name }) => tilePath(name)),
    pathsOfSize(tree.size).filter(isNew),
  )
  for (const { name, bytes } of tiles) assert.deepEqual(bytes, await readTile(name))
  assert.deepEqual(await unprovenOf(growth, oldSize), [])
}

async function checkReopened(size: number, added: number): Promise<void> {
  const opened = await GrowingTree.open(size, readTile, quickSha256)
  const kept = treeOfSize(size)
  assert.equal(opened.size, size)
  assert.deepEqual(opened.root(), kept.root())
  const [growth, expected] = [growTo(opened, size + added), growTo(kept, size + added)]
  assert.deepEqual(growth.tree.root(), expected.tree.root())
  assert.deepEqual(growth.tiles, expected.tiles)
  assert.deepEqual(await unprovenOf(growth, size), [])
}

const edgeSizes = [0, 1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537]

describe('A growing tree', () => {
  for (const { size, rootHex, resourcesDigestSha256 } of vectors.trees) {
    it(`of size ${size} has the files of the vectors, each byte of them`, () => {
      assert.equal(hexOf(treeOfSize(size).root()), rootHex)
      assert.equal(resourcesDigest(filesOfSize(size)), resourcesDigestSha256)
    })
  }

  it('has the root of the definition at each size from 0 to 1100', () => {
    let tree = empty
    for (let size = 0; size <= 1100; size += 1) {
      tree = growTo(tree, size).tree
      assert.deepEqual(tree.root(), rootOfSize(size))
    }
  })

  for (const size of edgeSizes) {
    it(`grows from size ${size} by one leaf, and by two`, async () => {
      await checkGrowth(size, 1)
      await checkGrowth(size, 2)
    })

    it(`goes on at size ${size} with nothing but the tiles of its edge`, async () => {
      await checkReopened(size, 2)
    })
  }

  it('grows by any number of leaves', async () => {
    const size = fc.nat({ max: 1100 })
    await fc.assert(fc.asyncProperty(size, size, checkGrowth), { numRuns: 40 })
  })

  it('goes on at any size', async () => {
    const size = fc.nat({ max: 1100 })
    await fc.assert(fc.asyncProperty(size, fc.nat({ max: 300 }), checkReopened), { numRuns: 40 })
  })

  it('writes the same files whatever the steps in which it grows', () => {
    const steps = fc.uniqueArray(fc.integer({ min: 1, max: 1100 }), { minLength: 1 })
    fc.assert(
      fc.property(steps, (some) => {
        const sizes = some.toSorted((a, b) => a - b)
        const files = filesAfter(sizes)
        const once = filesAfter(sizes.slice(-1))
        assert.deepEqual(new Map([...once.keys()].map((path) => [path, files.get(path)])), once)
      }),
      { numRuns: 30 },
    )
  })

  it('stays as it was when another grows out of it', () => {
    const tree = treeOfSize(300)
    growTo(tree, 700)
    const other = tree.grow(leafHashes.slice(0, 1)).tree
    assert.deepEqual(tree.root(), rootOfSize(300))
    assert.notDeepEqual(other.root(), rootOfSize(301))
    assert.deepEqual(growTo(tree, 301).tree.root(), rootOfSize(301))
  })

  it('publishes nothing when nothing is added', () => {
    const { tree, tiles } = treeOfSize(300).grow([])
    assert.deepEqual(tiles, [])
    assert.deepEqual(tree.root(), rootOfSize(300))
  })

  it('proves only the leaves it was given last', () => {
    const growth = growTo(treeOfSize(300), 302)
    assert.throws(() => growth.inclusionProof(299), RangeError)
    assert.throws(() => growth.inclusionProof(302), RangeError)
  })

  it('reads no other tiles than the partial ones', async () => {
    const read: string[] = []
    const readNoted = (name: Parameters<typeof readTile>[0]) => {
      read.push(tilePath(name))
      return readTile(name)
    }
    await GrowingTree.open(65_537, readNoted, quickSha256)
    assert.deepEqual(read, ['tile/0/256.p/1', 'tile/2/000.p/1'])
  })

  it('does not go on from a tile of another width', async () => {
    const readShort = async () => new Uint8Array(32)
    await assert.rejects(GrowingTree.open(2, readShort, quickSha256), MalformedLogFile)
  })
})
