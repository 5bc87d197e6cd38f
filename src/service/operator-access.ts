import { mkdir } from 'node:fs/promises'
import type { AccessList } from '../catalog/access-list.ts'
import { openSqliteCatalog } from '../catalog/open-catalog.ts'
import type { RegistryKeys } from '../catalog/registry-keys.ts'
import { KeyChanges } from './change-keys.ts'
import type { Settings } from './settings.ts'
import { openStoppedRegistry } from './stopped-registry.ts'

/**
 * What changes the keys of a registry that is not served meanwhile, for the
 * operator's commands. Whoever opens it, disposes of it.
 *
 * @throws DirectoryInUse while the service runs.
 */
export async function openKeyChanges(
  settings: Settings,
): Promise<{ readonly changes: KeyChanges } & AsyncDisposable> {
  const { registry, ...opened } = await openStoppedRegistry(settings)
  return { ...opened, changes: new KeyChanges(registry) }
}

/** Tokens and keys, for the operator's commands; the service may be running or not. */
export async function openOperatorLists(
  settings: Settings,
): Promise<
  { readonly registryKeys: RegistryKeys; readonly accessList: AccessList } & AsyncDisposable
> {
  await mkdir(settings.dataDirectory, { recursive: true, mode: 0o750 })
  return openSqliteCatalog(settings.databaseFile)
}
