import type { RunningHash } from '../bundle/read-bundle.ts'
import { base64Of } from '../log/bytes.ts'
import type { Checkpoint } from '../log/checkpoint.ts'
import type { QuickHash } from '../log/compact-range.ts'
import type { QuickSha256 } from '../log/merkle-tree.ts'
import type { NoteVerifier } from '../log/note.ts'
import { quoted } from '../record/refusal.ts'
import { BlobAudit, type BlobFiles } from './audit-blobs.ts'
import { EntryAudit } from './audit-entries.ts'
import { AuditReport, type AuditCheck, type AuditFinding } from './audit-finding.ts'
import type { SplitView } from './audit-growth.ts'
import { readVerifiers, trustAfter, type HeadKeys, type SignedHead } from './audit-head.ts'
import { compareKeyLists, type KeyLists } from './audit-key-lists.ts'
import { KeyHistory, type KeyFault } from './audit-keys.ts'
import { LogAudit } from './audit-log.ts'
import { RecordAudit, type RecordFiles } from './audit-record.ts'
import { RenewalAudit } from './audit-renewals.ts'
import { headOf, openAuditState, openDocumentTree } from './audit-state.ts'
import type { AuditState, Followed } from './audit-state.ts'
import type { ReadLogFile } from './log-of-size.ts'

/**
 * Everything of a registry that an audit reads, over the network or from its
 * directory. A promise rejects only when it cannot be told what is there.
 */
export interface RegistryFiles extends RecordFiles, BlobFiles {
  readonly readLogFile: ReadLogFile
  /** Verifier keys of the log, by the registry's own word. */
  listLogKeys(): Promise<string[]>
  /** `undefined` where nobody publishes any. */
  readKeyLists(): Promise<KeyLists | undefined>
}

export interface AuditOptions {
  /** Keys of the log that the reader has from elsewhere. */
  readonly trustedKeys: readonly NoteVerifier[]
  /** What the audit before has left; without it everything is read. */
  readonly state?: AuditState | undefined
  /** Read again from this entry on; at most the size in the state. */
  readonly since?: number | undefined
  readonly records: boolean
  /** Only with the records that name them. */
  readonly blobs: boolean
}

export interface AuditTools {
  readonly sha256: QuickSha256
  readonly sha512: QuickHash
  readonly startHash: () => RunningHash
  /** Lets the registry publish what it has just accepted. */
  readonly pause: () => Promise<void>
}

export interface AuditResult {
  readonly findings: readonly AuditFinding[]
  /** Whether nothing is bad. */
  readonly isGood: boolean
  /** The newest head, if the log could be followed to it. */
  readonly head: Checkpoint | undefined
  /** What was read. */
  readonly counts: { readonly entries: number; readonly records: number; readonly blobs: number }
  /** To be kept for the next audit; only when nothing is bad. */
  readonly state: AuditState | undefined
  readonly splitView: SplitView | undefined
}

/** How often the log is looked at, for withdrawals that are not published yet. */
const mostRounds = 3

/**
 * Follows a registry's log from where the audit before has ended, and holds what
 * the registry shows against it. Never rejects for what the registry serves.
 *
 * @throws DamagedState; what reading a file throws.
 * @see docs/operations.md, "Audit"
 */
export async function auditRegistry(
  files: RegistryFiles,
  options: AuditOptions,
  tools: AuditTools,
): Promise<AuditResult> {
  const { state } = options
  const seen = state === undefined ? undefined : await openAuditState(state, tools.sha256)
  return new RegistryAudit(files, options, tools, seen).run()
}

class RegistryAudit {
  readonly #files: RegistryFiles
  readonly #options: AuditOptions
  readonly #tools: AuditTools
  readonly #report = new AuditReport()
  readonly #keys: KeyHistory
  readonly #blobs: BlobAudit | undefined
  readonly #records: RecordAudit | undefined
  readonly #renewals: RenewalAudit
  readonly #entries: EntryAudit
  readonly #log: LogAudit
  #splitView: SplitView | undefined

