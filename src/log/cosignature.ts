import {
  cosignedMessage,
  findTimedSignature,
  timedSignatureBytes,
  type TimedSignature,
} from './cosigned-message.ts'
import { formatNote, keyIdOf, parseNote, signatureTypes } from './note.ts'
import { findSignature, signatureLineOf } from './signature-line.ts'
import { signEd25519, type WebKey } from './web-crypto.ts'

/** Whoever appends signatures of their own to checkpoints; the key must serve nothing else. */
export interface Cosigner {
  readonly name: string
  readonly privateKey: WebKey
  /** 32 bytes of RFC 8032. */
  readonly publicKey: Uint8Array
  /** Seconds since 1970. */
  readonly time: number
}

/** A cosigner's line on a checkpoint; whether it is good, nobody has looked yet. */
export interface Cosignature extends TimedSignature {
  readonly name: string
  /** 8 lower-case hex digits. */
  readonly keyId: string
}

/**
 * A witness's line under a checkpoint: it says that the log had this head then,
 * and had only grown.
 *
 * @param text - of the checkpoint, with its last newline and without signatures.
 * @returns the line with its newline.
 * @see C2SP tlog-cosignature, "Format"
 */
export async function cosign(text: string, cosigner: Cosigner): Promise<string> {
  const { name, privateKey, publicKey, time } = cosigner
  const keyId = await keyIdOf(name, signatureTypes.cosignature, publicKey)
  const signature = await signEd25519(privateKey, cosignedMessage(time, text))
  return signatureLineOf(name, keyId, timedSignatureBytes({ time, signature }))
}

/** The cosignature on this line, which ends in a newline; `undefined` when there is none. */
export function findCosignature(line: string): Cosignature | undefined {
  const found = findSignature(line)
  const timed = found === undefined ? undefined : findTimedSignature(found.signature)
  if (found === undefined || timed === undefined) return undefined
  return { name: found.name, keyId: found.keyId, ...timed }
}

/**
 * A checkpoint with the lines of cosigners under it. Of each key the first line
 * stays. Nothing is verified.
 *
 * @param note - the checkpoint as it is.
 * @param text - of the checkpoint that they signed.
 * @param lines - each with its newline.
 * @returns `undefined` when the note has another text, or all of the lines.
 * @throws MalformedNote
 */
export function noteWithCosignatures(
  note: string,
  text: string,
  lines: readonly string[],
): string | undefined {
  const shown = parseNote(note)
  const known = new Set(shown.signatures.map(keyOf))
  const added = lines.filter((line) => {
    const key = keyOf(findSignature(line))
    const isFirst = !known.has(key)
    known.add(key)
    return isFirst
  })
  if (shown.text !== text || added.length === 0) return undefined
  return formatNote(text, [...shown.signatures.map(({ line }) => line), ...added])
}

function keyOf(signature: Pick<Cosignature, 'name' | 'keyId'> | undefined): string {
  return `${signature?.name} ${signature?.keyId}`
}
