import * as base64url from 'jose/base64url'
import { flattenedVerify } from 'jose/jws/flattened/verify'
import { canonicalText } from '../record/canonical-json.ts'
import { limits } from '../record/limits.ts'
import { quoted, Refusal } from '../record/refusal.ts'
import {
  InvalidJson,
  parseStrictJson,
  type JsonObject,
  type JsonValue,
} from '../record/strict-json.ts'
import { base64urlFault } from './base64url.ts'
import {
  algorithmsOf,
  parsePublicKey,
  UnusableKey,
  verificationKeyOf,
  type ListedKey,
  type PublicKey,
  type RoleInKeySet,
} from './public-keys.ts'

export class MalformedJws extends Refusal {
  override readonly code = 'malformed-jws'
  constructor(found: string, expected: string) {
    super(`found a JWS with ${found}, expected ${expected}`)
  }
}

/**
 * Makes the refusal of whoever reads: other callers know other codes.
 *
 * @param index - which signature of several it is about, from 0.
 */
export type RefusalOf = (found: string, expected: string, index: number) => Refusal

const malformed: RefusalOf = (found, expected) => new MalformedJws(found, expected)

/** One signature with what it covers, read without leniency; nothing of it is verified. */
export interface StrictJws {
  /** The protected header; `undefined` when it is not strict JSON. */
  readonly header: JsonObject | undefined
  readonly headerBytes: Uint8Array
  readonly payload: Uint8Array
  /** Decoded, because one signature has several base64url spellings. */
  readonly signature: Uint8Array
  /** As they stand in the document, in base64url. */
  readonly encoded: {
    readonly protected: string
    readonly payload: string
    readonly signature: string
  }
}

/**
 * Reads a JWS in flattened JSON serialisation: exactly the members `payload`,
 * `protected` and `signature`, in the one spelling of base64url. An unprotected
 * header is refused.
 *
 * @throws MalformedJws, InvalidJson
 * @see RFC 7515, section 7.2.2
 */
export function parseFlattenedJws(document: Uint8Array): StrictJws {
  const members = parseStrictJson(document)
  const refuse: Refuse = (found, expected) => malformed(found, expected, 0)
  refuseOtherMembers(members, ['payload', 'protected', 'signature'], refuse)
  return jwsOf(members, base64urlAt(members, 'payload', refuse), refuse)
}

/**
 * Reads a JWS in general JSON serialisation that is stored without its payload:
 * 1 to 16 signatures, each with exactly the members `protected` and `signature`.
 *
 * @param payload - the bytes that were signed.
 * @throws MalformedJws, or what `refusalOf` makes
 * @see RFC 7515, section 7.2.1 and appendix F
 */
export function readDetachedJws(
  document: JsonObject,
  payload: Uint8Array,
  refusalOf: RefusalOf = malformed,
): StrictJws[] {
  refuseOtherMembers(document, ['signatures'], (...why) => refusalOf(...why, 0))
  const entries = document['signatures']
  const count = Array.isArray(entries) ? entries.length : 0
  if (!Array.isArray(entries) || count === 0 || count > limits.signaturesPerRecord) {
    const expected = `1 to ${limits.signaturesPerRecord} signatures`
    throw refusalOf(`${count} signatures`, expected, 0)
  }
  const encoded = base64url.encode(payload)
  return entries.map((entry, index) => {
    const refuse: Refuse = (...why) => refusalOf(...why, index)
    if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) {
      throw refuse('no object', 'an object')
    }
    refuseOtherMembers(entry, ['protected', 'signature'], refuse)
    return jwsOf(entry, encoded, refuse)
  })
}

/**
 * Whether the key made the signature. The algorithm is that of the header, and
 * must be one that fits the key: a header cannot choose another.
 */
export async function isSignedBy(jws: StrictJws, key: PublicKey): Promise<boolean> {
  const alg = jws.header?.['alg']
  if (typeof alg !== 'string' || !algorithmsOf(key).includes(alg)) return false
  try {
    await flattenedVerify(jws.encoded, await verificationKeyOf(key), { algorithms: [alg] })
    return true
  } catch {
    return false
  }
}

/** Whether the header has exactly these members: no `crit`, no `b64`, no key, no address of one. */
export function hasExactly(header: JsonObject | undefined, expected: JsonObject): boolean {
  return header !== undefined && canonicalText(header) === canonicalText(expected)
}

/**
 * The usable keys of a JWK Set by their RFC 7638 thumbprints, which are computed:
 * a set could give one key the name of another. Other members of the list are
 * left out, private keys among them, and keys whose `retiredAt` is no time.
 *
 * @param role - keys without it are left out too; see docs/format.md, section 9.
 * @throws MalformedJws, InvalidJson
 * @see RFC 7517, section 5
 */
export async function parseKeySet(
  document: Uint8Array,
  role?: RoleInKeySet,
): Promise<Map<string, ListedKey>> {
  const list = parseStrictJson(document)['keys']
  if (!Array.isArray(list)) throw new MalformedJws('a key set without keys', 'a list of keys')
  const keys = await Promise.all(list.map((member) => findPublicKey(member, role)))
  return new Map(keys.flatMap((key) => (key === undefined ? [] : [[key.kid, key]])))
}

async function findPublicKey(
  member: JsonValue,
  role: RoleInKeySet | undefined,
): Promise<ListedKey | undefined> {
  if (member === null || typeof member !== 'object' || Array.isArray(member)) return undefined
  if (role !== undefined && member['role'] !== role) return undefined
  const { retiredAt } = member
  if (retiredAt !== undefined && !isTime(retiredAt)) return undefined
  try {
    const key = await parsePublicKey(member)
    return retiredAt === undefined ? key : { ...key, retiredAt }
  } catch (error) {
    if (error instanceof UnusableKey) return undefined
    throw error
  }
}

function isTime(value: JsonValue): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)
}

type Refuse = (found: string, expected: string) => Refusal

function jwsOf(members: JsonObject, payload: string, refuse: Refuse): StrictJws {
  const header = base64urlAt(members, 'protected', refuse)
  const signature = base64urlAt(members, 'signature', refuse)
  const headerBytes = base64url.decode(header)
  return {
    header: findHeader(headerBytes),
    headerBytes,
    payload: base64url.decode(payload),
    signature: base64url.decode(signature),
    encoded: { protected: header, payload, signature },
  }
}

function findHeader(bytes: Uint8Array): JsonObject | undefined {
  try {
    return parseStrictJson(bytes)
  } catch (error) {
    if (error instanceof InvalidJson) return undefined
    throw error
  }
}

/** Those that are missing are refused where they are read. */
function refuseOtherMembers(object: JsonObject, expected: readonly string[], refuse: Refuse): void {
  const other = Object.keys(object).find((name) => !expected.includes(name))
  if (other !== undefined) {
    throw refuse(`the member ${quoted(other)}`, `only ${expected.join(', ')}`)
  }
}

function base64urlAt(members: JsonObject, name: string, refuse: Refuse): string {
  const text = members[name]
  const fault = base64urlFault(text)
  if (typeof text === 'string' && fault === undefined) return text
  throw refuse(fault ?? 'something else', `${name} in base64url without padding`)
}
