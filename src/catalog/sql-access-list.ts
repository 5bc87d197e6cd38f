import type { Kysely, Selectable } from 'kysely'
import { z } from 'zod'
import type { AccessList, DepositorKey, NewDepositorKey, Token } from './access-list.ts'
import type { CatalogWriter } from './catalog-writer.ts'
import { depositorKeyFromRow } from './key-rows.ts'
import type { NewLogEntry } from './log-entries.ts'
import type { CatalogTables } from './schema.ts'

const Scope = z.literal('deposit')

export class SqlAccessList implements AccessList {
  readonly #db: Kysely<CatalogTables>

  readonly #writer: CatalogWriter

  constructor(db: Kysely<CatalogTables>, writer: CatalogWriter) {
    this.#db = db
    this.#writer = writer
  }

  async addToken(token: Token): Promise<void> {
    await this.#db
      .insertInto('token')
      .values({
        id: token.id,
        token_sha256: token.tokenSha256,
        project: token.project,
        scope: token.scope,
        created_at: token.createdAt,
        expires_at: token.expiresAt,
      })
      .execute()
  }

  async findTokenByHash(tokenSha256: string): Promise<Token | undefined> {
    const row = await this.#db
      .selectFrom('token')
      .selectAll()
      .where('token_sha256', '=', tokenSha256)
      .executeTakeFirst()
    return row === undefined ? undefined : tokenFromRow(row)
  }

  async listTokens(): Promise<Token[]> {
    const rows = await this.#db.selectFrom('token').selectAll().orderBy('created_at').execute()
    return rows.map(tokenFromRow)
  }

  async revokeToken(id: string, at: string): Promise<boolean> {
    const result = await this.#db
      .updateTable('token')
      .set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.val(at)) }))
      .where('id', '=', id)
      .executeTakeFirst()
    return result.numUpdatedRows > 0n
  }

  async noteTokenUse(id: string, at: string): Promise<void> {
    await this.#db.updateTable('token').set({ last_used_at: at }).where('id', '=', id).execute()
  }

  async addDepositorKey(
    key: NewDepositorKey,
    entry: NewLogEntry,
  ): Promise<'added' | 'already-there'> {
    return this.#writer.addDepositorKey(key, entry)
  }

  async findDepositorKey(kid: string, project: string): Promise<DepositorKey | undefined> {
    const row = await this.#db
      .selectFrom('depositor_key')
      .selectAll()
      .where('kid', '=', kid)
      .where('project', 'in', [project, '*'])
      .orderBy((eb) => eb('project', '=', '*'))
      .executeTakeFirst()
    return row === undefined ? undefined : depositorKeyFromRow(row)
  }

  async listDepositorKeys(query?: { kid: string }): Promise<DepositorKey[]> {
    const all = this.#db.selectFrom('depositor_key').selectAll().orderBy('added_index')
    const chosen = query === undefined ? all : all.where('kid', '=', query.kid)
    return (await chosen.execute()).map(depositorKeyFromRow)
  }

  async revokeDepositorKey(
    key: { kid: string; project: string; at: string },
    entry: NewLogEntry,
  ): Promise<'revoked' | 'already-revoked' | 'unknown'> {
    return this.#writer.revokeDepositorKey(key, entry)
  }
}

function tokenFromRow(row: Selectable<CatalogTables['token']>): Token {
  return {
    id: row.id,
    tokenSha256: row.token_sha256,
    project: row.project,
    scope: Scope.parse(row.scope),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at ?? undefined,
    lastUsedAt: row.last_used_at ?? undefined,
  }
}
