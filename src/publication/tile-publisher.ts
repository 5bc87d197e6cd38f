import { CheckpointConflict, type SignedCheckpoint } from '../catalog/log-entries.ts'
import { noteWithCosignatures } from '../log/cosignature.ts'
import type { Refusal } from '../record/refusal.ts'
import { checkpointPath } from '../vault/log-store.ts'
import { checkLog, LogDiffers, type SoundLog } from './check-log.ts'
import { emptyHead, superfluousAfter, type LogHead } from './log-head.ts'
import {
  LogStopped,
  PublicationDelayed,
  type LogPublisher,
  type PublishedEntry,
} from './log-publisher.ts'
import type { PublisherParts } from './publication-facts.ts'
import { proofsOf, stepFrom, stepTo, type PublicationStep } from './publication-step.ts'

/** How often it is looked for entries that another process has added. */
const lookEveryMs = 1000

interface Waiting {
  readonly logIndex: number
  /** Called with the text of the entry's proof file, if it has one. */
  readonly resolve: (proof: string | undefined) => void
  readonly reject: (error: unknown) => void
}

/**
 * Publishes the entries of the catalog as tiles under one signed checkpoint after
 * the other: tiles first, then the signature is remembered, then the checkpoint is
 * shown. A step that was interrupted is finished before the next begins, so that
 * every checkpoint extends all that were ever signed.
 */
export class TilePublisher implements LogPublisher, AsyncDisposable {
  readonly #parts: PublisherParts
  #head: LogHead
  /** Signed before an interruption and not yet shown. */
  #interrupted: SignedCheckpoint | undefined
  /** Signed and not yet shown. */
  #unfinished: PublicationStep | undefined
  #waiting: Waiting[] = []
  #running: Promise<void> | undefined
  /** What is published, and what is put under it, comes one after the other. */
  #lastTurn: Promise<unknown> = Promise.resolve()
  #look: NodeJS.Timeout | undefined
  #stoppedBecause: string | undefined
  #delayedBecause: string | undefined

  private constructor(parts: PublisherParts, { head, unpublished }: SoundLog) {
    this.#parts = parts
    this.#head = head
    this.#interrupted = unpublished
  }

  /**
   * Checks the log, finishes what was interrupted, and publishes what is entered.
   * A log that is not in order gives a publisher that has stopped; what cannot be
   * published just now is published later.
   */
  static async open(parts: PublisherParts): Promise<TilePublisher> {
    try {
      if (parts.fault !== undefined) throw new LogDiffers(parts.fault)
      parts.report({ kind: 'checking', entries: await parts.entries.size() })
      const sound = await checkLog(parts)
      const contradiction = await parts.findContradiction?.()
      if (contradiction !== undefined) throw new LogDiffers(contradiction)
      const publisher = new TilePublisher(parts, sound)
      await publisher.#publishOrReport()
      if (publisher.stoppedBecause === undefined) publisher.#lookNowAndThen()
      return publisher
    } catch (error) {
      if (!(error instanceof LogDiffers)) throw error
      const publisher = new TilePublisher(parts, { head: emptyHead, unpublished: undefined })
      publisher.#stop(error.message)
      return publisher
    }
  }

  get stoppedBecause(): string | undefined {
    return this.#stoppedBecause
  }

  /** Entries that are published. */
  get size(): number {
    return this.#head.tree.size
  }

