import { quoted, Refusal } from '../record/refusal.ts'
import { findDecimal } from './bytes.ts'
import { parseCheckpointText } from './checkpoint.ts'
import { parseNote } from './note.ts'
import { findProof, proofLinesOf } from './proof-lines.ts'

/** What a log sends to a witness: its new head, and that it extends the one the witness knows. */
export interface WitnessRequest {
  /** Size at which the witness cosigned last; 0 when it never did. */
  readonly oldSize: number
  /** Consistency proof from `oldSize`; at most 63 hashes. */
  readonly proof: readonly Uint8Array[]
  /** The signed note, byte for byte. */
  readonly checkpoint: string
}

export class MalformedWitnessRequest extends Refusal {
  override readonly code = 'malformed-witness-request'
  constructor(found: string, expected: string) {
    super(`found a request to a witness with ${found}, expected ${expected}`)
  }
}

/**
 * Body of a request `add-checkpoint`.
 *
 * @throws MalformedWitnessRequest when a witness would refuse it; MalformedNote and
 *   MalformedCheckpoint when the checkpoint is none.
 * @see C2SP tlog-witness, "add-checkpoint"
 */
export function formatWitnessRequest({ oldSize, proof, checkpoint }: WitnessRequest): string {
  const body = `old ${oldSize}\n${proofLinesOf(proof)}\n${checkpoint}`
  parseWitnessRequest(body)
  return body
}

/**
 * Reads the body of a request `add-checkpoint`. Verifies nothing.
 *
 * @throws MalformedWitnessRequest; MalformedNote and MalformedCheckpoint when the
 *   checkpoint is none.
 */
export function parseWitnessRequest(body: string): WitnessRequest {
  const headEnd = body.indexOf('\n\n')
  const [oldLine = '', ...proofLines] = body.slice(0, Math.max(headEnd, 0)).split('\n')
  const oldSize = oldLine.startsWith('old ') ? findDecimal(oldLine.slice(4)) : undefined
  if (oldSize === undefined) throw new MalformedWitnessRequest(quoted(body), 'old <decimal>')
  const proof = findProof(proofLines)
  if (proof === undefined) {
    throw new MalformedWitnessRequest('other lines', 'at most 63 hashes in base64')
  }
  const checkpoint = body.slice(headEnd + 2)
  const { size } = parseCheckpointText(parseNote(checkpoint).text)
  if (oldSize > size) throw new MalformedWitnessRequest(`old ${oldSize}`, `at most ${size}`)
  return { oldSize, proof, checkpoint }
}

/**
 * Reads the body of an answer 409, type `text/x.tlog.size`: the size from which
 * the witness wants the proof. `undefined` when it says nothing of the kind.
 */
export function findWitnessSize(body: string): number | undefined {
  return body.endsWith('\n') ? findDecimal(body.slice(0, -1)) : undefined
}
