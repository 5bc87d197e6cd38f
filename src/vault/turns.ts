/** Work on the same name happens one after the other; work on other names at the same time. */
export class Turns {
  readonly #running = new Map<string, Promise<unknown>>()

  /** Runs the work as soon as nothing else runs on any of the names. */
  async take<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    // All names are taken in one step, without a pause between looking and
    // taking, so two calls that share names cannot wait for each other.
    while (names.some((name) => this.#running.has(name))) await this.#anyOver(names)
    const turn = work()
    for (const name of names) this.#running.set(name, turn)
    try {
      return await turn
    } finally {
      for (const name of names) this.#running.delete(name)
    }
  }

  /** Resolves once the work that runs on the name now, if any, is over; true if there was some. */
  async over(name: string): Promise<boolean> {
    const turn = this.#running.get(name)
    if (turn === undefined) return false
    await Promise.allSettled([turn])
    return true
  }

  async #anyOver(names: readonly string[]): Promise<void> {
    const turns = names.map((name) => this.#running.get(name)).filter((turn) => turn !== undefined)
    await Promise.race(turns.map((turn) => Promise.allSettled([turn])))
  }
}
