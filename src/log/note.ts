import { quoted } from '../record/refusal.ts'
import { base64Of, findBase64, hexOfBytes, joinBytes } from './bytes.ts'
import { verifyTimedSignature } from './cosigned-message.ts'
import type { Sha256 } from './merkle-tree.ts'
import { MalformedNote, MalformedVerifierKey, UnverifiedNote } from './note-refusals.ts'
import {
  findSignature,
  isKeyName,
  keyIdLength,
  signatureLineOf,
  type NoteSignature,
} from './signature-line.ts'
import { importEd25519, signEd25519, verifyEd25519, webSha256, type WebKey } from './web-crypto.ts'

/** Kinds of signature on a note that we know. C2SP signed-note, "Signature types". */
export const signatureTypes = { ed25519: 0x01, cosignature: 0x04 } as const
export type SignatureType = (typeof signatureTypes)[keyof typeof signatureTypes]

/** A text and who says to have signed it; nothing of it is verified. */
export interface Note {
  /** What is signed, with its last newline. */
  readonly text: string
  /** At least one. */
  readonly signatures: readonly NoteSignature[]
}

/** A public key that a reader has decided to know. */
export interface NoteVerifier {
  readonly name: string
  /** 4 bytes. */
  readonly keyId: Uint8Array
  readonly type: SignatureType
  /** 32 bytes of RFC 8032. */
  readonly publicKey: Uint8Array
  /** The one spelling of this verifier as text. */
  readonly vkey: string
  /** @param signature - what follows the key id. */
  verify(text: string, signature: Uint8Array): Promise<boolean>
}

/** Seam: whoever holds a private key that notes are signed with. */
export interface NoteSigner {
  readonly name: string
  /** 4 bytes. */
  readonly keyId: Uint8Array
  /** Gives what follows the key id. */
  sign(text: string): Promise<Uint8Array>
}

/** A signature line and the known key it belongs to. */
export interface KnownSignature {
  readonly verifier: NoteVerifier
  readonly signature: NoteSignature
}

export interface NoteVerdict {
  readonly verified: readonly KnownSignature[]
  /** A note with any of these is to be refused. */
  readonly failed: readonly KnownSignature[]
  /** How many lines are of keys that the reader does not know: they say nothing. */
  readonly unknown: number
}

/** Most bytes of a note that we read; a checkpoint has a few hundred. */
const longestNote = 1_000_000
const mostSignatures = 100

/**
 * Reads a signed note, and accepts exactly one spelling of it. Verifies nothing.
 *
 * @param note - at most 1 000 000 bytes, 1 to 100 signature lines.
 * @throws MalformedNote
 * @see C2SP signed-note, "Format"
 */
export function parseNote(note: string | Uint8Array): Note {
  const byteLength = (typeof note === 'string' ? new TextEncoder().encode(note) : note).length
  if (byteLength > longestNote) throw new MalformedNote(`${byteLength} bytes`, `${longestNote}`)
  const whole = typeof note === 'string' ? note : parseText(note)
  if (/(?!\n)[\0-\x1f]/.test(whole) || !whole.isWellFormed()) {
    throw new MalformedNote('control characters or broken text', 'newlines alone')
  }
  const textEnd = whole.lastIndexOf('\n\n') + 1
  if (textEnd === 0) throw new MalformedNote('no blank line', 'one before the signatures')
  return { text: whole.slice(0, textEnd), signatures: parseLines(whole.slice(textEnd + 1)) }
}

/**
 * The note of a text and lines that sign it.
 *
 * @param lines - each with its newline.
 * @throws MalformedNote when they do not make a note.
 */
export function formatNote(text: string, lines: readonly string[]): string {
  const note = `${text}\n${lines.join('')}`
  if (parseNote(note).text !== text) throw new MalformedNote('a torn text', 'a text with newline')
  return note
}

/** Signs a text, which ends in a newline, with each key in turn. */
export async function signNote(text: string, signers: readonly NoteSigner[]): Promise<string> {
  const lines: string[] = []
  for (const signer of signers) {
    lines.push(signatureLineOf(signer.name, signer.keyId, await signer.sign(text)))
  }
  return formatNote(text, lines)
}

/**
 * Verifies every signature of a key that is known. It takes no decision: see `openNote`.
 *
 * @throws MalformedNote when the note is still to be read.
 * @see C2SP signed-note, "Signatures"
 */
export async function verifyNote(
  note: Note | string,
  verifiers: readonly NoteVerifier[],
): Promise<NoteVerdict> {
  const { text, signatures } = typeof note === 'string' ? parseNote(note) : note
  const verified: KnownSignature[] = []
  const failed: KnownSignature[] = []
  for (const signature of signatures) {
    for (const verifier of verifiers.filter((known) => isOfKey(signature, known))) {
      const isGood = await verifier.verify(text, signature.signature)
      const list = isGood ? verified : failed
      list.push({ verifier, signature })
    }
  }
  const isUnknown = (line: NoteSignature) => !verifiers.some((known) => isOfKey(line, known))
  return { verified, failed, unknown: signatures.filter(isUnknown).length }
}

