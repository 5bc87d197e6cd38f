import { importEd25519 } from '../log/web-crypto.ts'
import type { Digest } from '../record/digest.ts'
import type { JsonObject } from '../record/strict-json.ts'
import { readEvidence } from '../verification/evidence.ts'
import { findingsOf, isGoodReport, type CheckId, type Finding } from '../verification/finding.ts'
import { endedKeysAmong, type ListedLogKey } from '../verification/listed-log-keys.ts'
import { checkNewestCheckpoint } from '../verification/newest-checkpoint.ts'
import { verifyRecord } from '../verification/verify-record.ts'
import { checkGrowth, headOf, type OlderHead } from './check-growth.ts'
import type { FetchFile } from './fetch-file.ts'
import { fetchPublished, type Published } from './published-evidence.ts'
import { trustIn, type RememberedLog } from './remembered-log.ts'

export interface CheckParts {
  readonly fetchFile: FetchFile
  /** What the browser remembers of this registry; `undefined` at the first check. */
  readonly known: RememberedLog | undefined
  readonly now: Date
}

export interface CheckReport {
  readonly findings: readonly Finding[]
  /** Verifier keys of the log: those remembered, or shown. */
  readonly vkeys: readonly string[]
  /** What to remember from now on; `undefined` when this check gives no reason to. */
  readonly next: RememberedLog | undefined
}

/**
 * Verifies a record from what its registry serves. What was remembered of the
 * registry at the first check is trusted from then on.
 *
 * @param digest - the cited one.
 * @throws CannotFetch
 */
export async function checkRecord(
  digest: Digest,
  { fetchFile, known, now }: CheckParts,
): Promise<CheckReport> {
  const published = await fetchPublished(digest, fetchFile)
  const canCheckKeys = await hasEd25519()
  const trust = known !== undefined && canCheckKeys ? await trustIn(known) : {}
  const ofRecord = await verifyRecord(published.evidence, trust, { digest })
  const ofLog = [
    await newestFinding(published, trust, knownEnds(published, known)),
    ...(await growthFindings(published, known)),
    ...keyFindings(published, known),
  ]
  const vkeys = known?.vkeys ?? published.vkeys
  if (!canCheckKeys) {
    return { findings: [...ofRecord, ...ofLog].map(sayWhy), vkeys, next: undefined }
  }
  const isLogGood = isGoodReport(known === undefined ? [...ofRecord, ...ofLog] : ofLog)
  return {
    findings: [...ofRecord, ...ofLog],
    vkeys,
    next: isLogGood ? remembered(published, known, now) : undefined,
  }
}

async function newestFinding(
  { newest, evidence }: Published,
  trust: Parameters<typeof verifyRecord>[1],
  listed: readonly ListedLogKey[],
): Promise<Finding> {
  if (newest !== undefined) return checkNewestCheckpoint(newest, evidence, trust, listed)
  return findingsOf('checkpoint')('absent', 'the log shows no newest one')
}

/** An end that was seen once stays, whatever the registry lists today. */
function knownEnds({ logKeys }: Published, known: RememberedLog | undefined): ListedLogKey[] {
  return [...(known?.endedKeys ?? []), ...logKeys]
}

async function growthFindings(
  { evidence, head, log }: Published,
  known: RememberedLog | undefined,
): Promise<Finding[]> {
  if (head === undefined) return []
  const { proof } = await readEvidence({ proof: evidence.proof })
  const older: OlderHead[] = []
  if (proof.state === 'read') older.push({ head: proof.value.head, name: 'in the proof' })
  if (known !== undefined) {
    older.push({ head: headOf(known.checkpoint), name: `at your check of ${known.lastSeenAt}` })
  }
  return Promise.all(older.map((one) => checkGrowth(one, head, log)))
}

/** A key that appears later may be a new one, or that of somebody who answers in the registry's place. */
function keyFindings(
  { vkeys, receiptKeys }: Published,
  known: RememberedLog | undefined,
): Finding[] {
  if (known === undefined) return []
  const before = [...known.vkeys, ...kidsOf(known.receiptKeys)]
  const shown = [...vkeys, ...kidsOf(receiptKeys)]
  const fresh = shown.filter((key) => !before.includes(key))
  const gone = before.filter((key) => !shown.includes(key))
  const finding = findingsOf('trust')
  return [
    ...fresh.map((key) => finding('unknown', `the key ${key} was not there before`)),
    ...gone.map((key) => finding('unknown', `the key ${key} is not shown any more`)),
  ]
}

function kidsOf(keys: readonly JsonObject[]): string[] {
  return keys.map(({ kid }) => (typeof kid === 'string' ? kid : '(none)'))
}

function remembered(
  published: Published,
  known: RememberedLog | undefined,
  now: Date,
): RememberedLog | undefined {
  const { newest, head, vkeys, receiptKeys } = published
  if (newest === undefined || head === undefined) return undefined
  const lastSeenAt = now.toISOString()
  const endedKeys = endedKeysAmong(known?.vkeys ?? vkeys, knownEnds(published, known))
  const latest = { lastSeenAt, endedKeys, checkpoint: newest }
  if (known !== undefined) return { ...known, ...latest }
  return { origin: head.origin, firstSeenAt: lastSeenAt, vkeys, receiptKeys, ...latest }
}

const checksOfKeys: readonly CheckId[] = [
  'depositor-signatures',
  'receipt-signature',
  'checkpoint',
  'witnesses',
]

function sayWhy(finding: Finding): Finding {
  if (finding.outcome !== 'unknown' || !checksOfKeys.includes(finding.check)) return finding
  return { ...finding, detail: 'cannot be checked in this browser, which does not know Ed25519' }
}

/** The public key of the first test in RFC 8032, section 7.1. */
const anyKey = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'

async function hasEd25519(): Promise<boolean> {
  const bytes = (anyKey.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))
  try {
    await importEd25519(Uint8Array.from(bytes))
    return true
  } catch {
    return false
  }
}
