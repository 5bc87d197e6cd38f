import { mkdirSync } from 'node:fs'
import type { AccessList } from '../catalog/access-list.ts'
import { openSqliteCatalog } from '../catalog/open-catalog.ts'
import type { Settings } from './settings.ts'

/** The list of tokens and keys alone, for the operator's commands. */
export async function openAccessList(settings: Settings): Promise<AccessList & AsyncDisposable> {
  mkdirSync(settings.dataDirectory, { recursive: true, mode: 0o750 })
  const stores = await openSqliteCatalog(settings.databaseFile)
  return Object.assign(stores.accessList, {
    [Symbol.asyncDispose]: () => stores[Symbol.asyncDispose](),
  })
}
