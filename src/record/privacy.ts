import type { Finding, PathStep } from './finding.ts'
import { pointerOf } from './finding.ts'
import type { JsonValue } from './strict-json.ts'

/**
 * What must never stand in a permanent public record. The value itself is never
 * repeated in a finding.
 *
 * A text can be as long as a record. So no pattern may begin with a run that it can
 * begin again inside of: the time would grow with the square of the length.
 */
const forbidden: readonly { rule: string; what: string; pattern: RegExp }[] = [
  {
    rule: 'e-mail-address',
    what: 'an e-mail address',
    // `git@host:path` is how Git writes a remote; no person is named by it.
    pattern: /(?<![\w.+-])(?!git@)[\w.+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(?!\w)/,
  },
  {
    rule: 'private-key',
    what: 'a private key',
    pattern: /-----BEGIN [A-Z ]*PRIVATE KEY( BLOCK)?-----/,
  },
  {
    rule: 'json-web-token',
    what: 'a JSON Web Token',
    pattern: /(?<=eyJ[\w-]{8,})\.eyJ[\w-]{8,}\.[\w-]{8,}/,
  },
  { rule: 'aws-access-key', what: 'an AWS access key', pattern: /\b(AKIA|ASIA)[0-9A-Z]{16}\b/ },
  {
    rule: 'service-token',
    what: 'a token of a hosting service',
    pattern:
      /\b(gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|hf_\w{20,}|xox[abprs]-[\w-]{10,})/,
  },
  { rule: 'deposit-token', what: 'a deposit token', pattern: /\bstele_[\w-]{40,}/ },
  {
    rule: 'url-with-password',
    what: 'a URL that carries a password',
    pattern: /[a-z0-9+.-]:\/\/[^\s/:@]*:[^\s/@]+@/i,
  },
  {
    rule: 'basic-authorization',
    what: 'a basic authorization header',
    pattern: /\bauthorization:\s*(basic|bearer)\s+\S{8,}/i,
  },
]

/** Something that every text with a private value has: most texts need one look, not eight. */
const worthALook =
  /@|-BEGIN |eyJ|A[KS]IA|gh[pousr]_|github_pat_|glpat-|hf_|xox[abprs]-|stele_|authorization:/i

/** Places of a record that hold something private; each a reason to refuse it. */
export function privateValuesIn(value: JsonValue): Finding[] {
  const findings: Finding[] = []
  visit(value, [], findings)
  return findings
}

function visit(value: JsonValue, path: readonly PathStep[], findings: Finding[]): void {
  if (typeof value === 'string') {
    findings.push(...findingsIn(value, path))
    return
  }
  if (value === null || typeof value !== 'object') return
  if (Array.isArray(value)) {
    value.forEach((element, index) => visit(element, [...path, index], findings))
    return
  }
  for (const [name, member] of Object.entries(value)) {
    // The place of a private name is the object that has it: a pointer to the member, or to
    // anything below, would repeat the name.
    const inName = findingsIn(name, path)
    findings.push(...inName)
    if (inName.length === 0) visit(member, [...path, name], findings)
  }
}

function findingsIn(text: string, path: readonly PathStep[]): Finding[] {
  if (!worthALook.test(text)) return []
  return forbidden
    .filter(({ pattern }) => pattern.test(text))
    .map(({ rule, what }) => ({
      pointer: pointerOf(path),
      rule,
      found: what,
      expected: 'text that may stay public for ever',
      severity: 'error',
    }))
}
