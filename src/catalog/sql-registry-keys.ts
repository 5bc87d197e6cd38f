import type { Kysely } from 'kysely'
import type { CatalogWriter } from './catalog-writer.ts'
import { registryKeyFromRow } from './key-rows.ts'
import type { NewLogEntry } from './log-entries.ts'
import type { KeyRetirement, NewRegistryKey, RegistryKey, RegistryKeys } from './registry-keys.ts'
import type { CatalogTables } from './schema.ts'

export class SqlRegistryKeys implements RegistryKeys {
  readonly #db: Kysely<CatalogTables>
  readonly #writer: CatalogWriter

  constructor(db: Kysely<CatalogTables>, writer: CatalogWriter) {
    this.#db = db
    this.#writer = writer
  }

  async addRegistryKeys(
    keys: readonly { key: NewRegistryKey; entry: NewLogEntry }[],
    replaced: readonly KeyRetirement[] = [],
  ): Promise<RegistryKey[]> {
    return this.#writer.addRegistryKeys(keys, replaced)
  }

  async retireRegistryKey(kid: string, at: string, entry: NewLogEntry): Promise<RegistryKey> {
    return this.#writer.retireRegistryKey(kid, at, entry)
  }

  async listRegistryKeys(): Promise<RegistryKey[]> {
    const rows = await this.#db
      .selectFrom('registry_key')
      .selectAll()
      .orderBy('introduced_index')
      .execute()
    return rows.map(registryKeyFromRow)
  }
}
