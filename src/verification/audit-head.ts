import { parsePublicKey, UnusableKey } from '../attestation/public-keys.ts'
import { base64Of, findBase64, sameBytes } from '../log/bytes.ts'
import { openCheckpoint, parseCheckpointText, type Checkpoint } from '../log/checkpoint.ts'
import { parseNote, parseVerifierKey, signatureTypes } from '../log/note.ts'
import { verifierKeyOf, verifyNote, type NoteVerifier } from '../log/note.ts'
import { MalformedVerifierKey } from '../log/note-refusals.ts'
import { quoted, Refusal } from '../record/refusal.ts'
import type { KeyHistory } from './audit-keys.ts'

/** The head of a log and the keys that signed it. */
export interface SignedHead {
  /** The signed note as it was read. */
  readonly note: string
  readonly head: Checkpoint
  /** Keys of the log with a good signature on it; trusted ones, if any of them has. */
  readonly signers: readonly NoteVerifier[]
  /** Whether a key that was trusted beforehand has signed. */
  readonly isTrusted: boolean
}

export interface HeadKeys {
  readonly trusted: readonly NoteVerifier[]
  /** By the registry's own word. */
  readonly published: readonly NoteVerifier[]
}

/**
 * Opens the newest checkpoint. One that no trusted key has signed, but a published
 * one, is opened too: the log itself can tell that it follows a trusted key.
 *
 * @throws Refusal saying what is wrong with it.
 */
export async function openHead(bytes: Uint8Array, keys: HeadKeys): Promise<SignedHead> {
  const note = new TextDecoder().decode(bytes)
  const { origin } = parseCheckpointText(parseNote(bytes).text)
  const isOfLog = ({ name, type }: NoteVerifier) =>
    name === origin && type === signatureTypes.ed25519
  const trusted = keys.trusted.filter(isOfLog)
  const { verified, failed } = await verifyNote(note, trusted)
  const isTrusted = verified.length + failed.length > 0
  const verifiers = isTrusted ? trusted : keys.published.filter(isOfLog)
  const head = await openCheckpoint(note, origin, verifiers)
  const signers = (await verifyNote(note, verifiers)).verified.map(({ verifier }) => verifier)
  return { note, head, signers, isTrusted }
}

/** Verifier keys that can be read; a list may hold keys of a kind that is not known yet. */
export async function readVerifiers(vkeys: readonly string[]): Promise<NoteVerifier[]> {
  const verifiers = await Promise.all(
    vkeys.map(async (vkey) => {
      try {
        return await parseVerifierKey(vkey)
      } catch (error) {
        if (error instanceof MalformedVerifierKey) return undefined
        throw error
      }
    }),
  )
  return verifiers.filter((verifier) => verifier !== undefined)
}

/** All keys that signed the log, as it introduces them. */
export async function logVerifiersOf(keys: KeyHistory, origin: string): Promise<NoteVerifier[]> {
  const vkeys = keys.logKeys().map(({ x }) => {
    const base64 = x.replaceAll('-', '+').replaceAll('_', '/')
    const bytes = findBase64(base64.padEnd(Math.ceil(base64.length / 4) * 4, '='))
    return verifierKeyOf(origin, signatureTypes.ed25519, bytes ?? new Uint8Array())
  })
  return readVerifiers(await Promise.all(vkeys))
}

/**
 * The keys a reader may trust from now on: those trusted before, and those that
 * the log introduces with the word of one of them; without those that it retires.
 *
 * @returns or why none of them has signed the head.
 */
export async function trustAfter(
  { head, signers }: SignedHead,
  trusted: readonly NoteVerifier[],
  keys: KeyHistory,
): Promise<NoteVerifier[] | string> {
  const kids = new Set(await Promise.all(trusted.map(thumbprintOf)))
  const history = keys.registryKeys('log')
  for (const { kid, vouchedBy } of history) {
    if (vouchedBy !== undefined && kids.has(vouchedBy)) kids.add(kid)
  }
  const current = new Set(
    history.flatMap(({ kid, retiredIndex }) =>
      retiredIndex === undefined && kids.has(kid) ? [kid] : [],
    ),
  )
  const isCurrent = async (key: NoteVerifier) => current.has((await thumbprintOf(key)) ?? '')
  const known = await logVerifiersOf(keys, head.origin)
  const next = await filtered(known, isCurrent)
  if ((await filtered(signers, isCurrent)).length > 0) return next
  const names = (await Promise.all(signers.map(thumbprintOf))).join(', ')
  return (
    `signed by ${names} only, which the log has not introduced with the word of a key that ` +
    'you trust, or has retired'
  )
}

/** Whether two heads of one log have the same size and other roots. */
export function isForked(seen: Checkpoint, shown: Checkpoint): boolean {
  return seen.size === shown.size && !sameBytes(seen.root, shown.root)
}

/** RFC 7638 thumbprint of the key of a log. */
export async function thumbprintOf({ publicKey }: NoteVerifier): Promise<string | undefined> {
  const base64 = base64Of(publicKey).replaceAll('+', '-').replaceAll('/', '_')
  try {
    const x = base64.replaceAll('=', '')
    return (await parsePublicKey({ kty: 'OKP', crv: 'Ed25519', x })).kid
  } catch (error) {
    if (error instanceof UnusableKey) return undefined
    throw error
  }
}

/** Why something of the registry was refused; what is no refusal is thrown on. */
export function whyRefused(error: unknown): string {
  if (error instanceof Refusal) return error.message
  throw error
}

/** @throws Refusal when a verifier key that a reader has given is none. */
export async function parseTrustedKeys(vkeys: readonly string[]): Promise<NoteVerifier[]> {
  const verifiers = await Promise.all(vkeys.map(parseVerifierKey))
  const other = verifiers.find(({ type }) => type !== signatureTypes.ed25519)
  if (other === undefined) return verifiers
  throw new MalformedVerifierKey(other.vkey, `a key of a log, type 1; ${quoted(other.name)} is not`)
}

async function filtered<Item>(
  items: readonly Item[],
  isWanted: (item: Item) => Promise<boolean>,
): Promise<Item[]> {
  const wanted = await Promise.all(items.map(isWanted))
  return items.filter((_, at) => wanted[at] === true)
}
