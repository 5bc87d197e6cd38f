import type { PublicKey } from '../attestation/public-keys.ts'
import type { KeyRole, RegistryKey } from '../catalog/registry-keys.ts'
import { signatureTypes, type NoteVerifier } from '../log/note.ts'
import { parseVerifierKey, verifierKeyOf } from '../log/note.ts'
import { canonicalBytes } from '../record/canonical-json.ts'
import type { LogFile } from '../vault/log-store.ts'

/**
 * The file below `log/keys/` that keeps a public key of the registry for ever. It
 * holds no times: those are in the log, and the file is the same whenever it is made.
 */
export async function publicKeyFile(key: {
  readonly role: KeyRole
  readonly publicKey: PublicKey
  readonly origin: string
}): Promise<LogFile> {
  const { role, publicKey, origin } = key
  const vkey =
    role === 'log'
      ? { vkey: await verifierKeyOf(origin, signatureTypes.ed25519, rawPublicKeyOf(publicKey)) }
      : {}
  const bytes = canonicalBytes({ role, jwk: { ...publicKey }, ...vkey })
  return { path: `keys/${publicKey.kid}.json`, bytes }
}

/** The 32 bytes of an Ed25519 public key. */
export function rawPublicKeyOf({ x }: { readonly x?: string | undefined }): Uint8Array {
  return new Uint8Array(Buffer.from(x ?? '', 'base64url'))
}

/** What checks the signatures of one key of the log. */
export async function verifierOf(
  origin: string,
  { jwk }: Pick<RegistryKey, 'jwk'>,
): Promise<NoteVerifier> {
  const vkey = await verifierKeyOf(origin, signatureTypes.ed25519, rawPublicKeyOf(jwk))
  return parseVerifierKey(vkey)
}
