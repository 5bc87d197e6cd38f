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
import {
  algorithmsOf,
  parsePublicKey,
  UnusableKey,
  verificationKeyOf,
  type PublicKey,
} from './public-keys.ts'

export class MalformedJws extends Refusal {
  override readonly code = 'malformed-jws'
  constructor(found: string, expected: string) {
    super(`found a JWS with ${found}, expected ${expected}`)
  }
}

/** One signature with what it covers, read without leniency; nothing of it is verified. */
export interface StrictJws {
  /** The protected header; `undefined` when it is not strict JSON. */
  readonly header: JsonObject | undefined
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
  refuseOtherMembers(members, ['payload', 'protected', 'signature'])
  return jwsOf(members, textAt(members, 'payload'))
}

/**
 * Reads a JWS in general JSON serialisation that is stored without its payload:
 * 1 to 16 signatures, each with exactly the members `protected` and `signature`.
 *
 * @param payload - the bytes that were signed.
 * @throws MalformedJws, InvalidJson
 * @see RFC 7515, section 7.2.1 and appendix F
 */
export function parseDetachedJws(document: Uint8Array, payload: Uint8Array): StrictJws[] {
  const members = parseStrictJson(document)
  refuseOtherMembers(members, ['signatures'])
  const entries = members['signatures']
  const count = Array.isArray(entries) ? entries.length : 0
  if (!Array.isArray(entries) || count === 0 || count > limits.signaturesPerRecord) {
    throw new MalformedJws(`${count} signatures`, `1 to ${limits.signaturesPerRecord}`)
  }
  const encoded = base64url.encode(payload)
  return entries.map((entry) => {
    if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) {
      throw new MalformedJws('a signature that is no object', 'an object')
    }
    refuseOtherMembers(entry, ['protected', 'signature'])
    return jwsOf(entry, encoded)
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
 * left out, private keys among them.
 *
 * @throws MalformedJws, InvalidJson
 * @see RFC 7517, section 5
 */
export async function parseKeySet(document: Uint8Array): Promise<Map<string, PublicKey>> {
  const list = parseStrictJson(document)['keys']
  if (!Array.isArray(list)) throw new MalformedJws('a key set without keys', 'a list of keys')
  const keys = await Promise.all(list.map(findPublicKey))
  return new Map(keys.flatMap((key) => (key === undefined ? [] : [[key.kid, key]])))
}

async function findPublicKey(member: JsonValue): Promise<PublicKey | undefined> {
  if (member === null || typeof member !== 'object' || Array.isArray(member)) return undefined
  const { x, y = '' } = member
  if (typeof x !== 'string' || typeof y !== 'string') return undefined
  try {
    return await parsePublicKey(member)
  } catch (error) {
    if (error instanceof UnusableKey) return undefined
    throw error
  }
}

function jwsOf(members: JsonObject, payload: string): StrictJws {
  const header = textAt(members, 'protected')
  const signature = textAt(members, 'signature')
  return {
    header: findHeader(bytesAt('protected', header)),
    payload: bytesAt('payload', payload),
    signature: bytesAt('signature', signature),
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

function refuseOtherMembers(object: JsonObject, expected: readonly string[]): void {
  const names = Object.keys(object)
  if (names.length === expected.length && expected.every((name) => names.includes(name))) return
  throw new MalformedJws(`the members ${quoted(names.join(', '))}`, expected.join(', '))
}

function textAt(members: JsonObject, name: string): string {
  const text = members[name]
  if (typeof text === 'string') return text
  throw new MalformedJws(`a ${name} that is no text`, 'base64url')
}

function bytesAt(name: string, text: string): Uint8Array {
  const isBase64url = /^[A-Za-z0-9_-]*$/.test(text) && text.length % 4 !== 1
  const bytes = isBase64url ? base64url.decode(text) : undefined
  // Stray bits at the end, or padding, would give one value several spellings.
  if (bytes !== undefined && base64url.encode(bytes) === text) return bytes
  throw new MalformedJws(`a ${name} of another spelling`, 'base64url without padding')
}
