/** What is verified about a record, in the order in which a report tells it. */
export const recordChecks = [
  'record-digest',
  'record-form',
  'depositor-signatures',
  'receipt-signature',
  'receipt-record',
  'receipt-log',
  'leaf',
  'inclusion',
  'checkpoint',
  'checkpoint-copy',
  'witnesses',
  'trust',
] as const

/** What is verified about a bundle besides. */
export const bundleChecks = ['bundle-form', 'bundle-files', 'bundle-completeness'] as const

/** Stable names; docs/format.md, "Verification findings". */
export type CheckId = (typeof recordChecks)[number] | (typeof bundleChecks)[number]

/**
 * From best to worst: checked; true by the registry's own word only; cannot be
 * decided; not there; malformed or contradicted.
 */
export const outcomes = ['good', 'unpinned', 'unknown', 'absent', 'bad'] as const
export type Outcome = (typeof outcomes)[number]

/** One check and its outcome; a report is a list of them, and may have several of one check. */
export interface Finding {
  readonly check: CheckId
  readonly outcome: Outcome
  /** What was found, in words for people. Parts of it come from the evidence. */
  readonly detail: string
}

/** Checks whose evidence a good record may lack. */
const optional: readonly CheckId[] = ['depositor-signatures', 'checkpoint-copy', 'witnesses']

/**
 * Whether to believe what the report is about: nothing is bad, nothing undecided,
 * and nothing needed is absent. `unpinned` is good enough here; a reader who
 * wants more pins keys.
 *
 * @param allowed - checks that may be `absent` or `unknown` too.
 */
export function isGoodReport(
  findings: readonly Finding[],
  allowed: readonly CheckId[] = [],
): boolean {
  return findings.every(({ check, outcome }) => {
    if (outcome === 'good' || outcome === 'unpinned') return true
    if (outcome === 'bad') return false
    return allowed.includes(check) || (outcome === 'absent' && optional.includes(check))
  })
}

/** The worst outcome of each check of a report. */
export function outcomesOf(findings: readonly Finding[]): Map<CheckId, Outcome> {
  const worst = new Map<CheckId, Outcome>()
  for (const { check, outcome } of findings) {
    const before = worst.get(check) ?? 'good'
    worst.set(check, outcomes.indexOf(outcome) > outcomes.indexOf(before) ? outcome : before)
  }
  return worst
}

/** Makes the findings of one check: `const finding = findingsOf('leaf')`, `finding('good', '…')`. */
export function findingsOf(check: CheckId): (outcome: Outcome, detail: string) => Finding {
  return (outcome, detail) => ({ check, outcome, detail })
}
