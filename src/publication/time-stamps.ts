import { nonceBytes } from '../attestation/time-stamp-request.ts'
import { parseCheckpointText } from '../log/checkpoint.ts'
import { parseNote } from '../log/note.ts'
import { checkpointPath, type LogStore } from '../vault/log-store.ts'
import { askTimeStamp } from './ask-time-stamp.ts'
import { hexOfBytes, sha256 } from './log-parts.ts'

export interface TimeStampParts {
  /** Of the authorities, in the order that numbers their tokens. */
  readonly urls: readonly string[]
  readonly log: Pick<LogStore, 'putAll' | 'read'>
  readonly fetch: typeof fetch
  readonly clock: () => Date
  readonly random: (byteLength: number) => Uint8Array
  readonly report: (fact: TimeStampFact) => void
  readonly limitsMs?: TimeStampLimits
}

export interface TimeStampLimits {
  /** From the question to the last byte of the answer. */
  readonly answer: number
  /** For the last time stamps, when the service stops. */
  readonly stop: number
}

/** A token that was stored. */
export interface StoredTimeStamp {
  readonly url: string
  /** Below `log/`; the checkpoint it is over lies beside it. */
  readonly path: string
  /** RFC 3339, as the authority says. */
  readonly time: string
  readonly serial: string
  /** How far the authority's clock is ahead of ours. */
  readonly aheadMs: number
}

export type TimeStampFact =
  | ({ readonly kind: 'stamped' } & StoredTimeStamp)
  /** Tried again with the next round; `url` is missing when it did not come to asking. */
  | { readonly kind: 'not-stamped'; readonly url?: string; readonly error: unknown }

const usualLimitsMs: TimeStampLimits = { answer: 20_000, stop: 5_000 }
const roundEveryMs = 3_600_000

/**
 * Has checkpoints stamped by time-stamping authorities, so that it can be shown
 * decades later that a checkpoint was there before a key was lost or an algorithm
 * broken. Nothing waits for it: what fails is reported, and tried again.
 *
 * What is stored decides what is asked for, so neither a failure nor a restart
 * needs to be remembered.
 */
export class TimeStamps {
  readonly #parts: TimeStampParts
  readonly #limitsMs: TimeStampLimits
  readonly #stopping = new AbortController()
  #timer: NodeJS.Timeout | undefined
  /** Rounds take turns: two at once would ask for the same token. */
  #lastRound: Promise<unknown> = Promise.resolve()

  constructor(parts: TimeStampParts) {
    this.#parts = parts
    this.#limitsMs = parts.limitsMs ?? usualLimitsMs
  }

  /** Has the newest checkpoint stamped now and every hour. */
  start(): void {
    if (this.#parts.urls.length === 0) return
    this.#timer = setInterval(() => void this.#round(), roundEveryMs).unref()
    void this.#round()
  }

  /** Has the newest checkpoint stamped, if that takes no more than a few seconds, and ends. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    const limit = setTimeout(() => this.#stopping.abort(), this.#limitsMs.stop)
    await this.#round()
    clearTimeout(limit)
  }

  /**
   * Has a checkpoint stamped by every authority that has not done so yet. Never
   * rejects.
   *
   * @param checkpoint - the whole signed note, exactly as it is published.
   * @returns what was stored by this call; it survives a power cut.
   */
  async stamp(checkpoint: string): Promise<readonly StoredTimeStamp[]> {
    const round = this.#lastRound.then(async () => {
      const { urls } = this.#parts
      const stored = urls.map((url, at) => this.#stampOrReport(url, at + 1, checkpoint))
      return (await Promise.all(stored)).filter((one) => one !== undefined)
    })
    this.#lastRound = round
    return round
  }

  async #round(): Promise<void> {
    try {
      const bytes = await this.#parts.log.read(checkpointPath)
      if (bytes !== undefined) await this.stamp(new TextDecoder().decode(bytes))
    } catch (error) {
      this.#parts.report({ kind: 'not-stamped', error })
    }
  }

  async #stampOrReport(
    url: string,
    place: number,
    checkpoint: string,
  ): Promise<StoredTimeStamp | undefined> {
    const { report } = this.#parts
    try {
      const stored = await this.#stampUnlessStored(url, place, checkpoint)
      if (stored !== undefined) report({ kind: 'stamped', ...stored })
      return stored
    } catch (error) {
      report({ kind: 'not-stamped', url, error })
      return undefined
    }
  }

  async #stampUnlessStored(
    url: string,
    place: number,
    checkpoint: string,
  ): Promise<StoredTimeStamp | undefined> {
    const { log, random, clock, fetch } = this.#parts
    const bytes = new TextEncoder().encode(checkpoint)
    const digest = sha256(bytes)
    const { size } = parseCheckpointText(parseNote(checkpoint).text)
    const name = `timestamps/${size}-${hexOfBytes(digest).slice(0, 16)}`
    const path = `${name}.${place}.tsr`
    if ((await log.read(path)) !== undefined) return undefined
    const signal = AbortSignal.any([
      this.#stopping.signal,
      AbortSignal.timeout(this.#limitsMs.answer),
    ])
    const question = { digest, nonce: random(nonceBytes) }
    const { answer, time, serial } = await askTimeStamp(url, question, { fetch, signal })
    const aheadMs = Date.parse(time) - clock().getTime()
    await log.putAll([
      { path: `${name}.checkpoint`, bytes },
      { path, bytes: answer },
    ])
    return { url, path, time, serial, aheadMs }
  }
}
