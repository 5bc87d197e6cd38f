import type { Clock } from '../archive/clock.ts'
import { sameBytes } from '../log/bytes.ts'
import { cosign } from '../log/cosignature.ts'
import { formatNote, parseNote, type NoteVerifier } from '../log/note.ts'
import { Turns } from '../vault/turns.ts'
import {
  InconsistentCheckpoint,
  openWitnessRequest,
  refuseUnlessGrown,
  type SignedRequest,
} from '../verification/witness-rules.ts'
import type { WitnessKey } from './witness-key.ts'
import { nameOfLog, type CosignedCheckpoint, type WitnessState } from './witness-state.ts'

/** A log that a witness follows. */
export interface FollowedLog {
  readonly origin: string
  /** One, or several while one gives way to another. */
  readonly verifiers: readonly NoteVerifier[]
  /** Where it can be read, if that is known. */
  readonly url: string | undefined
}

export interface CosigningParts {
  readonly key: WitnessKey
  readonly state: WitnessState
  readonly logs: readonly FollowedLog[]
  readonly clock: Clock
  readonly report: (fact: CosigningFact) => void
}

export type CosigningFact =
  | { readonly kind: 'cosigned'; readonly origin: string; readonly size: number }
  /** Proof that the log has signed two trees of one size. */
  | { readonly kind: 'forked'; readonly shown: string; readonly cosigned: string }

/** Cosigns checkpoints of logs that have only grown. */
export class Cosigning {
  readonly #parts: CosigningParts
  readonly #turns = new Turns()

  constructor(parts: CosigningParts) {
    this.#parts = parts
  }

  /**
   * Answers a request `add-checkpoint`. When the promise resolves the checkpoint is
   * stored as the last; until then no other one of the same log is looked at.
   *
   * @returns the witness's line.
   * @throws the refusals of witness-rules.
   */
  async addCheckpoint(body: string): Promise<string> {
    const request = await openWitnessRequest(body, (origin) => this.#verifiersOf(origin))
    const { origin } = request.checkpoint
    return this.#turns.take([origin], () => this.#cosign(request))
  }

  async #cosign(request: SignedRequest): Promise<string> {
    const { key, state, clock, report } = this.#parts
    const { origin, size } = request.checkpoint
    const name = nameOfLog(origin)
    const last = await state.find(name)
    await refuseUnlessGrown(request, last?.checkpoint).catch((error: unknown) => {
      if (error instanceof InconsistentCheckpoint) this.#reportFork(request, last)
      throw error
    })
    const line = await cosign(request.text, {
      ...key.verifier,
      privateKey: key.privateKey,
      time: Math.floor(clock().getTime() / 1000),
    })
    const own = parseNote(request.note).signatures.map((signature) => signature.line)
    await state.keep(name, formatNote(request.text, [...own, line]))
    report({ kind: 'cosigned', origin, size })
    return line
  }

  #reportFork({ checkpoint, note }: SignedRequest, last: CosignedCheckpoint | undefined): void {
    if (last?.checkpoint.size !== checkpoint.size) return
    if (sameBytes(last.checkpoint.root, checkpoint.root)) return
    this.#parts.report({ kind: 'forked', shown: note, cosigned: last.note })
  }

  #verifiersOf(origin: string): readonly NoteVerifier[] {
    return this.#parts.logs.find((log) => log.origin === origin)?.verifiers ?? []
  }
}
