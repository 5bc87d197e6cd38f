/** What an audit looks at, in the order in which a report tells it. */
export const auditChecks = [
  'trust',
  'checkpoint',
  'consistency',
  'entries',
  'tiles',
  'renewals',
  'keys',
  'signatures',
  'records',
  'blobs',
] as const
export type AuditCheck = (typeof auditChecks)[number]

/**
 * `unpinned`: true by the registry's own word only. `unknown`: cannot be decided,
 * which is no fault; somebody should look at it.
 */
export type AuditOutcome = 'good' | 'unpinned' | 'unknown' | 'bad'

export interface AuditFinding {
  readonly check: AuditCheck
  readonly outcome: AuditOutcome
  /** In words for people. Parts of it come from the registry. */
  readonly detail: string
}

/** Findings kept of one check and outcome: a log can have millions. */
const mostKept = 100

/** Gathers what an audit finds; its size does not grow with the log. */
export class AuditReport {
  readonly #kept: AuditFinding[] = []
  readonly #counts = new Map<string, number>()
  #hasBad = false

  add(check: AuditCheck, outcome: AuditOutcome, detail: string): void {
    const key = `${check} ${outcome}`
    const count = (this.#counts.get(key) ?? 0) + 1
    this.#counts.set(key, count)
    if (count <= mostKept) this.#kept.push({ check, outcome, detail })
    if (outcome === 'bad') this.#hasBad = true
  }

  /** Whether nothing is bad so far. */
  get isGood(): boolean {
    return !this.#hasBad
  }

  isGoodIn(check: AuditCheck): boolean {
    return !this.#counts.has(`${check} bad`)
  }

  /** Ordered by check. Where too many are alike, the last says how many more there are. */
  findings(): AuditFinding[] {
    return auditChecks.flatMap((check) => [
      ...this.#kept.filter((finding) => finding.check === check),
      ...this.#overflowOf(check),
    ])
  }

  #overflowOf(check: AuditCheck): AuditFinding[] {
    return (['unknown', 'bad'] as const).flatMap((outcome) => {
      const more = (this.#counts.get(`${check} ${outcome}`) ?? 0) - mostKept
      return more > 0 ? [{ check, outcome, detail: `and ${more} more like these` }] : []
    })
  }
}
