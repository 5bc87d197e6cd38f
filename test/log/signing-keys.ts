import { ed25519NoteSigner, parseVerifierKey } from '../../src/log/note.ts'
import type { WebKey } from '../../src/log/web-crypto.ts'
import { bytesOfHex, vectors } from './vectors.ts'

/** RFC 8410: what stands before the seed of an Ed25519 key in PKCS #8. */
const pkcs8Prefix = '302e020100300506032b657004220420'

export async function privateKeyOfSeed(seedHex: string): Promise<WebKey> {
  const pkcs8 = Buffer.from(pkcs8Prefix + seedHex, 'hex')
  return crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign'])
}

export const { name: origin, publicKeyHex } = vectors.key
export const logPublicKey = bytesOfHex(publicKeyHex)
export const logPrivateKey = await privateKeyOfSeed(vectors.key.seedHex)
export const logSigner = await ed25519NoteSigner(origin, logPrivateKey, logPublicKey)
export const logVerifier = await parseVerifierKey(vectors.key.vkey)

export const witnessPublicKey = bytesOfHex(vectors.witness.publicKeyHex)
export const witnessPrivateKey = await privateKeyOfSeed(vectors.witness.seedHex)
export const witnessVerifier = await parseVerifierKey(vectors.witness.vkey)
