import { exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { chmod, mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { KeySigner } from '../attestation/signer.ts'
import { CannotServe } from './cannot-serve.ts'

const PrivateJwk = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  d: z.string(),
})

/**
 * The key that signs receipts, from its file; made on the first start. The file
 * can be read by its owner only.
 *
 * @param file - JWK with the private key.
 */
export async function openReceiptKey(file: string): Promise<KeySigner> {
  const jwk = (await readKey(file)) ?? (await makeKey(file))
  const { kty, crv, x } = jwk
  const privateKey = await importJWK(jwk, 'EdDSA')
  const publicKey = await importJWK({ kty, crv, x }, 'EdDSA')
  if (privateKey instanceof Uint8Array || publicKey instanceof Uint8Array) {
    throw new Error(`${file} holds no Ed25519 key`)
  }
  return KeySigner.of({ publicKey, privateKey })
}

type PrivateKey = z.infer<typeof PrivateJwk> & JWK

async function readKey(file: string): Promise<PrivateKey | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  const parsed = PrivateJwk.safeParse(JSON.parse(text))
  if (!parsed.success) throw new CannotServe(`${file} holds no private Ed25519 key as a JWK`)
  return parsed.data
}

async function makeKey(file: string): Promise<PrivateKey> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const jwk = PrivateJwk.parse(await exportJWK(privateKey))
  await writePrivateFile(file, `${JSON.stringify(jwk)}\n`)
  return jwk
}

/** Writes a new file that only its owner can read, and brings it to the disk. */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  const directory = dirname(file)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await using handle = await open(file, 'wx', 0o600)
  await handle.writeFile(text)
  await handle.sync()
  await chmod(file, 0o600)
  await using parent = await open(directory)
  await parent.sync()
}