  constructor(
    files: RegistryFiles,
    options: AuditOptions,
    tools: AuditTools,
    seen: Followed | undefined,
  ) {
    this.#files = files
    this.#options = options
    this.#tools = tools
    const report = this.#report
    const readLogFile = (path: string) => files.readLogFile(path)
    const onSplitView = (found: SplitView) => void (this.#splitView ??= found)
    const { startHash, sha256, sha512 } = tools
    const { registryKeys = [], depositorKeys = [] } = options.state ?? {}
    this.#keys = new KeyHistory(readLogFile, registryKeys, depositorKeys)
    this.#blobs = options.blobs ? new BlobAudit({ files, report, startHash }) : undefined
    const common = { files, keys: this.#keys, report, sha256, onSplitView }
    this.#records = options.records ? new RecordAudit({ ...common, blobs: this.#blobs }) : undefined
    const takenBefore = seen?.head.size ?? 0
    const records = this.#records
    const documents = openDocumentTree(options.state, sha512)
    this.#renewals = new RenewalAudit({ report, sha512, documents, takenBefore })
    const taking = { keys: this.#keys, renewals: this.#renewals, takenBefore }
    this.#entries = new EntryAudit({ report, ...taking })
    const logParts = { readLogFile, report, entries: this.#entries, records, sha256, onSplitView }
    this.#log = new LogAudit(logParts, seen, options.since)
  }

  async run(): Promise<AuditResult> {
    const { state, trustedKeys } = this.#options
    // Before the checkpoint: whatever is on the lists must then be in the log.
    const before = await this.#files.readKeyLists()
    const published = await readVerifiers(await this.#files.listLogKeys())
    const isFirstUse = trustedKeys.length === 0 && state === undefined
    const known = await readVerifiers(state?.logKeys ?? [])
    const trusted = isFirstUse ? published : [...trustedKeys, ...known]
    this.#tellKeys(await this.#keys.readKnown())
    const opened = await this.#followToTheEnd({ trusted, published })
    this.#entries.reportUnknownKinds()
    const next = opened === undefined ? [] : await this.#judgeSigners(opened, trusted, isFirstUse)
    if (opened !== undefined) {
      this.#tellUnexcused()
      await this.#compareLists(before)
      this.#tellGood(opened)
    }
    return this.#result(next)
  }

  // A record that was withdrawn a moment ago is gone before the log shows why.
  async #followToTheEnd(keys: HeadKeys): Promise<SignedHead | undefined> {
    for (let round = 1; ; round += 1) {
      const opened = await this.#log.follow(keys)
      const unexcused = this.#records?.unexcused.size ?? 0
      if (opened === undefined || unexcused === 0 || round === mostRounds) return opened
      await this.#tools.pause()
    }
  }

  /** The keys to be trusted from now on. */
  async #judgeSigners(
    opened: SignedHead,
    trusted: readonly NoteVerifier[],
    isFirstUse: boolean,
  ): Promise<readonly NoteVerifier[]> {
    const next = await trustAfter(opened, trusted, this.#keys)
    if (typeof next === 'string') {
      this.#report.add('trust', 'bad', next)
      return []
    }
    const vkeys = opened.signers.map(({ vkey }) => vkey).join(' ')
    if (isFirstUse) {
      const advice = 'compare the key with one that you have from elsewhere, or pin it with --key'
      this.#report.add('trust', 'unpinned', `trusted on first use: ${vkeys}; ${advice}`)
    } else if (opened.isTrusted) {
      this.#report.add('trust', 'good', `signed by a key that you trust: ${vkeys}`)
    } else {
      const how = 'a key that the log has introduced with the word of one that you trust'
      this.#report.add('trust', 'good', `signed by ${how}: ${vkeys}`)
    }
    return next
  }

  async #compareLists(before: KeyLists | undefined): Promise<void> {
    if (before === undefined) return
    const after = (await this.#files.readKeyLists()) ?? before
    this.#tellKeys(await compareKeyLists(this.#keys, { before, after }))
  }

  #tellKeys(faults: readonly KeyFault[]): void {
    for (const { outcome, detail } of faults) this.#report.add('keys', outcome, detail)
  }

  #tellUnexcused(): void {
    for (const record of this.#records?.unexcused ?? []) {
      const detail = `${record} or its blobs are not given out, and the log has no withdrawal of it`
      this.#report.add('records', 'bad', detail)
    }
  }

  /** Says what was looked at and is in order. */
  #tellGood({ head: { origin, size, root } }: SignedHead): void {
    const { state, since } = this.#options
    const good = (check: AuditCheck, detail: string) => {
      if (this.#report.isGoodIn(check)) this.#report.add(check, 'good', detail)
    }
    good('checkpoint', `${quoted(origin)} at ${size} entries, root ${base64Of(root)}`)
    const before = state === undefined ? undefined : headOf(state.checkpoint).size
    if (before !== undefined) good('consistency', `extends the log of ${before} entries`)
    const from = since === undefined ? '' : ` from ${since} on`
    good('entries', `${this.#entries.count} read${from}, and all hash to that root`)
    good('tiles', 'all of them are made of the entries')
    const { count } = this.#renewals
    if (count > 0) good('renewals', `${count}, as computed from the entries before`)
    const { length: keyCount } = this.#keys.registryKeys()
    good('keys', `${keyCount} of the registry, ${this.#keys.depositorKeys().length} of depositors`)
    good('signatures', 'every key that signed was bound, and not revoked, at that time')
    if (this.#records !== undefined) {
      good('records', `${this.#records.count} with receipt and proof, as the log has them`)
    }
    if (this.#blobs !== undefined) good('blobs', `${this.#blobs.count} hashed, all as named`)
  }

  #result(logKeys: readonly NoteVerifier[]): AuditResult {
    const { isGood } = this.#report
    const seen = this.#log.seen
    return {
      findings: this.#report.findings(),
      isGood,
      head: seen?.head,
      counts: {
        entries: this.#entries.count,
        records: this.#records?.count ?? 0,
        blobs: this.#blobs?.count ?? 0,
      },
      state: isGood && seen !== undefined ? this.#stateAfter(seen, logKeys) : undefined,
      splitView: this.#splitView,
    }
  }

  #stateAfter(seen: Followed, logKeys: readonly NoteVerifier[]): AuditState {
    return {
      checkpoint: seen.note,
      logKeys: logKeys.map(({ vkey }) => vkey),
      edge: seen.edge,
      documents: this.#renewals.documents.state(),
      registryKeys: this.#keys.registryKeys(),
      depositorKeys: this.#keys.depositorKeys(),
    }
  }
}
