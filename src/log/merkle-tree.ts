import { joinBytes } from './bytes.ts'

/** SHA-256 of any platform; that of browsers gives a promise. Takes the bytes, gives 32. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>

/** SHA-256 that answers at once, as servers have it. */
export type QuickSha256 = (bytes: Uint8Array) => Uint8Array

/** Hash of a tree without leaves: SHA-256 of no bytes. RFC 9162, section 2.1.1. */
export const emptyRoot = Uint8Array.from(
  atob('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='),
  (letter) => letter.charCodeAt(0),
)

const leafPrefix = Uint8Array.of(0)
const nodePrefix = Uint8Array.of(1)

/**
 * Hash of one log entry. The leading zero byte keeps a leaf from ever being
 * passed off as an inner node.
 *
 * @see RFC 9162, section 2.1.1
 */
export function leafHash(entry: Uint8Array, sha256: QuickSha256): Uint8Array {
  return sha256(leafInput(entry))
}

/** Hash of an inner node from those of its two children. */
export function nodeHash(left: Uint8Array, right: Uint8Array, sha256: QuickSha256): Uint8Array {
  return sha256(nodeInput(left, right))
}

/** The bytes whose SHA-256 is the hash of the leaf, where only a `Sha256` is at hand. */
export function leafInput(entry: Uint8Array): Uint8Array {
  return joinBytes(leafPrefix, entry)
}

/** The bytes whose SHA-256 is the hash of the node, where only a `Sha256` is at hand. */
export function nodeInput(left: Uint8Array, right: Uint8Array): Uint8Array {
  return joinBytes(nodePrefix, left, right)
}

/**
 * Root of the tree over all leaf hashes, by the definition; it hashes everything
 * again, so it is for small trees and for checking the quicker ways.
 *
 * @see RFC 9162, section 2.1.1
 */
export function rootOf(leafHashes: readonly Uint8Array[], sha256: QuickSha256): Uint8Array {
  const [first] = leafHashes
  if (first === undefined) return emptyRoot
  if (leafHashes.length === 1) return first
  const split = splitOf(leafHashes.length)
  const left = rootOf(leafHashes.slice(0, split), sha256)
  return nodeHash(left, rootOf(leafHashes.slice(split), sha256), sha256)
}

/**
 * How many leaves of a tree lie below the left child of its root: the largest
 * power of two below its size.
 *
 * @param size - at least 2, at most 2^53-1: bit operators end at 2^32.
 */
export function splitOf(size: number): number {
  let split = 1
  while (split * 2 < size) split *= 2
  return split
}
