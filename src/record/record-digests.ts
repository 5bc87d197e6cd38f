import { digestOf, hexDigest, type Digest, type HexHash } from './digest.ts'

export const recordMediaType = 'application/vnd.stele.record+json'
export const eventMediaType = 'application/vnd.stele.event+json'

/** Names and size of a record's exact bytes; SHA-512 is a second name, never an address. */
export interface RecordDigests {
  readonly digest: Digest
  /** 128 hex digits. */
  readonly sha512: string
  readonly byteLength: number
}

export async function recordDigestsOf(
  bytes: Uint8Array,
  hash: HexHash = hexDigest,
): Promise<RecordDigests> {
  const [digest, sha512] = await Promise.all([digestOf(bytes, hash), hash('SHA-512', bytes)])
  return { digest, sha512, byteLength: bytes.byteLength }
}
