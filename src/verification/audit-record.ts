import type { QuickSha256 } from '../log/merkle-tree.ts'
import { blobsNamedBy, type NamedBlob } from '../record/blobs-named.ts'
import { canonicalBytes } from '../record/canonical-json.ts'
import { hexDigest, type Digest } from '../record/digest.ts'
import { checkRecord } from '../record/findings.ts'
import { Refusal } from '../record/refusal.ts'
import { parseStrictJson, type JsonValue } from '../record/strict-json.ts'
import type { BlobAudit } from './audit-blobs.ts'
import type { AuditReport } from './audit-finding.ts'
import type { SplitView } from './audit-growth.ts'
import { logVerifiersOf } from './audit-head.ts'
import type { KeyHistory } from './audit-keys.ts'
import type { DepositLeaf } from './audit-leaf.ts'
import {
  parseProvenHead,
  ProvenHeads,
  type ProvenHead,
  type ShownLog,
} from './audit-proven-heads.ts'
import type { Evidence } from './evidence.ts'
import type { Finding } from './finding.ts'
import type { Trust } from './trust.ts'
import { verifyRecord } from './verify-record.ts'

/** What is kept about a record beside the log. */
export type RecordFile = 'record.json' | 'signatures' | 'receipt' | 'proof'

/** Gives the files of records; rejects when it cannot be told whether they are there. */
export interface RecordFiles {
  /** `gone`: not given out any more, which only a withdrawal excuses. */
  readRecordFile(record: Digest, name: RecordFile): Promise<Uint8Array | 'gone' | undefined>
  /** A JSON document whose member `jwk` is a depositor's key. */
  findDepositorKey(kid: string): Promise<Uint8Array | undefined>
}

export interface RecordAuditParts {
  readonly files: RecordFiles
  readonly keys: KeyHistory
  readonly report: AuditReport
  readonly sha256: QuickSha256
  /** Without it blobs are left alone. */
  readonly blobs: BlobAudit | undefined
  readonly onSplitView: (found: SplitView) => void
}

/** A deposit as the log has it. */
export interface LoggedDeposit {
  readonly index: number
  readonly entry: Uint8Array
  readonly leaf: DepositLeaf
}

/** Compares what a registry keeps about its records with the log. */
export class RecordAudit {
  readonly #parts: RecordAuditParts
  readonly #heads: ProvenHeads
  readonly #depositorKeys = new Map<string, JsonValue | undefined>()
  /** Records that are not given out; none may be left when the log has been read. */
  readonly #gone = new Set<Digest>()
  #records = 0
  #trust: { known: number; trust: Trust } | undefined

  constructor(parts: RecordAuditParts) {
    this.#parts = parts
    this.#heads = new ProvenHeads(parts)
  }

  /** Records looked at. */
  get count(): number {
    return this.#records
  }

  /** Records that are not given out although the log has no withdrawal, so far. */
  get unexcused(): ReadonlySet<Digest> {
    return this.#gone
  }

  /** The log has a withdrawal of this record. */
  takeWithdrawal(record: Digest): void {
    this.#gone.delete(record)
  }

  async check(deposit: LoggedDeposit, followed: ShownLog): Promise<void> {
    const { report, files } = this.#parts
    const { record, signatures } = deposit.leaf
    this.#records += 1
    const [bytes, receipt, proof, signed] = await Promise.all([
      files.readRecordFile(record, 'record.json'),
      files.readRecordFile(record, 'receipt'),
      files.readRecordFile(record, 'proof'),
      signatures.length === 0 ? undefined : files.readRecordFile(record, 'signatures'),
    ])
    if (bytes === 'gone') this.#gone.add(record)
    const evidence: Evidence = {
      record: present(bytes),
      receipt: present(receipt),
      proof: present(proof),
      signatures: present(signed),
      leaf: deposit.entry,
      jwks: signatures.length === 0 ? undefined : await this.#keysOf(deposit.leaf),
    }
    const trust = await this.#trustIn(followed.origin)
    const findings = await verifyRecord(evidence, trust, { digest: record })
    for (const finding of findings.filter((finding) => isFault(finding, bytes === 'gone'))) {
      const outcome = finding.outcome === 'unknown' ? 'unknown' : 'bad'
      report.add('records', outcome, `${record}, ${finding.check}: ${finding.detail}`)
    }
    const proven = evidence.proof === undefined ? undefined : findProven(evidence.proof)
    if (proven !== undefined && proven.index !== deposit.index) {
      const places = `entry ${proven.index}, this is entry ${deposit.index}`
      report.add('records', 'bad', `${record}: the proof is of ${places}`)
    }
    if (proven !== undefined && findings.some(isOfSignedHead)) {
      await this.#heads.check(proven, { record, followed })
    }
    if (evidence.record !== undefined) await this.#checkContents(evidence.record, deposit)
  }

