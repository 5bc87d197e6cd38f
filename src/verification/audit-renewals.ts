import type { CompactRange, QuickHash } from '../log/compact-range.ts'
import { documentHash, faultOfRenewal, renewedLogOf } from '../log/renewal.ts'
import type { AuditReport } from './audit-finding.ts'
import type { AuditedLeaf, RenewalLeaf } from './audit-leaf.ts'

export interface RenewalAuditParts {
  readonly report: AuditReport
  readonly sha512: QuickHash
  /** Of the records and events that the entries before `takenBefore` name. */
  readonly documents: CompactRange
  /** Entries before this one have been taken already. */
  readonly takenBefore: number
}

/** Computes again what the renewals in a log say of the entries before them. */
export class RenewalAudit {
  readonly #parts: RenewalAuditParts
  #next: number
  #isWhole = true
  #count = 0

  constructor(parts: RenewalAuditParts) {
    this.#parts = parts
    this.#next = parts.takenBefore
  }

  /** Renewals that were computed again. */
  get count(): number {
    return this.#count
  }

  /** Of the records and events that were named so far. */
  get documents(): CompactRange {
    return this.#parts.documents
  }

  /**
   * Takes the next entry; those that were taken already change nothing.
   *
   * @param rootBefore - root of the log of the entries before this one.
   */
  take(leaf: AuditedLeaf, index: number, rootBefore: () => Uint8Array): void {
    if (index < this.#next) return
    if (index > this.#next || leaf.kind === 'malformed') this.#isWhole = false
    this.#next = index + 1
    switch (leaf.kind) {
      case 'deposit':
      case 'event':
      case 'withdrawal':
        return this.documents.append(documentHash(leaf.document, this.#parts.sha512))
      case 'renewal':
        return this.#check(leaf, index, rootBefore())
      case 'key':
      case 'depositor-key':
      case 'unknown':
      case 'malformed':
        return undefined
    }
  }

  #check(leaf: RenewalLeaf, index: number, root: Uint8Array): void {
    const { report } = this.#parts
    if (!this.#isWhole) {
      const detail = `entry ${index} cannot be computed again: entries before it could not be read`
      return report.add('renewals', 'unknown', detail)
    }
    this.#count += 1
    const fault = faultOfRenewal(leaf, renewedLogOf(index, root, this.documents))
    if (fault !== undefined) report.add('renewals', 'bad', `entry ${index} ${fault}`)
  }
}
