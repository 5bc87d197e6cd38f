import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { filesIn, linesOf, type JournaledFile } from '../../src/vault/journal-lines.ts'

const anyBatch = fc.array(
  fc.record({
    file: fc.stringMatching(/^[a-z0-9./]{1,40}$/),
    bytes: fc.uint8Array({ maxLength: 200 }),
  }),
  { minLength: 1, maxLength: 4 },
)

describe('Lines of a journal', () => {
  it('give back the files they were made of', () => {
    fc.assert(
      fc.property(fc.array(anyBatch, { maxLength: 5 }), (batches) => {
        const journal = Buffer.concat(batches.map(linesOf))
        assert.deepEqual(filesIn(journal).map(comparable), batches.flat().map(comparable))
      }),
    )
  })

  it('count for whole batches only, wherever they are cut', () => {
    fc.assert(
      fc.property(anyBatch, anyBatch, fc.nat(), (first, second, position) => {
        const [start, end] = [linesOf(first), linesOf(second)]
        const cut = Buffer.concat([start, end.subarray(0, position % end.length)])
        assert.deepEqual(filesIn(cut).map(comparable), first.map(comparable))
      }),
    )
  })

  it('give back nothing of a last batch that was altered anywhere', () => {
    fc.assert(
      fc.property(anyBatch, fc.nat(), fc.integer({ min: 1, max: 255 }), (batch, position, mask) => {
        const journal = linesOf(batch)
        const at = position % journal.length
        journal[at] = (journal[at] ?? 0) ^ mask
        assert.deepEqual(filesIn(journal), [])
      }),
    )
  })

  it('are a fault when bytes that were acknowledged are damaged', () => {
    const [first, second] = [batchOf('first'), batchOf('second')]
    first[first.indexOf('base64') + 10] = 0
    assert.throws(() => filesIn(Buffer.concat([first, second])), /damaged after 0 documents/)
  })
})

function batchOf(text: string): Buffer {
  return linesOf([{ file: `${text}.json`, bytes: Buffer.from(text.repeat(10)) }])
}

function comparable({ file, bytes }: JournaledFile): string {
  return `${file} ${Buffer.from(bytes).toString('hex')}`
}
