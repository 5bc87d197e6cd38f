import { canonicalBytes } from '../record/canonical-json.ts'
import { hexDigest, hexOf, type HexHash } from '../record/digest.ts'
import { recordMediaType, type RecordDigests } from '../record/record-digests.ts'

/** A signature as the log knows it: by key and by the hash of the decoded signature. */
export interface LoggedSignature {
  readonly kid: string
  readonly alg: string
  /** Hex SHA-256 of the decoded signature: one signature has several base64url spellings. */
  readonly sha256: string
}

/**
 * Bytes of the log entry of one accepted record. Digests and key thumbprints
 * only, because a leaf can never be erased.
 *
 * @param receivedAt - RFC 3339 in UTC, whole seconds.
 * @see docs/format.md, section 6
 */
export function depositLeaf(
  record: RecordDigests,
  signatures: readonly LoggedSignature[],
  receivedAt: string,
): Uint8Array {
  return canonicalBytes({
    apiVersion: '1',
    kind: 'deposit',
    spec: {
      record: {
        mediaType: recordMediaType,
        size: record.byteLength,
        sha256: hexOf(record.digest),
        sha512: record.sha512,
      },
      signatures: signatures.map(({ kid, alg, sha256 }) => ({ kid, alg, sha256 })),
      receivedAt,
    },
  })
}

/**
 * Hash of one log entry, in hex. The leading zero byte keeps a leaf from ever
 * being passed off as an inner node.
 *
 * @see RFC 9162, section 2.1.1
 */
export async function leafHashOf(entry: Uint8Array, hash: HexHash = hexDigest): Promise<string> {
  const prefixed = new Uint8Array(entry.length + 1)
  prefixed.set(entry, 1)
  return hash('SHA-256', prefixed)
}
