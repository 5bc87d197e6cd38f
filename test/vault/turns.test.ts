import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { Turns } from '../../src/vault/turns.ts'

describe('Turns', () => {
  it('lets work on one name happen one after the other', async () => {
    const turns = new Turns()
    const events: string[] = []
    await Promise.all([1, 2, 3].map((i) => turns.take(['a'], () => noting(events, i))))
    assert.equal(events.length, 6)
    assert.deepEqual(
      events.map((event, i) => (i % 2 === 0 ? event.startsWith('start') : event.startsWith('end'))),
      [true, true, true, true, true, true],
    )
  })

  it('lets work on other names happen at the same time', async () => {
    const turns = new Turns()
    const events: string[] = []
    await Promise.all([
      turns.take(['a'], () => noting(events, 1)),
      turns.take(['b'], () => noting(events, 2)),
    ])
    assert.deepEqual(events.slice(0, 2), ['start 1', 'start 2'])
  })

  it('is never stuck when calls share names in different orders', async () => {
    const turns = new Turns()
    const events: string[] = []
    await Promise.all([
      turns.take(['a', 'b'], () => noting(events, 1)),
      turns.take(['b', 'c'], () => noting(events, 2)),
      turns.take(['c', 'a'], () => noting(events, 3)),
    ])
    assert.equal(events.length, 6)
  })

  it('goes on after work that failed', async () => {
    const turns = new Turns()
    const failing = turns.take(['a'], () => Promise.reject(new Error('failed')))
    const next = turns.take(['a'], async () => 'done')
    await assert.rejects(failing, /failed/)
    assert.equal(await next, 'done')
    assert.equal(await turns.over('a'), false)
  })
})

async function noting(events: string[], i: number): Promise<void> {
  events.push(`start ${i}`)
  await setImmediate()
  events.push(`end ${i}`)
}
