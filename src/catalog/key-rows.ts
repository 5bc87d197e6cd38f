import type { JWK } from 'jose'
import type { Selectable } from 'kysely'
import { z } from 'zod'
import type { DepositorKey } from './access-list.ts'
import type { KeyRole, RegistryKey } from './registry-keys.ts'
import type { CatalogTables } from './schema.ts'

const Role: z.ZodType<KeyRole> = z.enum(['log', 'receipt'])
const JwkColumn: z.ZodType<JWK> = z.looseObject({ kty: z.string() })

/** The one place where columns become members. */
export function depositorKeyFromRow(row: Selectable<CatalogTables['depositor_key']>): DepositorKey {
  return {
    kid: row.kid,
    project: row.project,
    jwk: JwkColumn.parse(JSON.parse(row.jwk)),
    addedAt: row.added_at,
    addedIndex: row.added_index,
    revokedAt: row.revoked_at ?? undefined,
    revokedIndex: row.revoked_index ?? undefined,
  }
}

/** The one place where columns become members. */
export function registryKeyFromRow(row: Selectable<CatalogTables['registry_key']>): RegistryKey {
  return {
    kid: row.kid,
    role: Role.parse(row.role),
    jwk: JwkColumn.parse(JSON.parse(row.jwk)),
    introducedAt: row.introduced_at,
    introducedIndex: row.introduced_index,
    retiredAt: row.retired_at ?? undefined,
    retiredIndex: row.retired_index ?? undefined,
  }
}
