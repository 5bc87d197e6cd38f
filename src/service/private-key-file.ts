import { exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose'
import { access, mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { parsePublicKey, type PublicKey } from '../attestation/public-keys.ts'
import { syncDirectory } from '../vault/durable-directories.ts'
import { isNoSuchFile } from '../vault/file-errors.ts'
import { CannotServe } from './cannot-serve.ts'

const PrivateJwk = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  d: z.string(),
})

/** An Ed25519 key with which the registry signs. */
export interface SigningKey {
  readonly publicKey: PublicKey
  readonly privateKey: CryptoKey
  readonly verificationKey: CryptoKey
}

/**
 * The key of a file, or undefined when there is no such file.
 *
 * @param file - JWK with the private key.
 * @throws CannotServe when the file holds something else.
 */
export async function readSigningKey(file: string): Promise<SigningKey | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (isNoSuchFile(error)) return undefined
    throw error
  }
  const parsed = PrivateJwk.safeParse(jsonOrNothing(text))
  if (!parsed.success) throw new CannotServe(`${file} holds no private Ed25519 key as a JWK`)
  return signingKeyOf(parsed.data)
}

/** Makes a key and keeps it in a new file that only its owner can read. */
export async function makeSigningKey(file: string): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const jwk = PrivateJwk.parse(await exportJWK(privateKey))
  await writePrivateFile(file, `${JSON.stringify(jwk)}\n`)
  return signingKeyOf(jwk)
}

/**
 * Writes a new file that only its owner can read, and brings it to the disk. It has
 * its name only when it is complete.
 */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  const directory = dirname(file)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  if (await isThere(file)) throw new Error(`${file} is there already`)
  const draft = `${file}.draft`
  await writeAndSync(draft, text)
  await rename(draft, file)
  await syncDirectory(directory)
}

async function writeAndSync(file: string, text: string): Promise<void> {
  await using handle = await open(file, 'w', 0o600)
  // A draft of an interrupted start may be there with other rights.
  await handle.chmod(0o600)
  await handle.writeFile(text)
  await handle.sync()
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}

async function signingKeyOf(jwk: z.infer<typeof PrivateJwk> & JWK): Promise<SigningKey> {
  const { kty, crv, x } = jwk
  const publicKey = await parsePublicKey({ kty, crv, x })
  const privateKey = await importJWK(jwk, 'EdDSA')
  const verificationKey = await importJWK({ kty, crv, x }, 'EdDSA')
  if (privateKey instanceof Uint8Array || verificationKey instanceof Uint8Array) {
    throw new Error('an Ed25519 key was imported as a secret')
  }
  return { publicKey, privateKey, verificationKey }
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