/**
 * The text of a note that at least one known key signed, and on which no known
 * key's signature is bad.
 *
 * @throws UnverifiedNote, MalformedNote
 */
export async function openNote(
  note: Note | string,
  verifiers: readonly NoteVerifier[],
): Promise<NoteVerdict & { readonly text: string }> {
  const parsed = typeof note === 'string' ? parseNote(note) : note
  const verdict = await verifyNote(parsed, verifiers)
  const [bad] = verdict.failed
  if (bad !== undefined) {
    throw new UnverifiedNote(`the signature of ${quoted(bad.verifier.name)} is bad`)
  }
  if (verdict.verified.length === 0) {
    throw new UnverifiedNote(`found ${verdict.unknown} unknown signatures, expected a known one`)
  }
  return { text: parsed.text, ...verdict }
}

/** A signer whose key is held in memory. Ed25519 is deterministic: a text has one signature. */
export async function ed25519NoteSigner(
  name: string,
  privateKey: WebKey,
  publicKey: Uint8Array,
): Promise<NoteSigner> {
  return {
    name,
    keyId: await keyIdOf(name, signatureTypes.ed25519, publicKey),
    sign: (text) => signEd25519(privateKey, new TextEncoder().encode(text)),
  }
}

/** The 4 bytes that stand for a key: the begin of SHA-256 over name, newline, type and public key. */
export async function keyIdOf(
  name: string,
  type: SignatureType,
  publicKey: Uint8Array,
  sha256: Sha256 = webSha256,
): Promise<Uint8Array> {
  const named = joinBytes(new TextEncoder().encode(`${name}\n`), Uint8Array.of(type), publicKey)
  return (await sha256(named)).slice(0, keyIdLength)
}

/** A public key as text, to be given to readers: name, key id and key, with plus signs between. */
export async function verifierKeyOf(
  name: string,
  type: SignatureType,
  publicKey: Uint8Array,
): Promise<string> {
  const keyId = hexOfBytes(await keyIdOf(name, type, publicKey))
  return `${name}+${keyId}+${base64Of(joinBytes(Uint8Array.of(type), publicKey))}`
}

/**
 * Reads a public key of type Ed25519 or cosignature; no other type is known here.
 *
 * @throws MalformedVerifierKey also when the key id is not that of name and key.
 * @see C2SP signed-note, "Verifier keys"
 */
export async function parseVerifierKey(vkey: string): Promise<NoteVerifier> {
  // From the left, because base64 has plus signs too.
  const [, name = '', idHex, base64 = ''] = /^([^+]+)\+([^+]+)\+(.+)$/.exec(vkey) ?? []
  const [type, ...key] = findBase64(base64) ?? []
  if (!isKeyName(name)) throw new MalformedVerifierKey(vkey, '<name>+<key id>+<key in base64>')
  if (!isSignatureType(type) || key.length !== 32) {
    throw new MalformedVerifierKey(vkey, 'an Ed25519 key of type 1 or 4')
  }
  const publicKey = Uint8Array.from(key)
  const keyId = await keyIdOf(name, type, publicKey)
  if (idHex !== hexOfBytes(keyId))
    throw new MalformedVerifierKey(vkey, `the key id ${hexOfBytes(keyId)}`)
  const verify = verificationBy(await importEd25519(publicKey), type)
  return { name, keyId, type, publicKey, vkey, verify }
}

function verificationBy(key: WebKey, type: SignatureType): NoteVerifier['verify'] {
  if (type === signatureTypes.cosignature) {
    return (text, signature) => verifyTimedSignature(key, text, signature)
  }
  return (text, signature) => verifyEd25519(key, new TextEncoder().encode(text), signature)
}

function isSignatureType(type: number | undefined): type is SignatureType {
  return type === signatureTypes.ed25519 || type === signatureTypes.cosignature
}

function isOfKey(signature: NoteSignature, { name, keyId }: NoteVerifier): boolean {
  return signature.name === name && signature.keyId === hexOfBytes(keyId)
}

function parseText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) throw new MalformedNote('other bytes', 'UTF-8')
    throw error
  }
}

function parseLines(text: string): NoteSignature[] {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? []
  if (lines.length === 0 || lines.length > mostSignatures) {
    throw new MalformedNote(`${lines.length} signatures`, `1 to ${mostSignatures}`)
  }
  return lines.map((line) => {
    const signature = findSignature(line)
    if (signature === undefined) throw new MalformedNote(quoted(line), 'a signature line')
    return signature
  })
}
