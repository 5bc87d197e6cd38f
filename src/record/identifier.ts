import { hexOf, type Digest } from './digest.ts'

/**
 * Other spellings of a digest. They are computed from it and never stored: the
 * key of everything is `sha256:` and 64 hex digits.
 */

/** Hex digits of the short form; the service resolves a unique prefix of this length. */
const shortLength = 12

/** Hex digits of the form for print: 120 bits, a named truncation of RFC 6920. */
const printedLength = 30

/** The first 12 hex digits: for people to tell records apart, not to cite. */
export function shortDigestOf(digest: Digest): string {
  return hexOf(digest).slice(0, shortLength)
}

/** Page of a record; `registryUrl` has no slash at the end. */
export function recordUrlOf(registryUrl: string, digest: Digest): string {
  return `${registryUrl}/records/${digest}`
}

/**
 * The digest as a URI that no host name can outlive.
 *
 * @see RFC 6920, section 3
 */
export function niUriOf(digest: Digest): string {
  const bytes = (hexOf(digest).match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))
  const base64 = btoa(String.fromCharCode(...bytes))
  return `ni:///sha-256;${base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`
}

/**
 * 120 bits of the digest for print and dictation, in groups of four, with a
 * check digit that catches a mistyped digit. It identifies, but it is too short
 * to prove anything: it never stands in for the whole digest.
 *
 * @see RFC 6920, section 7
 */
export function nihUriOf(digest: Digest): string {
  const hex = hexOf(digest).slice(0, printedLength)
  const groups = hex.match(/.{1,4}/g) ?? []
  return `nih:sha-256-120;${groups.join('-')};${luhnCheckDigit(hex)}`
}

/** Luhn's algorithm with 16 digits instead of 10: from the right, every other digit counts twice. */
function luhnCheckDigit(hex: string): string {
  const digits = Array.from(hex, (digit) => Number.parseInt(digit, 16))
  const sum = digits
    .toReversed()
    .map((digit, place) => (place % 2 === 0 ? sumOfDigits(digit * 2) : digit))
    .reduce((total, value) => total + value, 0)
  return ((16 - (sum % 16)) % 16).toString(16)
}

function sumOfDigits(value: number): number {
  return Math.floor(value / 16) + (value % 16)
}
