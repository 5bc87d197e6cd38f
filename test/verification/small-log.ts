import { sha256, type TestKey } from './test-keys.ts'

/**
 * A log of a few entries, by the plain recursion of RFC 9162. Independent of
 * src/log on purpose: what one wrote the other must be able to read.
 */
export function leafHashOf(entry: Uint8Array): Buffer {
  return sha256(Buffer.concat([Buffer.of(0), entry]))
}

export function rootOf(entries: readonly Uint8Array[]): Buffer {
  const [first = Buffer.alloc(0)] = entries
  if (entries.length === 1) return leafHashOf(first)
  const half = splitOf(entries.length)
  return nodeOf(rootOf(entries.slice(0, half)), rootOf(entries.slice(half)))
}

/** From the leaf's sibling up to the child of the root. */
export function inclusionProofOf(entries: readonly Uint8Array[], index: number): Buffer[] {
  if (entries.length === 1) return []
  const half = splitOf(entries.length)
  return index < half
    ? [...inclusionProofOf(entries.slice(0, half), index), rootOf(entries.slice(half))]
    : [...inclusionProofOf(entries.slice(half), index - half), rootOf(entries.slice(0, half))]
}

/** A key that signs notes under a name. */
export interface NoteKey {
  readonly name: string
  readonly key: TestKey
  /** 0x01 of a log, 0x04 of a witness. */
  readonly type: number
}

/** The public half as text: `<name>+<key id>+<key>`. */
export function verifierKeyOf(noteKey: NoteKey): string {
  const typed = Buffer.concat([Buffer.of(noteKey.type), noteKey.key.publicBytes])
  return `${noteKey.name}+${keyIdOf(noteKey).toString('hex')}+${typed.toString('base64')}`
}

export function checkpointText(origin: string, size: number, root: Buffer): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`
}

export function signedNote(text: string, lines: readonly string[]): string {
  return `${text}\n${lines.join('')}`
}

export function signatureLine(text: string, signer: NoteKey): string {
  return lineOf(signer, signer.key.sign(Buffer.from(text)))
}

/** Of a witness: over the time and the text. */
export function cosignatureLine(text: string, witness: NoteKey, seconds: number): string {
  const time = Buffer.alloc(8)
  time.writeBigUInt64BE(BigInt(seconds))
  const signed = Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`)
  return lineOf(witness, Buffer.concat([time, witness.key.sign(signed)]))
}

export function lineOf(signer: NoteKey, signature: Buffer): string {
  const blob = Buffer.concat([keyIdOf(signer), signature])
  return `— ${signer.name} ${blob.toString('base64')}\n`
}

export function proofFileOf(index: number, proof: readonly Buffer[], checkpoint: string): string {
  const hashes = proof.map((hash) => `${hash.toString('base64')}\n`).join('')
  return `c2sp.org/tlog-proof@v1\nindex ${index}\n${hashes}\n${checkpoint}`
}

function keyIdOf({ name, key, type }: NoteKey): Buffer {
  const typed = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), key.publicBytes])
  return sha256(typed).subarray(0, 4)
}

function nodeOf(left: Buffer, right: Buffer): Buffer {
  return sha256(Buffer.concat([Buffer.of(1), left, right]))
}

/** The largest power of two below the size. */
function splitOf(size: number): number {
  return 2 ** Math.ceil(Math.log2(size) - 1)
}
