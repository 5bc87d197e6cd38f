import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { SignedCheckpoint } from '../../src/catalog/log-entries.ts'
import { openSqliteCatalog, type OpenCatalog } from '../../src/catalog/open-catalog.ts'
import type { RegistryKey } from '../../src/catalog/registry-keys.ts'
import { parseNote } from '../../src/log/note.ts'
import { KeyChanges } from '../../src/service/change-keys.ts'
import type { StoppedRegistry } from '../../src/service/stopped-registry.ts'
import { openDirectoryVault } from '../../src/vault/directory-vault.ts'
import {
  openRegistryUnderTest,
  registryUrl,
  type RegistryUnderTest,
} from '../http/registry-under-test.ts'
import { temporaryDirectory } from '../vault/temporary-vault.ts'

export const origin = `${new URL(registryUrl).host}/log`

/** The directory of a registry that was started once, and stopped. */
export async function stoppedRegistry(): Promise<string> {
  const directory = await temporaryDirectory()
  const registry = await startedRegistry(directory)
  await registry[Symbol.asyncDispose]()
  return directory
}

/** Serves from a directory, as production does. */
export function startedRegistry(directory: string): Promise<RegistryUnderTest> {
  return openRegistryUnderTest({ directory, database: databaseOf(directory) })
}

function databaseOf(directory: string): string {
  return `sqlite:${join(directory, 'catalog.sqlite')}`
}

/** Changes keys as the operator's command does. */
export async function changeKeys<Result>(
  directory: string,
  change: (changes: KeyChanges) => Promise<Result>,
  faulty: (parts: StoppedRegistry) => StoppedRegistry = (parts) => parts,
): Promise<Result> {
  return withStopped(directory, async (parts) => change(new KeyChanges(faulty(parts))))
}

/** Appends to the log as the operator's commands do. */
export async function withStopped<Result>(
  directory: string,
  work: (registry: StoppedRegistry) => Promise<Result>,
): Promise<Result> {
  await using vault = await openDirectoryVault(join(directory, 'blobs'))
  // Awaited here: the vault is closed when this function ends.
  return await withCatalog(directory, async ({ entries, registryKeys }) => {
    const { log, documents } = vault
    const keys = join(directory, 'keys')
    const clock = () => new Date()
    const witnesses = { findContradiction: async () => undefined }
    const stores = { registryKeys, entries, log, documents }
    return work({ directory: keys, ...stores, origin, clock, witnesses })
  })
}

/** The same, with some of its methods replaced. */
export function withMethods<Whole extends object>(whole: Whole, methods: Partial<Whole>): Whole {
  return new Proxy(whole, {
    get: (_target, name) => {
      const replaced: unknown = Reflect.get(methods, name)
      const value: unknown = replaced ?? Reflect.get(whole, name)
      return typeof value === 'function' ? value.bind(whole) : value
    },
  })
}

/** Looks into the catalog of a directory. */
export async function withCatalog<Result>(
  directory: string,
  look: (catalog: OpenCatalog) => Promise<Result>,
): Promise<Result> {
  await using catalog = await openSqliteCatalog(join(directory, 'catalog.sqlite'))
  return await look(catalog)
}

export interface KeyState {
  /** Names of the files with private keys. */
  readonly files: string[]
  /** In the order of their introduction. */
  readonly keys: RegistryKey[]
  /** Newest first. */
  readonly checkpoints: SignedCheckpoint[]
  /** How many signatures the newest checkpoint has. */
  readonly lines: number
}

export async function keyStateOf(directory: string): Promise<KeyState> {
  return withCatalog(directory, async ({ entries, registryKeys }) => {
    const checkpoints = await entries.newestCheckpoints(1000)
    return {
      files: (await readdir(join(directory, 'keys')))
        .filter((name) => name !== 'log.signed')
        .sort(),
      keys: await registryKeys.listRegistryKeys(),
      checkpoints,
      lines: parseNote(checkpoints[0]?.note ?? '').signatures.length,
    }
  })
}

/** Thumbprints of the keys of a role, in the order of their introduction. */
export function kidsOf({ keys }: KeyState, role: RegistryKey['role']): string[] {
  return keys.filter((key) => key.role === role).map(({ kid }) => kid)
}
