import { quoted, Refusal } from '../record/refusal.ts'
import { base64Of, findBase64, findDecimal, hashLength } from './bytes.ts'
import { parseCheckpointText } from './checkpoint.ts'
import { parseNote } from './note.ts'
import { findProof, mostProofHashes, proofLinesOf } from './proof-lines.ts'

/** Proof that an entry is in a log, to be kept beside it and checked without the log. */
export interface ProofFile {
  readonly index: number
  /** The leaf's sibling first; at most 63 hashes. */
  readonly proof: readonly Uint8Array[]
  /** The signed note, byte for byte. */
  readonly checkpoint: string
  /** Bytes of the maker's choice, at least one. Nobody has signed them. */
  readonly extra?: Uint8Array | undefined
}

export class MalformedProofFile extends Refusal {
  override readonly code = 'malformed-proof-file'
  constructor(found: string, expected: string) {
    super(`found a proof file with ${found}, expected ${expected}`)
  }
}

const firstLine = 'c2sp.org/tlog-proof@v1'

/**
 * The text of a `.tlog-proof` file.
 *
 * @throws MalformedProofFile when a reader would refuse it; MalformedNote and
 *   MalformedCheckpoint when the checkpoint is none.
 * @see C2SP tlog-proof, "Format"
 */
export function formatProofFile({ checkpoint, ...claim }: ProofFile): string {
  return proofFilesOf(checkpoint)(claim)
}

/**
 * Formats many proofs against one checkpoint, which is looked at once.
 *
 * @throws MalformedNote and MalformedCheckpoint when the checkpoint is none; what it
 *   gives throws MalformedProofFile when a reader would refuse the file.
 */
export function proofFilesOf(checkpoint: string): (claim: Omit<ProofFile, 'checkpoint'>) => string {
  parseCheckpointText(parseNote(checkpoint).text)
  return ({ index, proof, extra }) => {
    refuseImpossibleProof(index, proof)
    if (extra?.length === 0) throw new MalformedProofFile('an empty extra', 'at least one byte')
    const extraLine = extra === undefined ? '' : `extra ${base64Of(extra)}\n`
    return `${firstLine}\n${extraLine}index ${index}\n${proofLinesOf(proof)}\n${checkpoint}`
  }
}

function refuseImpossibleProof(index: number, proof: readonly Uint8Array[]): void {
  if (!Number.isSafeInteger(index) || index < 0) {
    throw new MalformedProofFile(`the index ${index}`, 'a whole number')
  }
  if (proof.length > mostProofHashes || proof.some((hash) => hash.length !== hashLength)) {
    throw new MalformedProofFile('other hashes', `at most ${mostProofHashes} of 32 bytes`)
  }
}

/**
 * Reads a `.tlog-proof` file. Verifies nothing: the claim holds when the root
 * that follows from it is that of a checkpoint which the reader trusts.
 *
 * @throws MalformedProofFile; MalformedNote and MalformedCheckpoint when the
 *   checkpoint is none.
 */
export function parseProofFile(text: string): ProofFile {
  const headEnd = text.indexOf('\n\n')
  const [first, second = '', ...others] = text.slice(0, Math.max(headEnd, 0)).split('\n')
  if (headEnd < 0 || first !== firstLine) {
    throw new MalformedProofFile(quoted(text), `${firstLine}, an index, a proof and a checkpoint`)
  }
  const checkpoint = text.slice(headEnd + 2)
  parseCheckpointText(parseNote(checkpoint).text)
  if (!second.startsWith('extra ')) return { ...parseClaim([second, ...others]), checkpoint }
  return { ...parseClaim(others), checkpoint, extra: parseExtra(second) }
}

function parseClaim([indexLine = '', ...proofLines]: readonly string[]) {
  const index = indexLine.startsWith('index ') ? findDecimal(indexLine.slice(6)) : undefined
  if (index === undefined) throw new MalformedProofFile(quoted(indexLine), 'index <decimal>')
  const proof = findProof(proofLines)
  if (proof === undefined) {
    throw new MalformedProofFile('other lines', 'at most 63 hashes in base64')
  }
  return { index, proof }
}

function parseExtra(line: string): Uint8Array {
  const extra = findBase64(line.slice(6))
  if (extra !== undefined && extra.length > 0) return extra
  throw new MalformedProofFile(quoted(line), 'extra <base64>')
}
