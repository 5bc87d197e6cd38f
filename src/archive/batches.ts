interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/**
 * Group commit: items that arrive while one batch is being written wait and go
 * into the next one together, so that one flush to disk serves them all. Batches
 * never overlap and keep the order of arrival.
 */
export class Batches<Item, Result> {
  readonly #write: (items: Item[]) => Promise<Result[]>
  readonly #largest: number
  #waiting: Waiting<Item, Result>[] = []
  #writing: Promise<void> | undefined

  /** @param write - writes all items or rejects for all; gives one result an item. */
  constructor(write: (items: Item[]) => Promise<Result[]>, largest: number) {
    this.#write = write
    this.#largest = largest
  }

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      this.#writing ??= this.#writeAll()
    })
  }

  /** Resolves when nothing is waiting or being written. */
  async settled(): Promise<void> {
    await this.#writing
  }

  async #writeAll(): Promise<void> {
    // One turn of the event loop, so that what arrived together is written together.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      await this.#writeOne(this.#waiting.splice(0, this.#largest))
    }
    this.#writing = undefined
  }

  async #writeOne(batch: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#write(batch.map((waiting) => waiting.item))
      batch.forEach((waiting, index) => {
        const result = results[index]
        if (result === undefined) waiting.reject(new Error('a batch gave too few results'))
        else waiting.resolve(result)
      })
    } catch (error) {
      for (const waiting of batch) waiting.reject(error)
    }
  }
}
