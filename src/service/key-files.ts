import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { KeyRole, RegistryKey } from '../catalog/registry-keys.ts'
import { syncDirectory } from '../vault/durable-directories.ts'
import { CannotServe } from './cannot-serve.ts'
import { readSigningKey, type SigningKey } from './private-key-file.ts'

/** Where the private keys of a role are. */
export interface KeyFiles {
  /** The newest that the log has introduced. */
  readonly current: string
  /** Of the log only: the one that still signs beside it until it is retired. */
  readonly previous: string
  /** One that is about to be introduced; it is here before the log names it. */
  readonly next: string
}

export function keyFilesOf(directory: string, role: KeyRole): KeyFiles {
  return {
    current: join(directory, `${role}.jwk`),
    previous: join(directory, `${role}.previous.jwk`),
    next: join(directory, `${role}.next.jwk`),
  }
}

/** Keys of a role that are introduced and not retired, the newest first. */
export function activeKeysOf(role: KeyRole, known: readonly RegistryKey[]): RegistryKey[] {
  return known.filter((key) => key.role === role && key.retiredAt === undefined).toReversed()
}

/** Those of a role's active keys whose private part is here, the newest first. */
export async function heldKeysOf(
  directory: string,
  role: KeyRole,
  known: readonly RegistryKey[],
): Promise<{ readonly key: RegistryKey; readonly signingKey: SigningKey }[]> {
  const files = Object.values(keyFilesOf(directory, role))
  const found = (await Promise.all(files.map(readSigningKey))).filter((key) => key !== undefined)
  return activeKeysOf(role, known).flatMap((key) => {
    const signingKey = found.find(({ publicKey }) => publicKey.kid === key.kid)
    return signingKey === undefined ? [] : [{ key, signingKey }]
  })
}

/** A key that was introduced while its file waits to become the current one. */
export async function findInterruptedRotation(
  directory: string,
  role: KeyRole,
  known: readonly RegistryKey[],
): Promise<RegistryKey | undefined> {
  const next = await readSigningKey(keyFilesOf(directory, role).next)
  return activeKeysOf(role, known).find(({ kid }) => kid === next?.publicKey.kid)
}

/**
 * Gives the private keys of a role the names that follow from what the log says of
 * them, and removes those of retired keys. It can be interrupted anywhere and done
 * again.
 *
 * @throws CannotServe rather than write over a key that the log does not know.
 */
export async function settleKeyFiles(
  directory: string,
  role: KeyRole,
  known: readonly RegistryKey[],
): Promise<void> {
  const files = keyFilesOf(directory, role)
  if ((await findInterruptedRotation(directory, role, known)) !== undefined) {
    await makeRoom(files, role, known)
    await rename(files.next, files.current)
    await syncDirectory(directory)
  }
  const previous = await readSigningKey(files.previous)
  const retired = known.find(({ kid }) => kid === previous?.publicKey.kid)?.retiredAt
  if (retired === undefined) return
  await rm(files.previous)
  await syncDirectory(directory)
}

/** @throws CannotServe when the current file holds a key that the log has never introduced. */
export async function refuseUnknownKey(
  directory: string,
  role: KeyRole,
  known: readonly RegistryKey[],
): Promise<void> {
  await knownKeyIn(keyFilesOf(directory, role).current, known)
}

// Of a retired key, and of one for receipts, the private part is written over: nothing
// is signed with it any more.
async function makeRoom(
  { current, previous }: KeyFiles,
  role: KeyRole,
  known: readonly RegistryKey[],
): Promise<void> {
  const key = await knownKeyIn(current, known)
  if (role === 'log' && key !== undefined && key.retiredAt === undefined) {
    await rename(current, previous)
  }
}

async function knownKeyIn(
  file: string,
  known: readonly RegistryKey[],
): Promise<RegistryKey | undefined> {
  const held = await readSigningKey(file)
  if (held === undefined) return undefined
  const { kid } = held.publicKey
  const key = known.find((candidate) => candidate.kid === kid)
  if (key !== undefined) return key
  throw new CannotServe(
    `${file} holds the key ${kid}, which this log never introduced; move it away`,
  )
}
