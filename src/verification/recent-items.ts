/** Items of which only the newest are remembered, so that they take no more memory as they come. */
export class RecentItems<Item> {
  readonly #items = new Set<Item>()
  readonly #most: number

  constructor(most = 65_536) {
    this.#most = most
  }

  has(item: Item): boolean {
    return this.#items.has(item)
  }

  add(item: Item): void {
    this.#items.add(item)
    for (const oldest of this.#items) {
      if (this.#items.size <= this.#most) return
      this.#items.delete(oldest)
    }
  }
}
