import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { AccessList } from '../catalog/access-list.ts'
import { openSqliteCatalog } from '../catalog/open-catalog.ts'
import type { RegistryKeys } from '../catalog/registry-keys.ts'
import { openDirectoryVault } from '../vault/directory-vault.ts'
import { KeyChanges } from './change-keys.ts'
import { lockDirectory } from './directory-lock.ts'
import { originOf } from './log-origin.ts'
import type { Settings } from './settings.ts'

/**
 * What changes the keys of a registry that is not served meanwhile, for the
 * operator's commands. Whoever opens it, disposes of it.
 *
 * @throws DirectoryInUse while the service runs.
 */
export async function openKeyChanges(
  settings: Settings,
): Promise<{ readonly changes: KeyChanges } & AsyncDisposable> {
  await using opened = new AsyncDisposableStack()
  await mkdir(settings.dataDirectory, { recursive: true, mode: 0o750 })
  opened.use(lockDirectory(settings.dataDirectory, 'stop it first'))
  const vault = opened.use(await openDirectoryVault(settings.blobDirectory))
  const { entries, registryKeys, ...stores } = await openSqliteCatalog(settings.databaseFile)
  opened.use(stores)
  const changes = new KeyChanges({
    directory: join(settings.dataDirectory, 'keys'),
    registryKeys,
    entries,
    log: vault.log,
    documents: vault.documents,
    origin: await originOf(vault.log, settings),
    clock: () => new Date(),
  })
  const all = opened.move()
  return { changes, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

/** The keys of the registry and of depositors, to be looked at while the service runs or not. */
export async function openKeyLists(
  settings: Settings,
): Promise<
  { readonly registryKeys: RegistryKeys; readonly accessList: AccessList } & AsyncDisposable
> {
  await mkdir(settings.dataDirectory, { recursive: true, mode: 0o750 })
  return openSqliteCatalog(settings.databaseFile)
}
