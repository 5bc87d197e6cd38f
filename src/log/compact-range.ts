import { nodeHash } from './merkle-tree.ts'

/** A hash function that answers at once; all hashes of one tree have the same length. */
export type QuickHash = (bytes: Uint8Array) => Uint8Array

/** A tree without its leaves. */
export interface CompactRangeState {
  /** Leaves there are. */
  readonly size: number
  /** Roots of the complete subtrees from left to right, as many as the size has one bits. */
  readonly subtrees: readonly Uint8Array[]
}

/**
 * A Merkle tree that only grows, as the roots of its complete subtrees: at most 53
 * hashes however many leaves there are. It gives its root at every size and no proofs.
 *
 * @see RFC 9162, section 2.1.1
 */
export class CompactRange {
  readonly #hash: QuickHash
  #size: number
  /** From left to right, each of fewer leaves than the one before. */
  readonly #subtrees: Uint8Array[]

  /** @param state - of the tree that is taken up; without it there are no leaves yet. */
  constructor(hash: QuickHash, state: CompactRangeState = { size: 0, subtrees: [] }) {
    this.#hash = hash
    this.#size = state.size
    this.#subtrees = [...state.subtrees]
  }

  /** Leaves there are. */
  get size(): number {
    return this.#size
  }

  append(leafHash: Uint8Array): void {
    this.#size += 1
    let joined = leafHash
    for (let rest = this.#size; rest % 2 === 0; rest /= 2) {
      const left = this.#subtrees.pop()
      if (left === undefined) throw new RangeError(`a subtree of ${this.#size} leaves is missing`)
      joined = nodeHash(left, joined, this.#hash)
    }
    this.#subtrees.push(joined)
  }

  /** The hash of no bytes while there are no leaves. */
  root(): Uint8Array {
    if (this.#size === 0) return this.#hash(new Uint8Array())
    return this.#subtrees.reduceRight((right, left) => nodeHash(left, right, this.#hash))
  }

  /** Enough to take the tree up again. */
  state(): CompactRangeState {
    return { size: this.#size, subtrees: [...this.#subtrees] }
  }
}

/** How many complete subtrees a tree of that size has. */
export function subtreeCount(size: number): number {
  let count = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2
  return count
}
