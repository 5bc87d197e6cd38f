import { quoted, Refusal } from './refusal.ts'

/** One fault found in a record or an event, with its place. */
export interface Finding {
  /** JSON Pointer (RFC 6901) into the document; '' is all of it. */
  readonly pointer: string
  /** Stable name of the rule, for example `unknown-stage`. */
  readonly rule: string
  /** What stands there; at most 80 characters, never a secret. */
  readonly found: string
  readonly expected: string
  /** A document with an `error` is refused; a `warning` is shown and kept. */
  readonly severity: 'error' | 'warning'
}

/** A large document can break a rule a million times; nobody reads that far. */
const mostFindings = 100

/** Well-formed JSON, but not a document of ours. */
export abstract class InvalidDocument extends Refusal {
  /** The first hundred. */
  readonly findings: readonly Finding[]
  constructor(findings: readonly Finding[]) {
    const errors = findings.filter((finding) => finding.severity === 'error')
    const [first] = errors
    super(
      first === undefined
        ? 'the document breaks a rule'
        : `${errors.length} finding(s); first: ${quoted(first.pointer)}: found ${first.found}, expected ${first.expected}`,
    )
    this.findings = findings.slice(0, mostFindings)
  }
}

export class InvalidRecord extends InvalidDocument {
  override readonly code = 'invalid-record'
}

export class InvalidEvent extends InvalidDocument {
  override readonly code = 'invalid-event'
}

/** A step into a JSON document: member name or array index. */
export type PathStep = string | number

/** @see RFC 6901, section 3 */
export function pointerOf(path: readonly PathStep[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
