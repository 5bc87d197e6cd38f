import { quoted, Refusal } from './refusal.ts'

/** One fault found in a record, with its place. */
export interface Finding {
  /** JSON Pointer (RFC 6901) into the record; '' is the whole document. */
  readonly pointer: string
  /** Stable name of the rule, for example `unknown-stage`. */
  readonly rule: string
  /** What stands there; at most 80 characters, never a secret. */
  readonly found: string
  readonly expected: string
  /** A record with an `error` is refused; a `warning` is shown and kept. */
  readonly severity: 'error' | 'warning'
}

/** The record is well-formed JSON, but not a record of ours. */
export class InvalidRecord extends Refusal {
  override readonly code = 'invalid-record'
  readonly findings: readonly Finding[]
  constructor(findings: readonly Finding[]) {
    const errors = findings.filter((finding) => finding.severity === 'error')
    const [first] = errors
    super(
      first === undefined
        ? 'the record breaks a rule'
        : `${errors.length} finding(s); first: ${quoted(first.pointer)}: found ${first.found}, expected ${first.expected}`,
    )
    this.findings = findings
  }
}

/** A step into a JSON document: member name or array index. */
export type PathStep = string | number

/** @see RFC 6901, section 3 */
export function pointerOf(path: readonly PathStep[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
