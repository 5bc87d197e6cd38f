import { openSqliteCatalog } from '../../src/catalog/open-catalog.ts'
import type { RegistryOptions } from '../../src/service/wire.ts'
import { openDirectoryVault } from '../../src/vault/directory-vault.ts'

/**
 * Stands between a registry and its stores: does the work of a call, or not, or fails
 * after it was done.
 *
 * @param call - like `log.publish`; `vault.close` and `catalog.close` at the end.
 */
export type Intercept = (call: string, work: () => Promise<unknown>) => Promise<unknown>

/** Options of a registry whose calls to its stores, which are the real ones, can be changed. */
export function interceptedStores(
  intercept: Intercept,
): Required<Pick<RegistryOptions, 'openVault' | 'openCatalog'>> {
  const between = <Part extends object>(name: string, part: Part): Part =>
    intercepted(name, part, intercept)
  return {
    openVault: async (directory, options) => {
      const vault = await openDirectoryVault(directory, options)
      return {
        blobs: between('blobs', vault.blobs),
        documents: between('documents', vault.documents),
        log: between('log', vault.log),
        [Symbol.asyncDispose]: async () => {
          await intercept('vault.close', async () => vault[Symbol.asyncDispose]())
        },
      }
    },
    openCatalog: async (file) => {
      const stores = await openSqliteCatalog(file)
      return {
        catalog: between('catalog', stores.catalog),
        events: between('events', stores.events),
        accessList: between('accessList', stores.accessList),
        entries: between('entries', stores.entries),
        registryKeys: between('registryKeys', stores.registryKeys),
        [Symbol.asyncDispose]: async () => {
          await intercept('catalog.close', async () => stores[Symbol.asyncDispose]())
        },
      }
    },
  }
}

/** One part of a store with its calls changed. Lists are left as they are: they are no promises. */
export function intercepted<Part extends object>(
  name: string,
  part: Part,
  intercept: Intercept,
): Part {
  return new Proxy(part, {
    get(target, member) {
      const method: unknown = Reflect.get(target, member, target)
      if (typeof method !== 'function' || typeof member === 'symbol') return method
      if (member === 'list') return method.bind(target)
      return (...args: unknown[]) =>
        intercept(`${name}.${member}`, async () => Reflect.apply(method, target, args))
    },
  })
}
