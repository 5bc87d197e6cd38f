import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { filesIn, linesOf, type JournaledFile } from '../../src/vault/journal-lines.ts'

type Batch = readonly JournaledFile[]

const anyBatch = fc.array(
  fc.record({
    file: fc.stringMatching(/^[a-z0-9./]{1,40}$/),
    bytes: fc.uint8Array({ maxLength: 200 }),
  }),
  { minLength: 1, maxLength: 4 },
)
/** Batches that share a sync. */
const anyBatches = fc.array(anyBatch, { minLength: 1, maxLength: 4 })
const anyMask = fc.integer({ min: 1, max: 255 })

describe('Lines of a journal', () => {
  it('give back the files they were made of', () => {
    fc.assert(
      fc.property(fc.array(anyBatches, { maxLength: 5 }), (syncs) => {
        const files = filesIn(journalOf(syncs))
        assert.deepEqual(files.map(comparable), syncs.flat(2).map(comparable))
      }),
    )
  })

  it('count for whole batches only, wherever they are cut', () => {
    fc.assert(
      fc.property(anyBatches, anyBatches, fc.nat(), (first, second, position) => {
        const start = linesOf(first, 0)
        const end = linesOf(second, start.length)
        const at = position % end.length
        const files = filesIn(Buffer.concat([start, end.subarray(0, at)]))
        const whole = [...first, ...batchesBefore(second, at, start.length)]
        assert.deepEqual(files.map(comparable), whole.flat().map(comparable))
      }),
    )
  })

  it('give back none of a sync from the batch on that was altered anywhere', () => {
    fc.assert(
      fc.property(anyBatches, fc.nat(), fc.nat(300), anyMask, (batches, position, length, mask) => {
        const journal = linesOf(batches, 0)
        const at = position % journal.length
        const hole = journal.subarray(at, at + 1 + length)
        hole.set(hole.map((byte) => byte ^ mask))
        const whole = batchesBefore(batches, at, 0)
        assert.deepEqual(filesIn(journal).map(comparable), whole.flat().map(comparable))
      }),
    )
  })

  it('are a fault when bytes that were acknowledged are altered anywhere', () => {
    fc.assert(
      fc.property(anyBatches, anyBatch, fc.nat(), anyMask, (batches, last, position, mask) => {
        const start = linesOf(batches, 0)
        const end = linesOf([last], start.length)
        // But for the line feed before the last batch, without which that is damaged too.
        const at = position % (start.length - 1)
        start[at] = (start[at] ?? 0) ^ mask
        assert.throws(() => filesIn(Buffer.concat([start, end])), /damaged after \d+ documents/)
      }),
    )
  })
})

function journalOf(syncs: readonly (readonly Batch[])[]): Buffer {
  return syncs.reduce<Buffer>(
    (journal, batches) => Buffer.concat([journal, linesOf(batches, journal.length)]),
    Buffer.alloc(0),
  )
}

/** Batches of one sync whose lines end at or before an offset from its start. */
function batchesBefore(batches: readonly Batch[], offset: number, synced: number): Batch[] {
  return batches.filter((_, index) => linesOf(batches.slice(0, index + 1), synced).length <= offset)
}

function comparable({ file, bytes }: JournaledFile): string {
  return `${file} ${Buffer.from(bytes).toString('hex')}`
}
