import { UnsatisfiableRange } from './refusals.ts'

/** Bytes of a representation that a request asks for. */
export interface ContentRange {
  readonly start: number
  readonly endExclusive: number
}

const oneRange = /^bytes=(\d{0,16})-(\d{0,16})$/i

/**
 * The one range a request asks for, or `undefined` for the whole. Several ranges
 * and units other than bytes are answered with the whole, as RFC 9110 allows.
 *
 * @param header - value of the `Range` field.
 * @throws UnsatisfiableRange when nothing of it lies within the representation.
 * @see RFC 9110, section 14
 */
export function parseRange(
  header: string | undefined,
  byteLength: number,
): ContentRange | undefined {
  const match = header === undefined ? null : oneRange.exec(header.trim())
  if (header === undefined || match === null) return undefined
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return undefined
  if (first === '') return suffixRange(header, Number(last), byteLength)
  const start = Number(first)
  // RFC 9110, 14.1.1: a range whose end lies before its start is invalid, hence ignored.
  if (last !== '' && Number(last) < start) return undefined
  if (start >= byteLength) throw new UnsatisfiableRange(header, byteLength)
  const endExclusive = last === '' ? byteLength : Math.min(Number(last) + 1, byteLength)
  return { start, endExclusive }
}

function suffixRange(header: string, wanted: number, byteLength: number): ContentRange {
  if (wanted === 0 || byteLength === 0) throw new UnsatisfiableRange(header, byteLength)
  return { start: Math.max(0, byteLength - wanted), endExclusive: byteLength }
}

/**
 * Whether a range may be honoured: `If-Range` is absent or names exactly this
 * representation. Dates are never taken, our validators are strong tags.
 *
 * @see RFC 9110, section 13.1.5
 */
export function isRangeWanted(ifRange: string | undefined, etag: string): boolean {
  return ifRange === undefined || ifRange.trim() === etag
}

/** Whether the client has this representation already; weak comparison, as RFC 9110 13.1.2 asks. */
export function isKnownToClient(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  if (ifNoneMatch.trim() === '*') return true
  return ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
}
