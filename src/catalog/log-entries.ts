import type { Digest } from '../record/digest.ts'

export type EntryKind = 'deposit' | 'event' | 'withdrawal' | 'key' | 'depositor-key' | 'renewal'

/** What is about to become an entry of the log. */
export interface NewLogEntry {
  readonly kind: EntryKind
  /** The record or event it is about, if it is about one. */
  readonly subject?: Digest | undefined
  /** Exact bytes, at most 65,535. */
  readonly leaf: Uint8Array
  /** 64 hex digits. */
  readonly leafHash: string
}

export interface LogEntry extends NewLogEntry {
  readonly logIndex: number
}

/** A tree head that was signed. */
export interface SignedCheckpoint {
  readonly size: number
  /** 64 hex digits. */
  readonly root: string
  /** The signed note, exactly as it is or will be published. */
  readonly note: string
}

/** Another tree head was signed already for this size or a larger one: the log would fork. */
export class CheckpointConflict extends Error {}

/**
 * Seam: the log as the catalog has it. Entries are appended by those who accept
 * something, in the transaction in which they accept it.
 */
export interface LogEntries {
  /** Entries there are; also the next index. */
  size(): Promise<number>

  /** In the order of the log, from index `from`, at most `limit`. */
  listEntries(range: { readonly from: number; readonly limit: number }): Promise<LogEntry[]>

  /** The newest checkpoints, newest first. */
  newestCheckpoints(limit: number): Promise<SignedCheckpoint[]>

  /** The smallest checkpoint that covers an entry. */
  firstCheckpointCovering(logIndex: number): Promise<SignedCheckpoint | undefined>

  /** Sizes of the checkpoints with `first` ≤ size < `endExclusive`, ascending, at most `limit`. */
  checkpointSizes(range: {
    readonly first: number
    readonly endExclusive: number
    readonly limit: number
  }): Promise<number[]>

  /**
   * Remembers a checkpoint for ever. When the promise resolves it survives a power
   * cut; only then may anybody see it. The same checkpoint again is no error.
   *
   * @throws CheckpointConflict for a smaller size, or another note of the same size.
   */
  addCheckpoint(checkpoint: SignedCheckpoint): Promise<void>

  /**
   * Appends an entry that speaks of the whole log before it, and so belongs in one
   * place only. When another entry has got that place, nothing is appended. An index
   * beyond the next one is a fault.
   */
  addEntryAt(logIndex: number, entry: NewLogEntry): Promise<'added' | 'taken'>
}
