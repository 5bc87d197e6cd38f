import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import {
  edgeTilesOfSize,
  parseTilePath,
  sizesWithTile,
  tilePath,
  tilesOfSize,
  type TileName,
} from '../../src/log/tile.ts'
import { pathsOfSize } from './log-by-definition.ts'
import { vectors } from './vectors.ts'

const anyTile: fc.Arbitrary<TileName> = fc
  .record({
    kind: fc.constantFrom('hashes', 'entries'),
    level: fc.integer({ min: 0, max: 63 }),
    index: fc.oneof(fc.nat({ max: 2000 }), fc.maxSafeNat()),
    width: fc.integer({ min: 1, max: 256 }),
  })
  .map((name) => ({ ...name, level: name.kind === 'entries' ? 0 : name.level }))

const badPaths: Readonly<Record<string, readonly string[]>> = {
  'for its level': ['tile/00/000', 'tile/01/000', 'tile/64/000', 'tile/100/000', 'tile//000'],
  'for its index': ['tile/0/0', 'tile/0/00', 'tile/0/0000', 'tile/0/001/000', 'tile/0/x001'],
  'for a long index': ['tile/0/x000/001', 'tile/0/X001/000', 'tile/0/x1/000', 'tile/0/x001//000'],
  'for its width': ['tile/0/000.p/0', 'tile/0/000.p/256', 'tile/0/000.p/01', 'tile/0/000.p/-1'],
  'for a cut width': ['tile/0/000.p/', 'tile/0/000.p', 'tile/0/000.p/1/', 'tile/0/000.p/1000'],
  'for entries': ['tile/entries/0', 'tile/entries/000.p/256', 'tile/entries/x000/000'],
  'for other folders': ['tile/Entries/000', 'tile/entries/0/000', 'tile/0/entries/000'],
  'with more around it': [
    '/tile/0/000',
    'tile/0/000\n',
    'tile/0/000 ',
    'tile/0/ 000',
    'tile/0/000?',
  ],
  'with a way up': ['../tile/0/000', 'tile/../0/000', 'tile/0/..', 'tile/0/%2e%2e'],
  'in other letters': ['Tile/0/000', 'tile/0/000.P/1', 'tile/0/٠٠٠', 'tile/-1/000'],
  'of other files': ['', 'checkpoint', 'tile', 'tile/0'],
  'beyond 2^53-1': [
    'tile/0/x009/x007/x199/x254/x740/992',
    'tile/0/x001/x009/x007/x199/x254/x740/991',
  ],
}

describe('The path of a tile', () => {
  for (const { level, index, width, path, entriesPath } of vectors.tilePaths) {
    it(`is ${path}`, () => {
      assert.equal(tilePath({ kind: 'hashes', level, index, width }), path)
      assert.deepEqual(parseTilePath(path), { kind: 'hashes', level, index, width })
    })

    it(`is ${entriesPath ?? 'none'} for the entries of ${path}`, () => {
      const expected = { kind: 'entries', level: 0, index, width }
      const found = entriesPath === undefined ? expected : parseTilePath(entriesPath)
      assert.deepEqual(found, expected)
    })
  }

  it('says which tile it is', () => {
    fc.assert(
      fc.property(anyTile, (name) => {
        assert.deepEqual(parseTilePath(tilePath(name)), name)
      }),
    )
  })

  for (const [what, paths] of Object.entries(badPaths)) {
    it(`has no second spelling ${what}`, () => {
      const taken = paths.filter((path) => parseTilePath(path) !== undefined)
      assert.deepEqual(taken, [])
    })
  }

  it('is the only one of its tile', () => {
    const anyPath = fc.stringMatching(
      /^tile\/(entries|\d{1,2})\/(x\d{3}\/){0,2}\d{3}(.p\/\d{1,3})?$/,
    )
    fc.assert(
      fc.property(anyPath, (path) => {
        const name = parseTilePath(path)
        assert.ok(name === undefined || tilePath(name) === path)
      }),
    )
  })
})

describe('The tiles of a log', () => {
  for (const { size, resourceCount, fullTiles, partialTiles, resources } of vectors.trees) {
    it(`of size ${size} are those of the vectors`, () => {
      const paths = pathsOfSize(size)
      const hashPaths = paths.filter((path) => !path.startsWith('tile/entries/'))
      const isPartial = (path: string) => path.includes('.p/')
      const unknown = resources.filter(({ path }) => !paths.includes(path))
      assert.equal(paths.length, resourceCount)
      assert.equal(hashPaths.filter(isPartial).length, partialTiles)
      assert.equal(hashPaths.length, fullTiles + partialTiles)
      assert.deepEqual(unknown, [])
    })
  }

  it('of size 0 are none', () => {
    assert.deepEqual(tilesOfSize(0), [])
    assert.deepEqual(edgeTilesOfSize(0), [])
  })

  it('of size 70000 are those of the example in C2SP tlog-tiles', () => {
    assert.deepEqual(edgeTilesOfSize(70_000).map(tilePath), [
      'tile/0/273.p/112',
      'tile/1/001.p/17',
      'tile/2/000.p/1',
    ])
    assert.equal(tilesOfSize(70_000).length, 273 + 1 + 1 + 1 + 1 + 274)
  })

  it('leave out a partial tile without hashes', () => {
    assert.deepEqual(edgeTilesOfSize(65_539).map(tilePath), ['tile/0/256.p/3', 'tile/2/000.p/1'])
  })

  it('are at the largest size still exact', () => {
    const widths = edgeTilesOfSize(2 ** 53 - 1).map(({ width }) => width)
    assert.deepEqual(widths, [255, 255, 255, 255, 255, 255, 31])
  })
})

describe('The sizes of a log that has a tile', () => {
  const anySize = fc.integer({ min: 0, max: 140_000 })
  const isIn = (size: number, name: TileName) => {
    const { first, endExclusive } = sizesWithTile(name)
    return size >= first && size < endExclusive
  }

  it('are those whose tiles it is among', () => {
    fc.assert(
      fc.property(anySize, anySize, (size, other) => {
        const tiles = tilesOfSize(size)
        const others = new Set(pathsOfSize(other))
        const wrong = tiles.filter((name) => isIn(other, name) !== others.has(tilePath(name)))
        assert.deepEqual(wrong, [])
        assert.ok(tiles.every((name) => isIn(size, name)))
      }),
      { numRuns: 50 },
    )
  })

  it('end where the next hash of its level comes, or never', () => {
    const tile = (level: number, width: number) =>
      sizesWithTile({ kind: 'hashes', level, index: 1, width })
    assert.deepEqual(tile(0, 7), { first: 263, endExclusive: 264 })
    assert.deepEqual(tile(1, 7), { first: 67_328, endExclusive: 67_584 })
    assert.deepEqual(tile(1, 256), { first: 131_072, endExclusive: Infinity })
  })

  it('are those of no log for a tile beyond all of them', () => {
    const { first } = sizesWithTile({ kind: 'hashes', level: 63, index: 0, width: 1 })
    assert.ok(first > Number.MAX_SAFE_INTEGER)
  })
})
