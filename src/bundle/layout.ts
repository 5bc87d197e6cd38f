import type { bundleFormat } from '../attestation/receipt.ts'
import { digestOf, hexOf, type Digest } from '../record/digest.ts'
import type { WorkflowRecord } from '../record/workflow-record.ts'
import { sortedByPath } from './path-order.ts'
import { payloadFilesOf, type BundleProfile } from './payload.ts'
import { readMeOf } from './read-me.ts'
import { bagInfoOf, bagItDeclaration, manifestOf } from './tag-files.ts'
import { verifyScript } from './verify-script.ts'

/** One file of a bundle. */
export interface BundleEntry {
  /** Inside the top directory. */
  readonly path: string
  readonly mode: 0o644 | 0o755
  readonly byteLength: number
  readonly digest: Digest
  /** The bytes themselves, or the name of the blob that holds them. */
  readonly source: { readonly bytes: Uint8Array } | { readonly blob: Digest }
}

/** Everything a bundle is a function of. Texts and bytes are taken as they are. */
export interface BundledRecord {
  readonly record: WorkflowRecord
  readonly recordDigest: Digest
  /** Exact bytes of the record. */
  readonly recordBytes: Uint8Array
  readonly receipt: string
  /** Public keys as JSON; must not change between two downloads. */
  readonly jwks: string
  /** Depositor signatures, if there are any. */
  readonly signatures?: string | undefined
  /** Exact bytes of the log entry. */
  readonly leaf: Uint8Array
  /** The proof file against the first checkpoint that covers the entry. */
  readonly proof: string
  /** That checkpoint, as it is in the proof: signed by the log alone. */
  readonly checkpoint: string
  /** C2SP tlog-policy of the log that signed it. */
  readonly policy: string
  /** What the receipt says about bundles. */
  readonly pinned: PinnedByReceipt
  /** Bytes of a blob; a record does not give the size of every blob it names. */
  readonly byteLengthOf: (digest: Digest) => number | undefined
}

export interface PinnedByReceipt {
  readonly bundleFormat: typeof bundleFormat
  /** Seconds since 1970. */
  readonly issuedAt: number
  readonly runner: { readonly digest: Digest; readonly byteLength: number }
}

/** A blob that belongs into the bundle is not known; a fault of the store, not of the caller. */
export class UnknownBlobLength extends Error {
  readonly digest: Digest
  constructor(digest: Digest, path: string) {
    super(`the length of the blob ${digest} is not known, needed for ${path}`)
    this.digest = digest
  }
}

/** Name of a bundle's one top directory: the first 16 hex digits of the record's digest. */
export function topDirectoryOf(recordDigest: Digest): string {
  return hexOf(recordDigest).slice(0, 16)
}

/**
 * Every file of a bundle, in the order of the tar. No blob is read: all other
 * files are made here, and a blob is its own digest. The same facts give the same
 * entries for ever; what must change gets a new bundle format.
 *
 * @throws UnknownBlobLength
 * @see docs/format.md, section 9; RFC 8493
 */
export async function layOutBundle(
  bundled: BundledRecord,
  profile: BundleProfile,
): Promise<BundleEntry[]> {
  const payload = sortedByPath([
    ...blobEntriesOf(bundled, profile),
    recordEntryOf(bundled),
    await entryOf('data/README.md', readMeOf(bundled.record, bundled.recordDigest)),
  ])
  const tags = sortedByPath([
    ...(await statementsOf(bundled)),
    await entryOf('bagit.txt', bagItDeclaration),
    await entryOf('bag-info.txt', bagInfoText(bundled, profile, payload)),
    await entryOf('manifest-sha256.txt', manifestOf(payload)),
    await entryOf('verify.sh', verifyScript, 0o755),
  ])
  const tagManifest = await entryOf(tagManifestPath, manifestOf(tags))
  return sortedByPath([...tags, tagManifest, ...payload])
}

/** The file that pins all others; its digest is the ETag of the bundle. */
export const tagManifestPath = 'tagmanifest-sha256.txt'

function blobEntriesOf(bundled: BundledRecord, profile: BundleProfile): BundleEntry[] {
  return payloadFilesOf(bundled.record, profile).map(({ path, digest, mode }) => {
    const byteLength = bundled.byteLengthOf(digest)
    if (byteLength === undefined) throw new UnknownBlobLength(digest, path)
    return { path, mode, byteLength, digest, source: { blob: digest } }
  })
}

function recordEntryOf({ recordBytes, recordDigest }: BundledRecord): BundleEntry {
  return {
    path: 'data/record.json',
    mode: 0o644,
    byteLength: recordBytes.length,
    digest: recordDigest,
    source: { bytes: recordBytes },
  }
}

/** The folder `stele/`: what the registry and the depositor say about the record. */
async function statementsOf(bundled: BundledRecord): Promise<BundleEntry[]> {
  const { digest, byteLength } = bundled.pinned.runner
  const { signatures } = bundled
  return [
    await entryOf('stele/receipt.jws', bundled.receipt),
    await entryOf('stele/jwks.json', bundled.jwks),
    await entryOf('stele/leaf.json', bundled.leaf),
    await entryOf('stele/record.tlog-proof', bundled.proof),
    await entryOf('stele/checkpoint', bundled.checkpoint),
    await entryOf('stele/policy', bundled.policy),
    ...(signatures === undefined ? [] : [await entryOf('stele/signatures.json', signatures)]),
    { path: 'stele/stele.pyz', mode: 0o755, byteLength, digest, source: { blob: digest } },
  ]
}

function bagInfoText(
  { recordDigest, pinned }: BundledRecord,
  profile: BundleProfile,
  payload: readonly BundleEntry[],
): string {
  return bagInfoOf({
    recordDigest,
    profile,
    issuedAt: pinned.issuedAt,
    payloadBytes: payload.reduce((sum, { byteLength }) => sum + byteLength, 0),
    payloadFiles: payload.length,
  })
}

async function entryOf(
  path: string,
  contents: string | Uint8Array,
  mode: 0o644 | 0o755 = 0o644,
): Promise<BundleEntry> {
  const bytes = typeof contents === 'string' ? new TextEncoder().encode(contents) : contents
  const digest = await digestOf(bytes)
  return { path, mode, byteLength: bytes.length, digest, source: { bytes } }
}
