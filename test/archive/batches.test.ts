import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Batches } from '../../src/archive/batches.ts'

/** Writes batches when the test says so, and remembers them. */
class SlowDisk {
  readonly batches: string[][] = []
  #writes: PromiseWithResolvers<void>[] = []
  #arrivals = Promise.withResolvers<void>()

  readonly write = async (items: string[]): Promise<string[]> => {
    this.batches.push(items)
    const write = Promise.withResolvers<void>()
    this.#writes.push(write)
    this.#arrivals.resolve()
    this.#arrivals = Promise.withResolvers()
    await write.promise
    return items.map((item) => `stored ${item}`)
  }

  /** Resolves when a batch waits to be written. */
  async nextBatch(): Promise<string[]> {
    while (this.#writes.length === 0) await this.#arrivals.promise
    return this.batches.at(-1) ?? []
  }

  finish(): void {
    this.#writes.shift()?.resolve()
  }

  fail(): void {
    this.#writes.shift()?.reject(new Error('the disk is full'))
  }
}

const letters = (text: string) => text.split(' ')

describe('Batches', () => {
  it('write together what arrives together', async () => {
    const disk = new SlowDisk()
    const batches = new Batches(disk.write, 10)
    const results = letters('a b c').map((item) => batches.add(item))
    assert.deepEqual(await disk.nextBatch(), letters('a b c'))
    disk.finish()
    assert.deepEqual(await Promise.all(results), ['stored a', 'stored b', 'stored c'])
  })

  it('write what arrives during a write in the next batch, in order', async () => {
    const disk = new SlowDisk()
    const batches = new Batches(disk.write, 10)
    const results = [batches.add('a')]
    await disk.nextBatch()
    results.push(batches.add('b'), batches.add('c'))
    await new Promise((resolve) => setImmediate(resolve))
    results.push(batches.add('d'))
    assert.deepEqual(disk.batches, [['a']])
    disk.finish()
    await disk.nextBatch()
    disk.finish()
    assert.deepEqual(
      await Promise.all(results),
      letters('a b c d').map((item) => `stored ${item}`),
    )
    assert.deepEqual(disk.batches, [['a'], letters('b c d')])
  })

  it('are never larger than asked for, and keep the order', async () => {
    const disk = new SlowDisk()
    const batches = new Batches(disk.write, 3)
    const results = letters('a b c d e f g').map((item) => batches.add(item))
    for (let batch = 0; batch < 3; batch += 1) {
      await disk.nextBatch()
      disk.finish()
    }
    await Promise.all(results)
    assert.deepEqual(disk.batches, [letters('a b c'), letters('d e f'), ['g']])
  })

  it('reject every item of a batch that fails, and go on with the next', async () => {
    const disk = new SlowDisk()
    const batches = new Batches(disk.write, 2)
    const results = Promise.allSettled(letters('a b c').map((item) => batches.add(item)))
    await disk.nextBatch()
    disk.fail()
    await disk.nextBatch()
    disk.finish()
    assert.deepEqual(
      (await results).map((result) => (result.status === 'rejected' ? 'rejected' : result.value)),
      ['rejected', 'rejected', 'stored c'],
    )
  })

  it('reject a batch whose writer throws before it waits', async () => {
    const batches = new Batches<string, string>(() => {
      throw new Error('no disk')
    }, 10)
    await assert.rejects(batches.add('a'), /no disk/)
    await assert.rejects(batches.add('b'), /no disk/)
  })

  it('reject an item that got no result, and resolve the others', async () => {
    const batches = new Batches(async (items: string[]) => items.slice(1), 10)
    const results = await Promise.allSettled([batches.add('a'), batches.add('b')])
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    )
  })

  it('begin again after they came to rest', async () => {
    const batches = new Batches(async (items: string[]) => items, 10)
    assert.equal(await batches.add('a'), 'a')
    await batches.settled()
    assert.equal(await batches.add('b'), 'b')
  })

  it('are settled when nothing waits any more, not before', async () => {
    const disk = new SlowDisk()
    const batches = new Batches(disk.write, 1)
    const events: string[] = []
    const results = letters('a b').map(async (item) => events.push(await batches.add(item)))
    const settled = batches.settled().then(() => events.push('settled'))
    await disk.nextBatch()
    disk.finish()
    await disk.nextBatch()
    disk.finish()
    await Promise.all([...results, settled])
    assert.deepEqual(events, ['stored a', 'stored b', 'settled'])
  })

  it('are settled at once when nothing was ever added', async () => {
    await new Batches(async (items: string[]) => items, 1).settled()
  })
})
