import { parseCheckpointText, type Checkpoint } from '../log/checkpoint.ts'
import { findCosignature } from '../log/cosignature.ts'
import { formatNote, parseNote, verifyNote, type Note, type NoteVerifier } from '../log/note.ts'
import { consistencyProofFromTiles, rootFromTiles, verifyConsistency } from '../log/proof.ts'
import type { ReadTile } from '../log/tiled-tree.ts'
import { formatWitnessRequest } from '../log/witness-request.ts'
import { checkpointPath, type LogStore } from '../vault/log-store.ts'
import { askWitness } from './ask-witness.ts'
import { hexOfBytes, sha256 } from './log-parts.ts'
import { publishedTiles } from './published-tiles.ts'

/** Somebody who cosigns checkpoints of logs that only grow. */
export interface Witness {
  /** Of type cosignature. */
  readonly verifier: NoteVerifier
  /** Its submission prefix, without a slash at the end. */
  readonly url: string
}

export interface WitnessClientParts {
  readonly witness: Witness
  readonly log: Pick<LogStore, 'read'>
  readonly fetch: typeof fetch
}

/** A verified cosignature on a checkpoint that was published. */
export interface Cosigned {
  /** Text of the checkpoint. */
  readonly text: string
  readonly size: number
  /** With its newline. */
  readonly line: string
}

/** The witness has cosigned what is not in this log; the message is for the operator. */
export class WitnessContradicts extends Error {}

interface Published {
  readonly note: Note
  readonly checkpoint: Checkpoint
}

/** Questions in one call: the size it knows may be asked for, and change once meanwhile. */
const mostQuestions = 3

/** Asks one witness, and remembers what it said. One call at a time. */
export class WitnessClient {
  readonly #parts: WitnessClientParts
  /** Size at which it cosigned last, by its own word. */
  #knownSize: number | undefined
  #last: Cosigned | undefined

  constructor(parts: WitnessClientParts) {
    this.#parts = parts
  }

  get name(): string {
    return this.#parts.witness.verifier.name
  }

  /**
   * Has the newest published checkpoint cosigned, unless that was done.
   *
   * @returns `undefined` before the first checkpoint.
   * @throws WitnessContradicts; Error when no good cosignature came.
   */
  async cosignNewest(signal: AbortSignal): Promise<Cosigned | undefined> {
    for (let questions = 0; questions < mostQuestions; questions += 1) {
      const published = await this.#readPublished()
      if (published === undefined) return undefined
      if (this.#last?.text === published.note.text) return this.#last
      this.#last = await this.#ask(published, signal)
      if (this.#last !== undefined) return this.#last
    }
    throw new Error('it named another size each time, expected the one it had named before')
  }

  /** @returns `undefined` when the witness wants the proof from another size. */
  async #ask({ note, checkpoint }: Published, signal: AbortSignal): Promise<Cosigned | undefined> {
    const { witness, fetch } = this.#parts
    const oldSize = this.#knownSize ?? this.#sizeCosigned(note, checkpoint)
    this.#refuseIfAhead(oldSize, checkpoint)
    const proof = await this.#proofFrom(oldSize, checkpoint)
    const body = formatWitnessRequest({ oldSize, proof, checkpoint: ownNote(note, checkpoint) })
    const answer = await askWitness(witness.url, body, { fetch, signal })
    switch (answer.kind) {
      case 'lines': {
        const line = await this.#goodLine(note, answer.text)
        this.#knownSize = checkpoint.size
        return { text: note.text, size: checkpoint.size, line }
      }
      case 'other-size':
        // An older form of the protocol says so that the roots of one size differ.
        if (answer.size === oldSize) throw this.#contradiction(oldSize)
        this.#knownSize = answer.size
        return undefined
      case 'inconsistent':
        // Only who has cosigned before, and said at which size, can know better.
        if (oldSize > 0) throw this.#contradiction(oldSize)
        throw new Error('found status 422 to a first checkpoint, expected 200')
    }
  }

  async #readPublished(): Promise<Published | undefined> {
    const bytes = await this.#parts.log.read(checkpointPath)
    if (bytes === undefined) return undefined
    const note = parseNote(bytes)
    return { note, checkpoint: parseCheckpointText(note.text) }
  }

  #sizeCosigned({ signatures }: Note, { size }: Checkpoint): number {
    const { name, keyId } = this.#parts.witness.verifier
    const isCosigned = signatures.some(
      (signature) => signature.name === name && signature.keyId === hexOfBytes(keyId),
    )
    return isCosigned ? size : 0
  }

  // The checkpoint was read after the witness had spoken, so it is as new as any it can know.
  #refuseIfAhead(size: number, checkpoint: Checkpoint): void {
    if (size <= checkpoint.size) return
    throw new WitnessContradicts(
      `the witness ${this.name} has cosigned ${size} entries of this log, ${checkpoint.size} are ` +
        'published here; was the data restored from an old backup? (If the witness is wrong, ' +
        'take it out of STELE_WITNESSES.)',
    )
  }

  #contradiction(size: number): WitnessContradicts {
    return new WitnessContradicts(
      `the witness ${this.name} has cosigned other entries of this log than the first ${size} ` +
        'that are published here; was the data restored from an old backup, and deposits taken ' +
        'since? (If the witness is wrong, take it out of STELE_WITNESSES.)',
    )
  }

  async #proofFrom(oldSize: number, { size, root }: Checkpoint): Promise<Uint8Array[]> {
    const readTile: ReadTile = publishedTiles(this.#parts.log, size)
    const proof = await consistencyProofFromTiles(oldSize, size, readTile, sha256)
    const oldRoot = await rootFromTiles(oldSize, readTile, sha256)
    const claim = { oldSize, oldRoot, newSize: size, newRoot: root, proof }
    // A damaged tile is no reason to think that the witness knows another log.
    if (await verifyConsistency(claim, sha256)) return proof
    throw new Error(`the tiles give no proof from ${oldSize} to ${size} entries`)
  }

  async #goodLine(note: Note, lines: string): Promise<string> {
    const { verifier } = this.#parts.witness
    const cosigned = parseNote(formatNote(note.text, [lines]))
    const { verified, failed } = await verifyNote(cosigned, [verifier])
    const good = verified.find(({ signature: { line } }) => (findCosignature(line)?.time ?? 0) > 0)
    if (good !== undefined && failed.length === 0) return good.signature.line
    const found = failed.length > 0 ? 'a cosignature that is not its own' : 'no line of its key'
    throw new Error(`found ${found}, expected a cosignature of ${verifier.vkey}`)
  }
}

/** The checkpoint with the lines of the log alone. */
function ownNote({ text, signatures }: Note, { origin }: Checkpoint): string {
  const own = signatures.filter(({ name }) => name === origin)
  return formatNote(
    text,
    own.map(({ line }) => line),
  )
}
