import type { JWK } from 'jose'

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

/** A public key with which depositors of a project sign. */
export interface DepositorKey {
  readonly kid: string
  readonly project: string
  readonly jwk: JWK
  readonly addedAt: string
  readonly revokedAt?: string | undefined
}

/** Seam: who may deposit, and with which keys. Nothing is ever deleted, only revoked. */
export interface AccessList {
  addToken(token: Token): Promise<void>
  findTokenByHash(tokenSha256: string): Promise<Token | undefined>
  listTokens(): Promise<Token[]>
  /** @returns whether there was such a token. */
  revokeToken(id: string, at: string): Promise<boolean>
  noteTokenUse(id: string, at: string): Promise<void>
  addDepositorKey(key: DepositorKey): Promise<'added' | 'already-there'>
  /**
   * A key of the project, or else one registered for every project (`*`). The
   * project's own comes first, so that it can revoke a key for itself.
   */
  findDepositorKey(kid: string, project: string): Promise<DepositorKey | undefined>
  listDepositorKeys(): Promise<DepositorKey[]>
  /** @returns whether there was such a key. */
  revokeDepositorKey(kid: string, project: string, at: string): Promise<boolean>
}
