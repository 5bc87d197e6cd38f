import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  CheckpointConflict,
  type LogEntries,
  type SignedCheckpoint,
} from '../../src/catalog/log-entries.ts'

/** A checkpoint whose note tells it from others; the catalog does not read notes. */
function checkpointOf(size: number, changes: Partial<SignedCheckpoint> = {}): SignedCheckpoint {
  const note = `example.org/log\n${size}\n\u2014 example.org/log Az==\n`
  return { size, root: size.toString(16).padStart(64, '0'), note, ...changes }
}

/** What every LogEntries promises of checkpoints. `openEmpty` gives each test one of its own. */
export function checkpointsContract(
  name: string,
  openEmpty: () => Promise<{ readonly entries: LogEntries }>,
): void {
  const openWith = async (...sizes: number[]): Promise<LogEntries> => {
    const { entries } = await openEmpty()
    for (const size of sizes) await entries.addCheckpoint(checkpointOf(size))
    return entries
  }

  describe(`${name} keeps the LogEntries contract: checkpoints`, () => {
    it('has none at first', async () => {
      const entries = await openWith()
      assert.deepEqual(await entries.newestCheckpoints(5), [])
      assert.equal(await entries.firstCheckpointCovering(0), undefined)
      const range = { first: 0, endExclusive: 10, limit: 10 }
      assert.deepEqual(await entries.checkpointSizes(range), [])
    })

    it('gives the newest, exactly as they were signed', async () => {
      const entries = await openWith(0, 3, 7)
      assert.deepEqual(await entries.newestCheckpoints(2), [checkpointOf(7), checkpointOf(3)])
      assert.equal((await entries.newestCheckpoints(5)).length, 3)
    })

    it('takes the newest checkpoint again, and keeps it once', async () => {
      const entries = await openWith(3, 7, 7)
      assert.deepEqual(await entries.newestCheckpoints(5), [checkpointOf(7), checkpointOf(3)])
    })

    const refused: readonly (readonly [string, SignedCheckpoint])[] = [
      ['of a smaller size', checkpointOf(5)],
      ['of no entries', checkpointOf(0)],
      ['of an earlier size, although it was signed then', checkpointOf(3)],
      ['of the same size with another root', checkpointOf(7, { root: 'a'.repeat(64), note: '-' })],
      ['of the same size and root with another note', checkpointOf(7, { note: '-' })],
    ]
    for (const [what, checkpoint] of refused) {
      it(`refuses one ${what}`, async () => {
        const entries = await openWith(3, 7)
        await assert.rejects(entries.addCheckpoint(checkpoint), (error) => {
          assert.ok(error instanceof CheckpointConflict)
          assert.match(error.message, /found a checkpoint of size 7, expected none before/)
          return true
        })
        assert.deepEqual(await entries.newestCheckpoints(5), [checkpointOf(7), checkpointOf(3)])
      })
    }

    it('goes on after a refusal', async () => {
      const entries = await openWith(7)
      await assert.rejects(entries.addCheckpoint(checkpointOf(5)), CheckpointConflict)
      await entries.addCheckpoint(checkpointOf(8))
      assert.deepEqual(await entries.newestCheckpoints(1), [checkpointOf(8)])
    })

    it('lets one of several win that are signed for one size at the same time', async () => {
      const entries = await openWith(7)
      const notes = Array.from({ length: 10 }, (_, n) => `note ${n}`)
      const calls = notes.map((note) => entries.addCheckpoint(checkpointOf(8, { note })))
      const outcomes = (await Promise.allSettled(calls)).map(({ status }) => status)
      assert.equal(outcomes.filter((outcome) => outcome === 'fulfilled').length, 1)
      assert.equal((await entries.newestCheckpoints(9)).length, 2)
    })

    it('finds the first that covers an entry', async () => {
      const entries = await openWith(0, 1, 4, 9)
      const found = await Promise.all(
        [0, 1, 3, 4, 8, 9].map((logIndex) => entries.firstCheckpointCovering(logIndex)),
      )
      assert.deepEqual(
        found.map((checkpoint) => checkpoint?.size),
        [1, 4, 4, 9, 9, undefined],
      )
      assert.deepEqual(found[0], checkpointOf(1))
    })

    it('lists the sizes of a range, ascending and no more than asked for', async () => {
      const entries = await openWith(0, 1, 4, 9, 12)
      const sizes = [
        await entries.checkpointSizes({ first: 0, endExclusive: 100, limit: 100 }),
        await entries.checkpointSizes({ first: 1, endExclusive: 9, limit: 100 }),
        await entries.checkpointSizes({ first: 2, endExclusive: 100, limit: 2 }),
        await entries.checkpointSizes({ first: 13, endExclusive: 100, limit: 2 }),
      ]
      assert.deepEqual(sizes, [[0, 1, 4, 9, 12], [1, 4], [4, 9], []])
    })
  })
}
