import type { RecordDigests } from '../record/record-digests.ts'
import { bytesOfHex, hexOfBytes } from './bytes.ts'
import type { CompactRange, QuickHash } from './compact-range.ts'
import type { LoggedRenewal } from './leaf.ts'
import { leafHash } from './merkle-tree.ts'

/** A record or an event by what its entry says of its exact bytes. */
export type LoggedDocument = Pick<RecordDigests, 'sha512' | 'byteLength'>

/** What a renewal says, apart from its time. */
export type RenewedLog = Omit<LoggedRenewal, 'at'>

const sha512Length = 64
const sizeLength = 8

/**
 * Leaf of the tree of documents: the hash of a zero byte, the 64 bytes of the
 * document's SHA-512, and its size as 8 bytes, big-endian.
 *
 * @param document - with 128 lower-case hex digits and a size of at most 2^53-1 bytes.
 * @see docs/format.md, section 6
 */
export function documentHash(document: LoggedDocument, sha512: QuickHash): Uint8Array {
  const pair = new Uint8Array(sha512Length + sizeLength)
  pair.set(bytesOfHex(document.sha512))
  new DataView(pair.buffer).setBigUint64(sha512Length, BigInt(document.byteLength))
  return leafHash(pair, sha512)
}

/**
 * What a renewal says that stands behind `size` entries.
 *
 * @param root - of the log of these entries.
 * @param documents - the tree of `documentHash` over their records and events, in their order.
 */
export function renewedLogOf(size: number, root: Uint8Array, documents: CompactRange): RenewedLog {
  return {
    covers: { size, root: hexOfBytes(root) },
    sha512: { documents: documents.size, root: hexOfBytes(documents.root()) },
  }
}

/** What is wrong about a renewal, in words that follow its index; `undefined` when nothing is. */
export function faultOfRenewal(found: RenewedLog, expected: RenewedLog): string | undefined {
  if (found.covers.size !== expected.covers.size) {
    return `covers ${found.covers.size} entries, not the ${expected.covers.size} before it`
  }
  if (found.covers.root !== expected.covers.root) {
    return 'has another root of the entries before it than they have'
  }
  if (found.sha512.documents !== expected.sha512.documents) {
    const { documents } = expected.sha512
    return `counts ${found.sha512.documents} records and events before it, and there are ${documents}`
  }
  if (found.sha512.root !== expected.sha512.root) {
    return 'has another SHA-512 root of the records and events before it than their entries give'
  }
  return undefined
}
