import { setTimeout as pause } from 'node:timers/promises'
import type { TilePublisher } from './tile-publisher.ts'
import { WitnessContradicts, type WitnessClient } from './witness-client.ts'

export interface WitnessesParts {
  readonly clients: readonly WitnessClient[]
  readonly publisher: Pick<TilePublisher, 'addCosignatures' | 'stop' | 'stoppedBecause'>
  readonly report: (fact: WitnessFact) => void
  readonly limitsMs?: WitnessLimits
}

export interface WitnessLimits {
  /** For one witness to answer all that it is asked about a checkpoint. */
  readonly answer: number
  /** Between two looks whether there is a new checkpoint. */
  readonly look: number
  /** After a failure; doubled with each that follows, */
  readonly firstPause: number
  /** up to this. */
  readonly longestPause: number
}

export type WitnessFact =
  | { readonly kind: 'cosigned'; readonly witness: string; readonly size: number }
  /** Tried again later. */
  | { readonly kind: 'not-cosigned'; readonly witness: string; readonly error: unknown }

const usualLimitsMs: WitnessLimits = {
  answer: 5000,
  look: 1000,
  firstPause: 1000,
  longestPause: 300_000,
}

/**
 * Has the newest checkpoint cosigned by every witness, and puts what they sign under
 * the published one. Nothing waits for it: what fails is reported, and tried again.
 * A witness that knows another log than this one stops the publisher.
 */
export class Witnesses {
  readonly #parts: WitnessesParts
  readonly #limitsMs: WitnessLimits
  readonly #stopping = new AbortController()
  readonly #loops: readonly Promise<void>[]

  /** Begins at once. */
  constructor(parts: WitnessesParts) {
    this.#parts = parts
    this.#limitsMs = parts.limitsMs ?? usualLimitsMs
    this.#loops = parts.clients.map((client) => this.#follow(client))
  }

  /** Breaks off what is under way, and ends. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all(this.#loops)
  }

  async #follow(client: WitnessClient): Promise<void> {
    const { look, firstPause, longestPause } = this.#limitsMs
    let failures = 0
    let shown: string | undefined
    while (!this.#stopping.signal.aborted && this.#parts.publisher.stoppedBecause === undefined) {
      try {
        shown = await this.#show(client, shown)
        failures = 0
      } catch (error) {
        failures += 1
        this.#takeFailure(client, error)
      }
      const afterFailure = Math.min(firstPause * 2 ** (failures - 1), longestPause)
      await this.#pause(failures === 0 ? look : afterFailure)
    }
  }

  /** @returns text of the newest checkpoint that the witness has cosigned. */
  async #show(client: WitnessClient, shown: string | undefined): Promise<string | undefined> {
    const { publisher, report } = this.#parts
    const signal = AbortSignal.any([
      this.#stopping.signal,
      AbortSignal.timeout(this.#limitsMs.answer),
    ])
    const cosigned = await client.cosignNewest(signal)
    if (cosigned === undefined || cosigned.text === shown) return shown
    const { text, size, line } = cosigned
    await publisher.addCosignatures(text, [line])
    report({ kind: 'cosigned', witness: client.name, size })
    return text
  }

  #takeFailure(client: WitnessClient, error: unknown): void {
    if (this.#stopping.signal.aborted) return
    if (error instanceof WitnessContradicts) this.#parts.publisher.stop(error.message)
    else this.#parts.report({ kind: 'not-cosigned', witness: client.name, error })
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#stopping
    try {
      await pause(ms, undefined, { signal, ref: false })
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }
}

/**
 * Asks all witnesses, before anything more is signed, whether they have cosigned
 * what is not in the published log. One that does not answer in time has no say.
 *
 * @returns words for the operator if one has.
 */
export async function findContradiction(
  clients: readonly WitnessClient[],
  answerMs: number = usualLimitsMs.answer,
): Promise<string | undefined> {
  const contradictions = clients.map(async (client) => {
    try {
      await client.cosignNewest(AbortSignal.timeout(answerMs))
      return undefined
    } catch (error) {
      // Any other failure is met again, and reported, by `Witnesses`.
      return error instanceof WitnessContradicts ? error.message : undefined
    }
  })
  return (await Promise.all(contradictions)).find((words) => words !== undefined)
}
