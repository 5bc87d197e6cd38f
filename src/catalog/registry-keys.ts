import type { JWK } from 'jose'
import type { NewLogEntry } from './log-entries.ts'

/** What a key of the registry is for; one key never has two roles. */
export type KeyRole = 'log' | 'receipt'

/** A public key of the registry, introduced by an entry of the log. */
export interface NewRegistryKey {
  /** RFC 7638 thumbprint. */
  readonly kid: string
  readonly role: KeyRole
  readonly jwk: JWK
  /** RFC 3339 in UTC, whole seconds; also in the leaf. */
  readonly introducedAt: string
}

export interface RegistryKey extends NewRegistryKey {
  readonly introducedIndex: number
  readonly retiredAt?: string | undefined
  readonly retiredIndex?: number | undefined
}

/** The end of a key, and the entry of the log that says so. */
export interface KeyRetirement {
  readonly kid: string
  /** RFC 3339 in UTC, whole seconds; also in the leaf. */
  readonly at: string
  readonly entry: NewLogEntry
}

/** Seam: every key this registry ever signed with. Nothing is deleted. */
export interface RegistryKeys {
  /**
   * Keys and their entries, in this order, and behind them those of keys that they
   * replace: all or none. A key that is there already is a fault, and so is retiring
   * one that is not there or was retired before.
   */
  addRegistryKeys(
    keys: readonly { readonly key: NewRegistryKey; readonly entry: NewLogEntry }[],
    replaced?: readonly KeyRetirement[],
  ): Promise<RegistryKey[]>

  /** @throws Error when there is no such key, or it was retired before. */
  retireRegistryKey(kid: string, at: string, entry: NewLogEntry): Promise<RegistryKey>

  /** In the order of their introduction. */
  listRegistryKeys(): Promise<RegistryKey[]>
}
