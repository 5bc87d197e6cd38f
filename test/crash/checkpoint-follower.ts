import { setTimeout as pause } from 'node:timers/promises'

/** Reads the published checkpoint all the time, and remembers each. */
export class CheckpointFollower implements AsyncDisposable {
  /** Exactly as they were read; the oldest first. */
  readonly seen = new Set<string>()
  readonly #url: () => Promise<string>
  readonly #following: Promise<void>
  #isOver = false

  /** @param url - where the service answers now. */
  constructor(url: () => Promise<string>) {
    this.#url = url
    this.#following = this.#follow()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    await this.#following
  }

  async #follow(): Promise<void> {
    while (!this.#isOver) {
      const note = await this.#readNow()
      if (note !== undefined) this.seen.add(note)
      await pause(2)
    }
  }

  /** Nothing while the service is gone, or goes away in the middle of its answer. */
  async #readNow(): Promise<string | undefined> {
    const url = await this.#url()
    try {
      const answer = await fetch(`${url}/log/checkpoint`)
      const text = await answer.text()
      if (!answer.ok) throw new Error(`the checkpoint was answered with ${answer.status}`)
      return text
    } catch (error) {
      if (error instanceof TypeError) return undefined
      throw error
    }
  }
}
