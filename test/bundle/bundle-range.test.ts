import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import {
  BrokenBlob,
  MissingBlob,
  planBundle,
  type OpenBlob,
} from '../../src/bundle/write-bundle.ts'
import { parseDigest } from '../../src/record/digest.ts'
import { anyFiles, entriesOf } from './arbitrary-files.ts'
import { Blobs, bundleOf, bytesOf, inPieces, smallRun } from './bundle-fixtures.ts'

const blob = parseDigest(`sha256:${'b'.repeat(64)}`)
const top = '0123456789abcdef'

/** A plan of one blob of 1000 bytes, `data/blob`, and the tag manifest. */
function planOfOneBlob() {
  const [tagManifest] = entriesOf([])
  assert.ok(tagManifest)
  const entry = { path: 'data/blob', mode: 0o644, byteLength: 1000, digest: blob } as const
  return planBundle([{ ...entry, source: { blob } }, tagManifest], top, 0)
}

const openWith =
  (byteLength: number): OpenBlob =>
  async () =>
    inPieces(new Uint8Array(byteLength), 300)

async function readAll(openBlob: OpenBlob): Promise<Buffer> {
  const plan = planOfOneBlob()
  return bytesOf(plan.open({ start: 0, endExclusive: plan.byteLength }, openBlob))
}

describe('a range of a bundle', () => {
  it('is that part of the whole', async () => {
    const blobs = new Blobs()
    const { plan, bytes } = await bundleOf(smallRun(blobs), blobs, 'full')
    const offset = fc.nat(plan.byteLength)
    await fc.assert(
      fc.asyncProperty(offset, offset, async (one, other) => {
        const range = { start: Math.min(one, other), endExclusive: Math.max(one, other) }
        const part = await bytesOf(plan.open(range, blobs.open))
        assert.ok(part.equals(bytes.subarray(range.start, range.endExclusive)))
      }),
      { numRuns: 150 },
    )
  })

  it('is that part of the whole wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(anyFiles, fc.double({ min: 0, max: 1, noNaN: true }), async (files, at) => {
        const plan = planBundle(entriesOf(files), top, 0)
        const cut = Math.floor(plan.byteLength * at)
        const open = (start: number, endExclusive: number) =>
          bytesOf(plan.open({ start, endExclusive }, new Blobs().open))
        const whole = await open(0, plan.byteLength)
        const joined = Buffer.concat([await open(0, cut), await open(cut, plan.byteLength)])
        assert.ok(joined.equals(whole))
      }),
      { numRuns: 60 },
    )
  })

  it('opens no blob before its turn', async () => {
    const blobs = new Blobs()
    const { plan, bytes } = await bundleOf(smallRun(blobs), blobs, 'full')
    const contents = bytes.indexOf('cells 64')
    blobs.opened.length = 0
    await bytesOf(plan.open({ start: contents - 512, endExclusive: contents }, blobs.open))
    assert.deepEqual(blobs.opened, [])
    await bytesOf(plan.open({ start: contents - 1, endExclusive: contents + 1 }, blobs.open))
    assert.deepEqual(
      blobs.opened.map(({ range }) => range),
      [{ start: 0, endExclusive: 1 }],
    )
  })

  it('asks a blob for exactly the bytes of the range', async () => {
    const asked: unknown[] = []
    const openBlob: OpenBlob = async (_digest, range) => {
      asked.push(range)
      return inPieces(new Uint8Array(range.endExclusive - range.start), 300)
    }
    const part = planOfOneBlob().open({ start: 512 + 10, endExclusive: 512 + 30 }, openBlob)
    assert.equal((await bytesOf(part)).length, 20)
    assert.deepEqual(asked, [{ start: 10, endExclusive: 30 }])
  })

  it('is refused when it is not within the tar', () => {
    const plan = planOfOneBlob()
    for (const [start, endExclusive] of [
      [-1, 5],
      [5, 4],
      [0, plan.byteLength + 1],
      [0.5, 2],
      [0, Number.NaN],
    ] as const) {
      assert.throws(() => plan.open({ start, endExclusive }, new Blobs().open), RangeError)
    }
  })

  it('throws when a blob is missing, too short or too long, and never pads', async () => {
    await assert.rejects(
      readAll(async () => undefined),
      MissingBlob,
    )
    await assert.rejects(readAll(openWith(999)), BrokenBlob)
    await assert.rejects(readAll(openWith(0)), BrokenBlob)
    await assert.rejects(readAll(openWith(1001)), BrokenBlob)
    assert.equal((await readAll(openWith(1000))).length, planOfOneBlob().byteLength)
  })

  it('closes the blob when the reader stops early', async () => {
    let closed = false
    async function* endless() {
      try {
        for (;;) yield new Uint8Array(1)
      } finally {
        closed = true
      }
    }
    const plan = planOfOneBlob()
    const whole = plan.open({ start: 0, endExclusive: plan.byteLength }, async () => endless())
    let pieces = 0
    for await (const piece of whole) {
      pieces += piece.length > 0 ? 1 : 0
      if (pieces === 3) break
    }
    assert.ok(closed)
  })
})
