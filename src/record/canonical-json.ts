import { Refusal } from './refusal.ts'
import type { JsonObject, JsonValue } from './strict-json.ts'

/** A signed record must arrive in canonical form, and these bytes are not. */
export class NotCanonical extends Refusal {
  override readonly code = 'not-canonical'
  /** Offset in bytes of the first difference from the canonical form. */
  readonly offset: number
  readonly canonicalDigest: string
  constructor(offset: number, canonicalDigest: string) {
    super(
      `the bytes differ from their canonical form (RFC 8785) at offset ${offset}; ` +
        `canonical bytes would have the digest ${canonicalDigest}`,
    )
    this.offset = offset
    this.canonicalDigest = canonicalDigest
  }
}

/**
 * The one byte sequence a JSON value hashes to: no white space, member names
 * sorted by UTF-16 code units, shortest string escapes, UTF-8.
 *
 * @param value - from `parseStrictJson`, or built of the same parts: integers,
 *   well-formed strings, no `undefined`.
 * @see RFC 8785 (JSON Canonicalization Scheme)
 */
export function canonicalBytes(value: JsonValue): Uint8Array {
  return new TextEncoder().encode(canonicalText(value))
}

export function canonicalText(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`
  if (value !== null && typeof value === 'object') return canonicalObject(value)
  return JSON.stringify(value)
}

function canonicalObject(value: JsonObject): string {
  const members: string[] = []
  // The default sort compares UTF-16 code units, which is what RFC 8785 section 3.2.3 asks for.
  for (const name of Object.keys(value).sort()) {
    const member = value[name]
    if (member !== undefined) members.push(`${JSON.stringify(name)}:${canonicalText(member)}`)
  }
  return `{${members.join(',')}}`
}

/** Offset of the first byte in which the two differ; `undefined` when they are equal. */
export function firstDifference(left: Uint8Array, right: Uint8Array): number | undefined {
  const shorter = Math.min(left.length, right.length)
  for (let offset = 0; offset < shorter; offset += 1) {
    if (left[offset] !== right[offset]) return offset
  }
  return left.length === right.length ? undefined : shorter
}
