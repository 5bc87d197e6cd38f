import { joinBytes } from './bytes.ts'

/** A key as WebCrypto holds it. */
export type WebKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

/** The SHA-256 that every platform has. */
export async function webSha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', joinBytes(bytes)))
}

/** @param bytes - 32 bytes of RFC 8032, section 5.1.5. */
export async function importEd25519(bytes: Uint8Array): Promise<WebKey> {
  return crypto.subtle.importKey('raw', joinBytes(bytes), 'Ed25519', true, ['verify'])
}

export async function verifyEd25519(
  publicKey: WebKey,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  return crypto.subtle.verify('Ed25519', publicKey, joinBytes(signature), joinBytes(message))
}

/** Signs with Ed25519 (RFC 8032): the same key and message always give the same 64 bytes. */
export async function signEd25519(privateKey: WebKey, message: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, joinBytes(message)))
}
