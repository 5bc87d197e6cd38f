import type { JWK } from 'jose'
import type { NewLogEntry } from './log-entries.ts'

/** A right to deposit, without its secret. */
export interface Token {
  readonly id: string
  /** Hex SHA-256 of the token's text, which is stored nowhere. */
  readonly tokenSha256: string
  /** Project its deposits must belong to; `*` stands for every project. */
  readonly project: string
  readonly scope: 'deposit'
  /** All times RFC 3339 in UTC. */
  readonly createdAt: string
  readonly expiresAt: string
  readonly revokedAt?: string | undefined
  readonly lastUsedAt?: string | undefined
}

/** A public key with which depositors of a project sign, as it is registered. */
export interface NewDepositorKey {
  readonly kid: string
  readonly project: string
  readonly jwk: JWK
  /** Whole seconds; also in the leaf. */
  readonly addedAt: string
}

/** A registered key, with the log entries that bound and revoked it. */
export interface DepositorKey extends NewDepositorKey {
  readonly addedIndex: number
  readonly revokedAt?: string | undefined
  readonly revokedIndex?: number | undefined
}

/** Seam: who may deposit, and with which keys. Nothing is ever deleted, only revoked. */
export interface AccessList {
  addToken(token: Token): Promise<void>
  findTokenByHash(tokenSha256: string): Promise<Token | undefined>
  listTokens(): Promise<Token[]>
  /** @returns whether there was such a token. */
  revokeToken(id: string, at: string): Promise<boolean>
  noteTokenUse(id: string, at: string): Promise<void>
  /** The key and its log entry; a key that is there already takes no index. */
  addDepositorKey(key: NewDepositorKey, entry: NewLogEntry): Promise<'added' | 'already-there'>
  /**
   * A key of the project, or else one registered for every project (`*`). The
   * project's own comes first, so that it can revoke a key for itself.
   */
  findDepositorKey(kid: string, project: string): Promise<DepositorKey | undefined>
  /** In the order of the log: all, or those of one thumbprint, one for each of its projects. */
  listDepositorKeys(query?: { readonly kid: string }): Promise<DepositorKey[]>
  /** A key that was revoked before keeps its time and takes no index. */
  revokeDepositorKey(
    key: { readonly kid: string; readonly project: string; readonly at: string },
    entry: NewLogEntry,
  ): Promise<'revoked' | 'already-revoked' | 'unknown'>
}
