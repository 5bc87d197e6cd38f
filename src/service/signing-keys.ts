import { join } from 'node:path'
import { registryKeyEntry } from '../archive/key-entries.ts'
import { secondsText, type Clock } from '../archive/clock.ts'
import { parsePublicKey, type PublicKey } from '../attestation/public-keys.ts'
import { KeySigner, type Signer } from '../attestation/signer.ts'
import type { KeyRole, RegistryKey, RegistryKeys } from '../catalog/registry-keys.ts'
import { ed25519NoteSigner, type NoteVerifier } from '../log/note.ts'
import type { LogSigner } from '../publication/log-parts.ts'
import { checkpointPath, type LogStore } from '../vault/log-store.ts'
import { CannotServe } from './cannot-serve.ts'
import { activeKeysOf, heldKeysOf, keyFilesOf, settleKeyFiles } from './key-files.ts'
import { publicKeyFile, rawPublicKeyOf, verifierOf } from './public-key-file.ts'
import { makeSigningKey, readSigningKey, type SigningKey } from './private-key-file.ts'

export interface SigningKeyParts {
  /** Directory of the private keys. */
  readonly directory: string
  readonly registryKeys: RegistryKeys
  readonly log: LogStore
  /** Name of the log. */
  readonly origin: string
  readonly clock: Clock
}

/** Everything this registry signs with, and why it cannot. */
export interface SigningKeys {
  readonly receiptSigner: Signer
  /** Two while one key of the log gives way to another, the newer first; else one. */
  readonly logSigners: readonly LogSigner[]
  /** All keys that ever signed checkpoints. */
  readonly logVerifiers: readonly NoteVerifier[]
  /** Words for the operator when a private key is not there or not the right one. */
  readonly fault: string | undefined
  /** The same for the keys of the log alone. */
  readonly logFault: string | undefined
}

type HeldKeys = Awaited<ReturnType<typeof heldKeysOf>>

/**
 * Opens the private keys and compares them with those the log has introduced. On
 * the first start both are made, and introduced by the first entries of the log. The
 * files of a rotation that was interrupted are put into their places.
 *
 * @throws CannotServe when the log was begun with a catalog that is not there.
 */
export async function openSigningKeys(parts: SigningKeyParts): Promise<SigningKeys> {
  const { directory, registryKeys } = parts
  if ((await registryKeys.listRegistryKeys()).length === 0) {
    await refuseBegunLog(parts)
    await introduceFirstKeys(parts)
  }
  const known = await registryKeys.listRegistryKeys()
  for (const role of ['log', 'receipt'] as const) await settleKeyFiles(directory, role, known)
  return readSigningKeys(parts)
}

/** The same, and every file stays where it is. */
export async function readSigningKeys(
  parts: Omit<SigningKeyParts, 'log' | 'clock'>,
): Promise<SigningKeys> {
  const { directory, registryKeys, origin } = parts
  const known = await registryKeys.listRegistryKeys()
  const logKeys = await heldKeysOf(directory, 'log', known)
  const receiptKeys = await heldKeysOf(directory, 'receipt', known)
  const logFault = faultOf('log', known, { held: logKeys, directory })
  const fault = logFault ?? faultOf('receipt', known, { held: receiptKeys, directory })
  const [receiptKey] = receiptKeys
  return {
    receiptSigner:
      receiptKey === undefined ? await absentSigner(known) : await signerOf(receiptKey.signingKey),
    logSigners: await Promise.all(logKeys.map((key) => logSignerOf(origin, key))),
    logVerifiers: await Promise.all(
      known.filter(({ role }) => role === 'log').map((key) => verifierOf(origin, key)),
    ),
    fault,
    logFault,
  }
}

/** Signs as the owner of a key of the registry. */
export async function signerOf({ verificationKey, privateKey }: SigningKey): Promise<Signer> {
  return KeySigner.of({ publicKey: verificationKey, privateKey })
}

// Other keys, introduced by other first entries, would only be in the way of the catalog
// that belongs to the log.
async function refuseBegunLog({ log, origin }: SigningKeyParts): Promise<void> {
  if ((await log.read(checkpointPath)) === undefined) return
  throw new CannotServe(
    `the catalog is empty, and the store holds the log ${origin}; put the file of the catalog ` +
      'back, or set STELE_BLOBS to an empty directory',
  )
}

async function introduceFirstKeys(parts: SigningKeyParts): Promise<void> {
  const { directory, registryKeys, log, origin, clock } = parts
  const at = secondsText(clock())
  const introduced = []
  for (const role of ['log', 'receipt'] as const) {
    const file = join(directory, `${role}.jwk`)
    const { publicKey } = (await readSigningKey(file)) ?? (await makeSigningKey(file))
    const { kid, alg: _alg, use: _use, ...jwk } = publicKey
    // The public key is in the store before anything names it.
    await log.putAll([await publicKeyFile({ role, publicKey, origin })])
    const entry = await registryKeyEntry({ role, action: 'introduced', kid, at })
    introduced.push({ key: { kid, role, jwk, introducedAt: at }, entry })
  }
  await registryKeys.addRegistryKeys(introduced)
}

/** Why nothing can be signed in a role; only the newest key may do it. */
function faultOf(
  role: KeyRole,
  known: readonly RegistryKey[],
  { held, directory }: { readonly held: HeldKeys; readonly directory: string },
): string | undefined {
  const [newest] = activeKeysOf(role, known)
  if (newest === undefined) return `every ${role} key was retired`
  if (held[0]?.key.kid === newest.kid) return undefined
  return (
    `${keyFilesOf(directory, role).current} does not hold the ${role} key ${newest.kid} that ` +
    `the log has introduced; put that file back, or introduce another key with "stele keys rotate ${role}"`
  )
}

async function logSignerOf(
  origin: string,
  { key, signingKey: { publicKey, privateKey } }: HeldKeys[number],
): Promise<LogSigner> {
  const signer = await ed25519NoteSigner(origin, privateKey, rawPublicKeyOf(publicKey))
  return { ...signer, fromSize: key.introducedIndex + 1 }
}

/** Stands where a private key should be; the service reads and signs nothing. */
async function absentSigner(known: readonly RegistryKey[]): Promise<Signer> {
  const last = known.findLast(({ role }) => role === 'receipt')
  if (last === undefined) throw new Error('the log has introduced no receipt key')
  const publicKey: PublicKey = await parsePublicKey(last.jwk)
  return {
    publicKey,
    sign: async () => {
      throw new Error(`the private key of ${publicKey.kid} is not there`)
    },
  }
}
