import { joinBytes } from './bytes.ts'
import { verifyEd25519, type WebKey } from './web-crypto.ts'

/** What a cosigner appends to a checkpoint, behind its key id. */
export interface TimedSignature {
  /** When the cosigner saw the checkpoint: seconds since 1970, at most 2^53-1. */
  readonly time: number
  /** Ed25519 over `cosignedMessage`: 64 bytes. */
  readonly signature: Uint8Array
}

const timeLength = 8
const signatureLength = 64

/**
 * The bytes that a cosigner signs: the time and the whole text of the checkpoint.
 *
 * @param text - of the note, with its last newline and without signatures.
 * @see C2SP tlog-cosignature, "Ed25519 signed message"
 */
export function cosignedMessage(time: number, text: string): Uint8Array {
  return new TextEncoder().encode(`cosignature/v1\ntime ${time}\n${text}`)
}

/** The 72 bytes of a timed signature: the time in 64 bits, big end first, and the signature. */
export function timedSignatureBytes({ time, signature }: TimedSignature): Uint8Array {
  const timeBytes = new Uint8Array(timeLength)
  new DataView(timeBytes.buffer).setBigUint64(0, BigInt(time))
  return joinBytes(timeBytes, signature)
}

/** The timed signature of these bytes; `undefined` when they cannot be one. */
export function findTimedSignature(bytes: Uint8Array): TimedSignature | undefined {
  if (bytes.length !== timeLength + signatureLength) return undefined
  const time = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0))
  return Number.isSafeInteger(time) ? { time, signature: bytes.subarray(timeLength) } : undefined
}

/** Whether these bytes are a cosigner's signature, with its time, on the text of a checkpoint. */
export async function verifyTimedSignature(
  publicKey: WebKey,
  text: string,
  bytes: Uint8Array,
): Promise<boolean> {
  const timed = findTimedSignature(bytes)
  if (timed === undefined) return false
  return verifyEd25519(publicKey, cosignedMessage(timed.time, text), timed.signature)
}
