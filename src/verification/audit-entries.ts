import type { AuditReport } from './audit-finding.ts'
import type { KeyFault, KeyHistory } from './audit-keys.ts'
import { readLeaf, type AuditedLeaf, type DepositLeaf, type EventLeaf } from './audit-leaf.ts'
import type { LoggedDeposit } from './audit-record.ts'
import type { RenewalAudit } from './audit-renewals.ts'
import type { Digest } from '../record/digest.ts'
import type { EntriesRead } from './follow-log.ts'

export interface EntryAuditParts {
  readonly report: AuditReport
  readonly keys: KeyHistory
  readonly renewals: RenewalAudit
  /** Entries before this one have been taken already: they change no keys. */
  readonly takenBefore: number
}

/** What some entries say about records. */
export interface RecordsTold {
  readonly deposits: LoggedDeposit[]
  /** Records that were withdrawn. */
  readonly withdrawn: Digest[]
}

/** Reads what the entries of a log say, in their order. */
export class EntryAudit {
  readonly #parts: EntryAuditParts
  readonly #unknownKinds = new Map<string, number>()
  #count = 0

  constructor(parts: EntryAuditParts) {
    this.#parts = parts
  }

  /** Entries read. */
  get count(): number {
    return this.#count
  }

  async take({ first, entries, rootBefore }: EntriesRead): Promise<RecordsTold> {
    const deposits: LoggedDeposit[] = []
    const withdrawn: Digest[] = []
    for (const [at, entry] of entries.entries()) {
      const index = first + at
      const leaf = readLeaf(entry)
      this.#count += 1
      this.#parts.renewals.take(leaf, index, () => rootBefore(index))
      if (leaf.kind === 'deposit') {
        this.#takeSigned(leaf, index)
        deposits.push({ index, entry, leaf })
      } else {
        if (leaf.kind === 'withdrawal') withdrawn.push(leaf.record)
        await this.#takeOther(leaf, index)
      }
    }
    return { deposits, withdrawn }
  }

  /** Tells of kinds that are not known here, once for each. */
  reportUnknownKinds(): void {
    for (const [name, count] of this.#unknownKinds) {
      const detail = `${count} of the kind ${name}, which is not known here: hashed, not read`
      this.#parts.report.add('entries', 'unknown', detail)
    }
    this.#unknownKinds.clear()
  }

  async #takeOther(leaf: AuditedLeaf, index: number): Promise<void> {
    const { report, keys, takenBefore } = this.#parts
    const isNew = index >= takenBefore
    switch (leaf.kind) {
      case 'deposit':
      case 'event':
      case 'withdrawal':
        return this.#takeSigned(leaf, index)
      case 'key':
        return this.#tell(isNew ? await keys.takeRegistryKey(leaf, index) : [])
      case 'depositor-key':
        return this.#tell(isNew ? keys.takeDepositorKey(leaf, index) : [])
      case 'renewal':
        return undefined
      case 'unknown':
        // A hostile log could make up names without end.
        if (this.#unknownKinds.size < 100 || this.#unknownKinds.has(leaf.name)) {
          this.#unknownKinds.set(leaf.name, (this.#unknownKinds.get(leaf.name) ?? 0) + 1)
        }
        return undefined
      case 'malformed':
        return report.add('entries', 'bad', `entry ${index}: ${leaf.why}`)
    }
  }

  #takeSigned({ kind, signatures, receivedAt }: DepositLeaf | EventLeaf, index: number): void {
    for (const { kid } of signatures) {
      const fault = this.#parts.keys.faultOfDepositor(kid, { index, at: receivedAt })
      if (fault === undefined) continue
      this.#parts.report.add('signatures', 'bad', `entry ${index}, ${kind}: ${fault}`)
    }
  }

  #tell(faults: readonly KeyFault[]): void {
    for (const { outcome, detail } of faults) this.#parts.report.add('keys', outcome, detail)
  }
}
