import { MalformedBundle } from '../bundle/malformed-bundle.ts'
import { readTarBundle } from '../bundle/read-bundle.ts'
import { digestOfHex, type Digest } from '../record/digest.ts'
import { limits } from '../record/limits.ts'
import { findLeaf } from '../verification/check-receipt.ts'
import { readEvidence, type Evidence } from '../verification/evidence.ts'
import type { Finding } from '../verification/finding.ts'
import { parseLogKeys, type ListedLogKey } from '../verification/listed-log-keys.ts'
import { checkNewestCheckpoint } from '../verification/newest-checkpoint.ts'
import type { Trust } from '../verification/trust.ts'
import { verifyRecord } from '../verification/verify-record.ts'
import { download, findDocument } from './download.ts'
import { startSha256 } from './running-hash.ts'

const MIB = 1024 * 1024

/** A record where a registry publishes it: `https://registry/records/sha256:…`. */
export interface PublishedRecord {
  /** Without a slash at the end. */
  readonly registry: string
  readonly digest: Digest
}

/** The digest that a URL below that of a record cites; `undefined` when it is below none. */
export function findDigestInUrl(url: string): Digest | undefined {
  const [, hex] = /^https?:\/\/[^?#]+\/records\/sha256:([0-9a-f]{64})\//.exec(url) ?? []
  return hex === undefined ? undefined : digestOfHex(hex)
}

/** `undefined` for any other URL. */
export function findPublishedRecord(url: string): PublishedRecord | undefined {
  const [, registry, hex] = /^(https?:\/\/.+)\/records\/sha256:([0-9a-f]{64})\/?$/.exec(url) ?? []
  if (registry === undefined || hex === undefined) return undefined
  return { registry, digest: digestOfHex(hex) }
}

/**
 * Verifies a record from what its registry serves; the digest of the URL is the
 * cited one. The newest checkpoint is looked at, too.
 *
 * @throws CannotFetch
 */
export async function verifyPublishedRecord(
  record: PublishedRecord,
  trust: Trust,
): Promise<Finding[]> {
  const { evidence, logKeys } = await publishedAbout(record)
  const findings = await verifyRecord(evidence, trust, { digest: record.digest })
  const newest = await findDocument(`${record.registry}/log/checkpoint`, MIB)
  const noHead: Finding = {
    check: 'checkpoint',
    outcome: 'absent',
    detail: 'the log shows no checkpoint',
  }
  if (newest === undefined) return [...findings, noHead]
  return [...findings, await checkNewestCheckpoint(newest.toString(), evidence, trust, logKeys)]
}

interface PublishedEvidence {
  readonly evidence: Evidence
  readonly logKeys: readonly ListedLogKey[]
}

async function publishedAbout(record: PublishedRecord): Promise<PublishedEvidence> {
  const { registry, digest } = record
  const at = `${registry}/records/${digest}`
  const [bytes, signatures, receipt, proof, keys, keysOfLog] = await Promise.all([
    findDocument(`${at}/record.json`, limits.recordBytes),
    findDocument(`${at}/signatures`, MIB),
    findDocument(`${at}/receipt`, MIB),
    findDocument(`${at}/proof`, MIB),
    findDocument(`${registry}/.well-known/jwks.json`, MIB),
    findDocument(`${registry}/log/keys`, MIB),
  ])
  const logKeys = parseLogKeys(keysOfLog?.toString() ?? '')
  const evidence = {
    record: bytes,
    signatures,
    receipt,
    proof,
    // The registry's key set has its own keys; those of depositors are in the bundle.
    jwks: signatures === undefined ? keys : await keysInBundle(at),
    policy: keysOfLog === undefined ? undefined : policyOfKeys(logKeys, registry),
  }
  const leaf = await findLeaf(await readEvidence(evidence))
  return { evidence: { ...evidence, leaf }, logKeys }
}

async function keysInBundle(at: string): Promise<Uint8Array | undefined> {
  const tar = download(`${at}/bundle.tar?profile=thin`)
  try {
    return (await readTarBundle(tar, startSha256)).documents.get('stele/jwks.json')
  } catch (error) {
    if (error instanceof MalformedBundle) return undefined
    throw error
  }
}

/** What the registry says about its log, as a policy; a proof may be from before a key ended. */
function policyOfKeys(keys: readonly ListedLogKey[], registry: string): Uint8Array {
  const lines = keys.map(({ vkey }) => `log ${vkey} ${registry}/log\n`)
  return Buffer.from(`${lines.join('')}quorum none\n`)
}