  refuseIfStopped(): void {
    if (this.#stoppedBecause !== undefined) throw new LogStopped(this.#stoppedBecause)
  }

  async published(entry: PublishedEntry): Promise<string> {
    return (await this.#whenCovered(entry.logIndex)) ?? this.#readProof(entry)
  }

  async covered(logIndex: number): Promise<void> {
    await this.#whenCovered(logIndex)
  }

  async #whenCovered(logIndex: number): Promise<string | undefined> {
    if (logIndex < this.#head.tree.size) return undefined
    this.refuseIfStopped()
    return new Promise((resolve, reject) => {
      this.#waiting.push({ logIndex, resolve, reject })
      this.#publishSoon()
    })
  }

  /**
   * Puts verified lines of witnesses under the published checkpoint, unless another
   * one was published since. What is signed and remembered never has them.
   *
   * @param text - of the checkpoint that was cosigned.
   * @throws StorageFull
   */
  async addCosignatures(text: string, lines: readonly string[]): Promise<'added' | 'unchanged'> {
    return this.#inTurn(async () => {
      if (this.#unfinished !== undefined || this.#stoppedBecause !== undefined) return 'unchanged'
      const shown = (await this.#parts.log.read(checkpointPath)) ?? new Uint8Array()
      const note = noteWithCosignatures(new TextDecoder().decode(shown), text, lines)
      if (note === undefined) return 'unchanged'
      await this.#parts.log.publish(bytesOf(note), [])
      return 'added'
    })
  }

  /** Ends all publishing, because somebody knows this log as another one. */
  stop(reason: string): void {
    if (this.#stoppedBecause === undefined) this.#stop(reason)
  }

  /** Publishes what is entered, and ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#look)
    await this.#running
    if (this.#stoppedBecause === undefined) this.#publishSoon()
    await this.#running
    await this.#lastTurn
  }

  #lookNowAndThen(): void {
    this.#look = setInterval(() => this.#publishSoon(), lookEveryMs).unref()
  }

  #publishSoon(): void {
    if (this.#stoppedBecause !== undefined) {
      return this.#refuseWaiting(new LogStopped(this.#stoppedBecause))
    }
    this.#running ??= this.#publishOrReport().finally(() => {
      this.#running = undefined
      if (this.#waiting.length > 0) this.#publishSoon()
    })
  }

  async #publishOrReport(): Promise<void> {
    try {
      await this.#inTurn(() => this.#publishAll())
    } catch (error) {
      if (isForGood(error)) this.#stop(error.message)
      else this.#reportDelay(error)
      this.#refuseWaiting(new PublicationDelayed(error))
    }
  }

  // The reason is told once: a disk that is full stays so for many attempts, and may
  // have to take what is reported, too.
  #reportDelay(error: unknown): void {
    const reason = String(error)
    if (reason !== this.#delayedBecause) this.#parts.report({ kind: 'delayed', error })
    this.#delayedBecause = reason
  }

  #refuseWaiting(refusal: Refusal): void {
    for (const { reject } of this.#waiting.splice(0)) reject(refusal)
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#lastTurn.then(work)
    this.#lastTurn = turn.catch(() => undefined)
    return turn
  }

  async #publishAll(): Promise<void> {
    while (this.#stoppedBecause === undefined) {
      const step = this.#unfinished ?? (await this.#nextStep())
      if (step === undefined) return
      this.#unfinished = step
      const proofs = await this.#show(step)
      this.#unfinished = undefined
      this.#interrupted = undefined
      this.#head = step.head
      this.#delayedBecause = undefined
      this.#answer(step, proofs)
      const { size } = step.checkpoint
      this.#parts.report({ kind: 'published', size, added: step.entries.length })
    }
  }

  async #nextStep(): Promise<PublicationStep | undefined> {
    return this.#interrupted === undefined
      ? stepFrom(this.#head, this.#parts)
      : stepTo(this.#interrupted, this.#head, this.#parts)
  }

  async #show(step: PublicationStep): Promise<ReadonlyMap<number, string>> {
    const { proofs, documents } = proofsOf(step)
    await this.#parts.log.publish(bytesOf(step.checkpoint.note), documents)
    await this.#parts.log.remove(superfluousAfter(step.files))
    return proofs
  }

  #answer({ checkpoint }: PublicationStep, proofs: ReadonlyMap<number, string>): void {
    const covered = this.#waiting.filter(({ logIndex }) => logIndex < checkpoint.size)
    this.#waiting = this.#waiting.filter(({ logIndex }) => logIndex >= checkpoint.size)
    for (const { logIndex, resolve } of covered) resolve(proofs.get(logIndex))
  }

  async #readProof({ digest, kind, logIndex }: PublishedEntry): Promise<string> {
    const bytes = await this.#parts.documents.read({ digest, kind })
    if (bytes === undefined) throw new Error(`entry ${logIndex} is published without its proof`)
    return new TextDecoder().decode(bytes)
  }

  #stop(reason: string): void {
    this.#stoppedBecause = reason
    clearInterval(this.#look)
    this.#parts.report({ kind: 'stopped', reason })
  }
}

/** What no later attempt can mend. */
function isForGood(error: unknown): error is CheckpointConflict | LogDiffers {
  return error instanceof CheckpointConflict || error instanceof LogDiffers
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
