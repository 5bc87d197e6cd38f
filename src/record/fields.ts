import { z } from 'zod'
import { digestPattern } from './digest.ts'
import { pathFault } from './path-rules.ts'

/**
 * The small words a record is made of. Durations are integer milliseconds,
 * sizes integer bytes, energy integer joules; measured numbers are decimal
 * strings, because a digest must not depend on how a float is printed.
 */

const controlCharacters = /[\u0000-\u001f\u007f-\u009f]/
const controlCharactersButNewlineAndTab = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/
const rfc3339Utc = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/
const decimal = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d{1,4})?$/
const name = /^[a-z][a-z0-9_-]{0,63}$/

/** One line of text. */
export const Line = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .refine((text) => !controlCharacters.test(text), 'text without control characters')

/** Text of several lines; newline and tab are the only control characters. */
export const Prose = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .refine(
      (text) => !controlCharactersButNewlineAndTab.test(text),
      'text without control characters other than newline and tab',
    )

export const Digest = z
  .string()
  .regex(digestPattern, 'sha256: and 64 lower-case hex digits')
  .brand<'Digest'>()
  .meta({ description: 'SHA-256 of bytes, as sha256:<64 lower-case hex digits>' })
/** That of digest.ts, which does without a schema. */
export type Digest = z.infer<typeof Digest>

export const Name = z.string().regex(name, 'a name: a-z, then a-z 0-9 _ -, at most 64 characters')

export const Time = z
  .string()
  .regex(rfc3339Utc, {
    error: 'RFC 3339 time in UTC, for example 2026-11-20T10:00:00Z',
    abort: true,
  })
  .refine(isOnTheCalendar, 'a date that exists')
  .meta({ description: 'RFC 3339 time in UTC with Z' })

export const Decimal = z
  .string()
  .max(64)
  .regex(decimal, 'a decimal number as a string, for example "0.001" or "1e-9"')
  .meta({ description: 'decimal number as a string' })

/** A decimal, or what a computation can give instead: a comparison must be able to say so. */
export const Measured = z.union([Decimal, z.enum(['nan', 'inf', '-inf'])])

export const Count = z.int().min(0)
export const PositiveCount = z.int().min(1)
export const Bytes = z.int().min(0).meta({ description: 'bytes' })
export const Milliseconds = z.int().min(0).meta({ description: 'milliseconds' })

export const RelativePath = z
  .string()
  .refine((path) => pathFault(path) === undefined, {
    error: (issue) => `a relative path of the path rules (found ${pathFault(String(issue.input))})`,
  })
  .meta({ description: 'relative POSIX path, NFC; rules in docs/format.md' })

/** A path in which `*` and `?` match within one component and `**` matches any number of them. */
export const PathPattern = RelativePath

export const Url = z
  .string()
  .max(2048)
  .regex(/^[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^`\u0000-\u001f]+$/i, 'an absolute URL')

export const MediaType = z
  .string()
  .max(255)
  .regex(
    /^[a-z0-9][\w!#$&^.+-]*\/[\w!#$&^.+-]+(;\s*[\w.-]+=("[^"\\\u0000-\u001f]*"|[\w.+-]+))*$/i,
    'a media type',
  )

export const Commit = z
  .string()
  .regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, 'a full commit id: 40 or 64 lower-case hex digits')

export const Swhid = z
  .string()
  .max(2048)
  .regex(/^swh:1:(cnt|dir|rev|rel|snp):[0-9a-f]{40}(;.*)?$/, 'a SWHID')

export const Doi = z
  .string()
  .max(255)
  .regex(/^10\.\d{4,9}\/\S+$/, 'a DOI without a resolver, 10.…/…')

export const Orcid = z.string().regex(/^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$/, 'a bare ORCID iD')

export const Ror = z.string().regex(/^https:\/\/ror\.org\/0[a-z0-9]{8}$/, 'a ROR URL')

/** How values are made safe when they are inserted into a template. */
export const Escape = z.enum(['sh', 'yaml', 'xml', 'none'])

/** Bytes held by the registry. */
export const BlobReference = z.strictObject({
  digest: Digest,
  size: Bytes,
  mediaType: MediaType.optional(),
})

export type BlobReference = z.infer<typeof BlobReference>

function isOnTheCalendar(time: string): boolean {
  const date = new Date(time)
  // Date rolls 30 February over to March; the text must survive the round trip.
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 19) === time.slice(0, 19)
}
