import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../archive/clock.ts'
import type { LogEntries } from '../catalog/log-entries.ts'
import { openSqliteCatalog } from '../catalog/open-catalog.ts'
import type { RegistryKeys } from '../catalog/registry-keys.ts'
import { LogDiffers } from '../publication/check-log.ts'
import { publishEntries } from '../publication/publish-entries.ts'
import { openDirectoryVault } from '../vault/directory-vault.ts'
import type { DocumentStore } from '../vault/document-store.ts'
import type { LogStore } from '../vault/log-store.ts'
import { CannotServe } from './cannot-serve.ts'
import { lockStorage } from './directory-lock.ts'
import { openKnownWitnesses, type KnownWitnesses } from './known-witnesses.ts'
import { originOf } from './log-origin.ts'
import type { Settings } from './settings.ts'
import { SignedMark } from './signed-mark.ts'
import { readSigningKeys } from './signing-keys.ts'

/** What an operator's command needs of a registry to append to its log while nobody serves it. */
export interface StoppedRegistry {
  /** Directory of the private keys. */
  readonly directory: string
  readonly registryKeys: RegistryKeys
  readonly log: LogStore
  readonly documents: DocumentStore
  readonly entries: LogEntries
  /** Name of the log. */
  readonly origin: string
  readonly clock: Clock
  /** Asked before anything is signed, if there are any. */
  readonly witnesses?: Pick<KnownWitnesses, 'findContradiction'>
}

/**
 * Takes the registry's directory for this process. Whoever opens it, disposes of it.
 *
 * @throws DirectoryInUse while the service runs.
 */
export async function openStoppedRegistry(
  settings: Settings,
): Promise<{ readonly registry: StoppedRegistry } & AsyncDisposable> {
  await using opened = new AsyncDisposableStack()
  await mkdir(settings.dataDirectory, { recursive: true, mode: 0o750 })
  opened.use(lockStorage(settings, 'stop it first'))
  const vault = opened.use(await openDirectoryVault(settings.blobDirectory))
  const { entries, registryKeys, ...stores } = await openSqliteCatalog(settings.databaseFile)
  opened.use(stores)
  const registry = {
    directory: join(settings.dataDirectory, 'keys'),
    registryKeys,
    entries,
    log: vault.log,
    documents: vault.documents,
    origin: await originOf(vault.log, settings),
    clock: () => new Date(),
    witnesses: await openKnownWitnesses(settings.witnesses, vault.log),
  }
  const all = opened.move()
  return { registry, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

/** @throws CannotServe before the first start. */
export async function refuseWithoutKeys(registryKeys: RegistryKeys): Promise<void> {
  if ((await registryKeys.listRegistryKeys()).length > 0) return
  throw new CannotServe('the registry has no keys yet; the first start of the service makes them')
}

/**
 * Publishes everything that is entered, signed by the keys that the log names now.
 *
 * @throws CannotServe when the log is not in order, or its private key is not there.
 */
export async function publishStopped(registry: StoppedRegistry): Promise<void> {
  const { logSigners, logVerifiers, logFault } = await readSigningKeys(registry)
  if (logFault !== undefined) throw new CannotServe(logFault)
  await using mark = signedMarkOf(registry)
  const findContradiction = () => contradictionTo(registry, mark)
  const parts = { ...registry, signers: logSigners, verifiers: logVerifiers, findContradiction }
  await forOperator(() => publishEntries(parts))
  mark.noteSigned()
}

/** @throws CannotServe when something was signed that catalog and store do not know. */
export async function refuseForgotten(registry: StoppedRegistry): Promise<void> {
  const contradiction = await contradictionTo(registry, signedMarkOf(registry))
  if (contradiction !== undefined) throw new CannotServe(contradiction)
}

async function contradictionTo(
  { witnesses }: StoppedRegistry,
  mark: SignedMark,
): Promise<string | undefined> {
  return (await mark.findContradiction()) ?? witnesses?.findContradiction()
}

function signedMarkOf({ directory, entries }: StoppedRegistry): SignedMark {
  const report = (error: unknown) => {
    throw error
  }
  return new SignedMark({ file: join(directory, 'log.signed'), entries, report })
}

/** What is not in order about a log is for the operator to see to. */
export async function forOperator<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof LogDiffers) throw new CannotServe(error.message, { cause: error })
    throw error
  }
}
