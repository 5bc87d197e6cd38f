import type { z } from 'zod'
import { quoted, Refusal } from './refusal.ts'

export const digestPattern = /^sha256:[0-9a-f]{64}$/

/** Name of bytes: `sha256:` and the 64 lower-case hex digits of their SHA-256. */
export type Digest = string & z.$brand<'Digest'>

export class MalformedDigest extends Refusal {
  override readonly code = 'malformed-digest'
  constructor(found: string) {
    super(`found ${quoted(found)}, expected sha256: and 64 lower-case hex digits`)
  }
}

export class DigestMismatch extends Refusal {
  override readonly code = 'digest-mismatch'
  readonly claimed: Digest
  readonly actual: Digest
  constructor(claimed: Digest, actual: Digest) {
    super(`content hashes to ${actual}, not to the claimed ${claimed}`)
    this.claimed = claimed
    this.actual = actual
  }
}

/** @throws MalformedDigest */
export function parseDigest(text: string): Digest {
  if (!isDigest(text)) throw new MalformedDigest(text)
  return text
}

export function isDigest(text: string): text is Digest {
  return digestPattern.test(text)
}

/** The 64 hex digits without the algorithm. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length)
}

/** @throws MalformedDigest */
export function digestOfHex(hex: string): Digest {
  return parseDigest(`sha256:${hex}`)
}

/** Hashes a small document; gives lower-case hex. */
export type HexHash = (
  algorithm: 'SHA-256' | 'SHA-512',
  bytes: Uint8Array,
) => string | Promise<string>

/** SHA-256 of a small document held in memory; blobs are hashed while they stream. */
export async function digestOf(bytes: Uint8Array, hash: HexHash = hexDigest): Promise<Digest> {
  return digestOfHex(await hash('SHA-256', bytes))
}

/** The hash that every platform has, and the one of browsers; a server has a quicker one. */
export async function hexDigest(
  algorithm: 'SHA-256' | 'SHA-512',
  bytes: Uint8Array,
): Promise<string> {
  const hash = await crypto.subtle.digest(algorithm, new Uint8Array(bytes))
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
