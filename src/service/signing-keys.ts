import { join } from 'node:path'
import { registryKeyEntry } from '../archive/key-entries.ts'
import { secondsText, type Clock } from '../archive/clock.ts'
import { parsePublicKey, type PublicKey } from '../attestation/public-keys.ts'
import { KeySigner, type Signer } from '../attestation/signer.ts'
import type { KeyRole, RegistryKey, RegistryKeys } from '../catalog/registry-keys.ts'
import { ed25519NoteSigner, type NoteSigner, type NoteVerifier } from '../log/note.ts'
import type { LogStore } from '../vault/log-store.ts'
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
  /** Two while one key of the log gives way to another, else one. */
  readonly logSigners: readonly NoteSigner[]
  /** All keys that ever signed checkpoints. */
  readonly logVerifiers: readonly NoteVerifier[]
  /** Words for the operator when a private key is not there or not the right one. */
  readonly fault: string | undefined
}

/**
 * Opens the private keys and compares them with those the log has introduced. On
 * the first start both are made, and introduced by the first entries of the log.
 */
export async function openSigningKeys(parts: SigningKeyParts): Promise<SigningKeys> {
  if ((await parts.registryKeys.listRegistryKeys()).length === 0) await introduceFirstKeys(parts)
  const known = await parts.registryKeys.listRegistryKeys()
  const logKeys = await heldKeys('log', known, parts)
  const receiptKeys = await heldKeys('receipt', known, parts)
  const logVerifiers = await Promise.all(
    known.filter(({ role }) => role === 'log').map((key) => verifierOf(parts.origin, key)),
  )
  const [receiptKey] = receiptKeys.held
  const fault = logKeys.fault ?? receiptKeys.fault
  return {
    receiptSigner:
      receiptKey === undefined ? await absentSigner(known) : await signerOf(receiptKey),
    logSigners: await Promise.all(logKeys.held.map((key) => noteSignerOf(parts.origin, key))),
    logVerifiers,
    fault,
  }
}

/** File names of the private keys of a role; the second is there while a log key gives way. */
export function privateKeyFilesOf(role: KeyRole): readonly string[] {
  return [`${role}.jwk`, `${role}.previous.jwk`]
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

/** The private keys at hand of those keys of a role that are not retired, the newest first. */
async function heldKeys(
  role: KeyRole,
  known: readonly RegistryKey[],
  { directory }: SigningKeyParts,
): Promise<{ held: SigningKey[]; fault: string | undefined }> {
  const active = known
    .filter((key) => key.role === role && key.retiredAt === undefined)
    .toReversed()
  const files = privateKeyFilesOf(role).map((name) => join(directory, name))
  const found = (await Promise.all(files.map(readSigningKey))).filter((key) => key !== undefined)
  const held = active.flatMap(({ kid }) => found.find((key) => key.publicKey.kid === kid) ?? [])
  const [newest] = active
  if (newest === undefined) return { held, fault: `every ${role} key was retired` }
  if (held[0]?.publicKey.kid === newest.kid) return { held, fault: undefined }
  const fault =
    `${files[0]} does not hold the ${role} key ${newest.kid} that the log has introduced; ` +
    'put that file back, or introduce another key with "stele keys rotate"'
  return { held: [], fault }
}

async function signerOf({ verificationKey, privateKey }: SigningKey): Promise<Signer> {
  return KeySigner.of({ publicKey: verificationKey, privateKey })
}

async function noteSignerOf(origin: string, key: SigningKey): Promise<NoteSigner> {
  return ed25519NoteSigner(origin, key.privateKey, rawPublicKeyOf(key.publicKey))
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
