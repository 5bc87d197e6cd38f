import { createHash } from 'node:crypto'
import { InvalidToken, TokenRequired } from './refusals.ts'

/** Who deposits: a token, bound to a project. */
export interface Depositor {
  readonly tokenId: string
  /** `*` stands for every project. */
  readonly project: string
}

/** What is asked of the list of tokens; see `AccessList`. */
export interface TokenBook {
  findTokenByHash(tokenSha256: string): Promise<TokenEntry | undefined>
  noteTokenUse(id: string, at: string): Promise<void>
}

interface TokenEntry {
  readonly id: string
  readonly project: string
  readonly expiresAt: string
  readonly revokedAt?: string | undefined
  readonly lastUsedAt?: string | undefined
}

/** A fixed prefix lets secret scanners find a leaked token. */
const tokenForm = /^stele_[A-Za-z0-9_-]{43}$/
const useIsNotedEveryMs = 60_000

/** Decides whether a request may deposit. */
export class Authorizer {
  readonly #book: TokenBook
  readonly #clock: () => Date

  constructor(book: TokenBook, clock: () => Date) {
    this.#book = book
    this.#clock = clock
  }

  /**
   * @param authorization - value of the `Authorization` field.
   * @throws TokenRequired, InvalidToken
   */
  async depositorOf(authorization: string | undefined): Promise<Depositor> {
    if (authorization === undefined) throw new TokenRequired()
    const [scheme = '', text = '', ...rest] = authorization.trim().split(/ +/)
    if (scheme.toLowerCase() !== 'bearer' || rest.length > 0) throw new InvalidToken('malformed')
    if (!tokenForm.test(text)) throw new InvalidToken('malformed')
    const token = await this.#book.findTokenByHash(hashOfToken(text))
    if (token === undefined) throw new InvalidToken('unknown')
    const now = this.#clock()
    if (token.revokedAt !== undefined) throw new InvalidToken('revoked')
    if (Date.parse(token.expiresAt) <= now.getTime()) throw new InvalidToken('expired')
    await this.#noteUse(token, now)
    return { tokenId: token.id, project: token.project }
  }

  async #noteUse(token: TokenEntry, now: Date): Promise<void> {
    const last = token.lastUsedAt === undefined ? 0 : Date.parse(token.lastUsedAt)
    if (now.getTime() - last < useIsNotedEveryMs) return
    await this.#book.noteTokenUse(token.id, now.toISOString())
  }
}

/** Hex SHA-256: what is stored of a token. */
export function hashOfToken(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
