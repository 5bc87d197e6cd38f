import { hashLength, sameBytes } from './bytes.ts'
import { emptyRoot, nodeInput, type Sha256 } from './merkle-tree.ts'
import { consistencySubtrees, inclusionSubtrees } from './subtree.ts'
import { TiledTree, type ReadTile } from './tiled-tree.ts'

/** What says that a leaf is in a tree; nothing of it needs to be true. */
export interface InclusionClaim {
  readonly index: number
  readonly size: number
  readonly leafHash: Uint8Array
  /** The leaf's sibling first. */
  readonly proof: readonly Uint8Array[]
}

/** What says that a tree has only grown; nothing of it needs to be true. */
export interface ConsistencyClaim {
  readonly oldSize: number
  readonly oldRoot: Uint8Array
  readonly newSize: number
  readonly newRoot: Uint8Array
  readonly proof: readonly Uint8Array[]
}

/**
 * The root that a tree has if the proof is right: the leaf is in a tree if and
 * only if this is the root in a checkpoint of that size.
 *
 * @returns `undefined` when no tree has such a leaf or such a proof: an index
 *   outside of it, more or fewer hashes than it takes, hashes of another length.
 * @see RFC 9162, section 2.1.3.2
 */
export async function rootFromInclusion(
  { index, size, leafHash, proof }: InclusionClaim,
  sha256: Sha256,
): Promise<Uint8Array | undefined> {
  if (!isCount(index) || !isCount(size) || index >= size) return undefined
  const siblings = inclusionSubtrees(index, size)
  if (proof.length !== siblings.length || ![leafHash, ...proof].every(isHash)) return undefined
  let root = leafHash
  for (const [at, sibling] of proof.entries()) {
    const isLeft = (siblings[at]?.first ?? 0) < index
    root = await sha256(isLeft ? nodeInput(sibling, root) : nodeInput(root, sibling))
  }
  return root
}

/**
 * Whether the tree of `newRoot` has the leaves of the tree of `oldRoot`, in
 * their order, and then others. Every tree extends the empty one.
 *
 * @see RFC 9162, section 2.1.4.2
 */
export async function verifyConsistency(
  { oldSize, oldRoot, newSize, newRoot, proof }: ConsistencyClaim,
  sha256: Sha256,
): Promise<boolean> {
  if (!isCount(oldSize) || !isCount(newSize) || oldSize > newSize) return false
  const subtrees = consistencySubtrees(oldSize, newSize)
  if (proof.length !== subtrees.length || ![oldRoot, newRoot, ...proof].every(isHash)) return false
  if (oldSize === newSize) return sameBytes(oldRoot, newRoot) && isRootOfSize(oldRoot, oldSize)
  if (oldSize === 0) return isRootOfSize(oldRoot, oldSize)
  // The proof begins with a part of the old tree, unless the whole of it is a subtree of the new.
  const isPartFirst = subtrees[0]?.endExclusive === oldSize
  const start = isPartFirst ? proof[0] : oldRoot
  if (start === undefined) return false
  let [old, grown] = [start, start]
  for (const [at, sibling] of proof.entries()) {
    if (at === 0 && isPartFirst) continue
    const isLeft = (subtrees[at]?.first ?? 0) < oldSize
    if (isLeft) old = await sha256(nodeInput(sibling, old))
    grown = await sha256(isLeft ? nodeInput(sibling, grown) : nodeInput(grown, sibling))
  }
  return sameBytes(old, oldRoot) && sameBytes(grown, newRoot)
}

/**
 * Makes the proof that an entry is in the log of that size, from the log's files.
 * It is as good as the files: verify it against a checkpoint.
 *
 * @throws RangeError when there is no such entry; MalformedLogFile.
 * @see RFC 9162, section 2.1.3.1
 */
export async function inclusionProofFromTiles(
  index: number,
  size: number,
  readTile: ReadTile,
  sha256: Sha256,
): Promise<Uint8Array[]> {
  if (!isCount(index) || !isCount(size) || index >= size) {
    throw new RangeError(`found index ${index}, expected one below ${size}`)
  }
  return new TiledTree(size, readTile, sha256).hashesOf(inclusionSubtrees(index, size))
}

/**
 * Makes the proof that the log of `newSize` extends that of `oldSize`, from the
 * log's files of `newSize`.
 *
 * @throws RangeError when the log has shrunk; MalformedLogFile.
 * @see RFC 9162, section 2.1.4.1
 */
export async function consistencyProofFromTiles(
  oldSize: number,
  newSize: number,
  readTile: ReadTile,
  sha256: Sha256,
): Promise<Uint8Array[]> {
  if (!isCount(oldSize) || !isCount(newSize) || oldSize > newSize) {
    throw new RangeError(`found old size ${oldSize}, expected at most ${newSize}`)
  }
  return new TiledTree(newSize, readTile, sha256).hashesOf(consistencySubtrees(oldSize, newSize))
}

/**
 * The root that the log's files of that size have. Reads the tiles at the right
 * edge only: it does not show that the others are whole.
 *
 * @throws MalformedLogFile
 */
export async function rootFromTiles(
  size: number,
  readTile: ReadTile,
  sha256: Sha256,
): Promise<Uint8Array> {
  if (size === 0) return emptyRoot
  const whole = { first: 0, endExclusive: size }
  const [root = emptyRoot] = await new TiledTree(size, readTile, sha256).hashesOf([whole])
  return root
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === hashLength
}

function isRootOfSize(root: Uint8Array, size: number): boolean {
  return size > 0 || sameBytes(root, emptyRoot)
}
