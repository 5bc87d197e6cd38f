import type { JWK } from 'jose'
import type { Kysely, Selectable } from 'kysely'
import { z } from 'zod'
import type { AccessList, DepositorKey, Token } from './access-list.ts'
import type { CatalogTables } from './schema.ts'

const Scope = z.literal('deposit')
const JwkColumn: z.ZodType<JWK> = z.looseObject({ kty: z.string() })

export class SqlAccessList implements AccessList {
  readonly #db: Kysely<CatalogTables>

  constructor(db: Kysely<CatalogTables>) {
    this.#db = db
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

  async addDepositorKey(key: DepositorKey): Promise<'added' | 'already-there'> {
    const result = await this.#db
      .insertInto('depositor_key')
      .values({
        kid: key.kid,
        project: key.project,
        jwk: JSON.stringify(key.jwk),
        added_at: key.addedAt,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    return (result.numInsertedOrUpdatedRows ?? 0n) > 0n ? 'added' : 'already-there'
  }

  async findDepositorKey(kid: string, project: string): Promise<DepositorKey | undefined> {
    const row = await this.#db
      .selectFrom('depositor_key')
      .selectAll()
      .where('kid', '=', kid)
      .where('project', 'in', [project, '*'])
      .orderBy((eb) => eb('project', '=', '*'))
      .executeTakeFirst()
    return row === undefined ? undefined : keyFromRow(row)
  }

  async listDepositorKeys(): Promise<DepositorKey[]> {
    const rows = await this.#db
      .selectFrom('depositor_key')
      .selectAll()
      .orderBy('added_at')
      .execute()
    return rows.map(keyFromRow)
  }

  async revokeDepositorKey(kid: string, project: string, at: string): Promise<boolean> {
    const result = await this.#db
      .updateTable('depositor_key')
      .set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.val(at)) }))
      .where('kid', '=', kid)
      .where('project', '=', project)
      .executeTakeFirst()
    return result.numUpdatedRows > 0n
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

function keyFromRow(row: Selectable<CatalogTables['depositor_key']>): DepositorKey {
  return {
    kid: row.kid,
    project: row.project,
    jwk: JwkColumn.parse(JSON.parse(row.jwk)),
    addedAt: row.added_at,
    revokedAt: row.revoked_at ?? undefined,
  }
}