  async #checkContents(bytes: Uint8Array, { index, leaf }: LoggedDeposit): Promise<void> {
    const { report, keys, blobs } = this.#parts
    const contents = findContents(bytes)
    if (contents === undefined) {
      return report.add('records', 'unknown', `${leaf.record} is of a form that is not known here`)
    }
    const projects = await Promise.all([contents.project, everyProject].map(hashOfName))
    for (const { kid } of leaf.signatures) {
      const fault = keys.faultOfDepositor(kid, { index, at: leaf.receivedAt, projects })
      if (fault !== undefined) {
        report.add('records', 'bad', `${leaf.record}, for its project: ${fault}`)
      }
    }
    for (const blob of blobs === undefined ? [] : contents.blobs) {
      // A record that was withdrawn just now takes its blobs with it.
      if ((await blobs?.check(blob, leaf.record)) === 'gone') this.#gone.add(leaf.record)
    }
  }

  async #trustIn(origin: string): Promise<Trust> {
    const { keys } = this.#parts
    // A key counts when it is introduced, and once more when it is retired.
    const retired = keys.registryKeys().filter(({ retiredAt }) => retiredAt !== undefined)
    const known = keys.registryKeys().length + retired.length
    if (this.#trust?.known === known) return this.#trust.trust
    const logVerifiers = await logVerifiersOf(keys, origin)
    const logs = logVerifiers.map(({ vkey }) => ({ vkey }))
    const none = { witnesses: [], groups: [], quorum: 'none', witnessVerifiers: [] }
    const trust = {
      policy: { ...none, logs, logVerifiers },
      receiptKeys: keys.receiptKeys(),
      origin,
    }
    this.#trust = { known, trust }
    return trust
  }

  async #keysOf({ signatures }: DepositLeaf): Promise<Uint8Array> {
    for (const { kid } of signatures) {
      if (this.#depositorKeys.has(kid)) continue
      const bytes = await this.#parts.files.findDepositorKey(kid)
      this.#depositorKeys.set(kid, bytes === undefined ? undefined : findKey(bytes))
    }
    const keys = signatures.map(({ kid }) => this.#depositorKeys.get(kid))
    return canonicalBytes({ keys: keys.filter((key) => key !== undefined) })
  }
}

/** Name of the project whose keys may sign for every other. */
const everyProject = '*'

async function hashOfName(project: string): Promise<string> {
  return hexDigest('SHA-256', new TextEncoder().encode(project))
}

/** Of a record that is gone, only what contradicts the log counts. */
function isFault({ check, outcome }: Finding, isGone: boolean): boolean {
  if (outcome === 'bad') return true
  if (outcome === 'unknown') return !isGone
  const isNeeded = check !== 'witnesses' && check !== 'checkpoint-copy'
  const isExcused = isGone && (check.startsWith('record-') || check === 'receipt-record')
  if (outcome !== 'absent' || !isNeeded || isExcused) return false
  return check !== 'depositor-signatures' && !(isGone && check === 'leaf')
}

function present(bytes: Uint8Array | 'gone' | undefined): Uint8Array | undefined {
  return bytes === 'gone' ? undefined : bytes
}

function isOfSignedHead({ check, outcome }: Finding): boolean {
  return check === 'checkpoint' && outcome === 'good'
}

function findProven(proof: Uint8Array): ProvenHead | undefined {
  return unlessRefused(() => parseProvenHead(proof))
}

function findContents(bytes: Uint8Array): { project: string; blobs: NamedBlob[] } | undefined {
  return unlessRefused(() => {
    const { record } = checkRecord(parseStrictJson(bytes))
    return { project: record.project.name, blobs: blobsNamedBy(record) }
  })
}

function findKey(bytes: Uint8Array): JsonValue | undefined {
  return unlessRefused(() => parseStrictJson(bytes)['jwk'])
}

function unlessRefused<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}
