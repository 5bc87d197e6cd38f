import { splitOf } from './merkle-tree.ts'

/** The leaves below one hash of a proof: a subtree of the log's tree, perhaps of its ragged edge. */
export interface Subtree {
  readonly first: number
  readonly endExclusive: number
}

/** A node whose every leaf is there: it covers `2 ** height` leaves from `index * 2 ** height`. */
export interface CompleteNode {
  readonly height: number
  readonly index: number
}

/**
 * The subtrees whose hashes prove that a leaf is in the tree, from the sibling
 * of the leaf up.
 *
 * @param index - below `size`.
 * @see RFC 9162, section 2.1.3.1
 */
export function inclusionSubtrees(index: number, size: number): Subtree[] {
  const siblings: Subtree[] = []
  let [first, endExclusive] = [0, size]
  while (endExclusive - first > 1) {
    const split = first + splitOf(endExclusive - first)
    if (index < split) {
      siblings.push({ first: split, endExclusive })
      endExclusive = split
    } else {
      siblings.push({ first, endExclusive: split })
      first = split
    }
  }
  return siblings.toReversed()
}

/**
 * The subtrees whose hashes prove that the first `oldSize` leaves of a tree are
 * the whole older tree.
 *
 * @param oldSize - at most `newSize`; none are needed for 0 and for `newSize`.
 * @see RFC 9162, section 2.1.4.1
 */
export function consistencySubtrees(oldSize: number, newSize: number): Subtree[] {
  if (oldSize === 0 || oldSize === newSize) return []
  const siblings: Subtree[] = []
  let [first, endExclusive] = [0, newSize]
  while (endExclusive !== oldSize) {
    const split = first + splitOf(endExclusive - first)
    if (oldSize <= split) {
      siblings.push({ first: split, endExclusive })
      endExclusive = split
    } else {
      siblings.push({ first, endExclusive: split })
      first = split
    }
  }
  // Who has the old root knows this hash, unless it is only a part of the old tree.
  if (first > 0) siblings.push({ first, endExclusive })
  return siblings.toReversed()
}

/** The complete nodes side by side that make up a subtree, from left to right. */
export function nodesOfSubtree({ first, endExclusive }: Subtree): CompleteNode[] {
  const nodes: CompleteNode[] = []
  let start = first
  while (start < endExclusive) {
    const height = heightWithin(endExclusive - start)
    nodes.push({ height, index: start / 2 ** height })
    start += 2 ** height
  }
  return nodes
}

/** Height of the largest complete tree of at most that many leaves. */
function heightWithin(count: number): number {
  let height = 0
  while (2 ** (height + 1) <= count) height += 1
  return height
}
