import type { RegistryOptions } from '../../src/service/wire.ts'
import { interceptedStores } from '../publication/intercepted-stores.ts'

/** When the process is gone: before or after so many writes were done. */
export interface Death {
  readonly write: number
  readonly when: 'before' | 'after'
}

/** What a process that is gone would have wanted of its stores. */
export class Died extends Error {}

const writes =
  /^(blobs\.put|\w+\.putAll|log\.publish|log\.remove|\w+\.add(Records|Events|RegistryKeys|Checkpoint|DepositorKey))$/

/** Real stores that can be reached until the process "dies" at one of its writes. */
export class MortalStores {
  readonly options: Pick<RegistryOptions, 'openVault' | 'openCatalog'>
  /** Names of the writes that were begun. */
  readonly writes: string[] = []
  readonly #death: Death | undefined
  #isDead = false

  constructor(death?: Death) {
    this.#death = death
    this.options = interceptedStores((call, work) => this.#intercept(call, work))
  }

  /** Where it died, if it did: like `before log.publish`. */
  get place(): string | undefined {
    return this.#isDead ? `${this.#death?.when} ${this.writes.at(-1)}` : undefined
  }

  async #intercept(call: string, work: () => Promise<unknown>): Promise<unknown> {
    // What the operating system does for a process that is gone.
    if (call === 'catalog.close') return work()
    if (call === 'vault.close') return this.#isDead ? undefined : work()
    this.#refuseDead()
    if (!writes.test(call)) return work()
    this.writes.push(call)
    const isLast = this.writes.length === this.#death?.write
    if (isLast && this.#death.when === 'before') this.#die()
    const result = await work()
    if (isLast) this.#die()
    this.#refuseDead()
    return result
  }

  #die(): never {
    this.#isDead = true
    throw new Died()
  }

  #refuseDead(): void {
    if (this.#isDead) throw new Died()
  }
}
