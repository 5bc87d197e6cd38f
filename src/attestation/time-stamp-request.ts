import { derOf, derTag } from './time-stamp-der.ts'

/** Media type of what `timeStampRequestOf` gives: RFC 3161, section 3.4. */
export const timeStampQueryType = 'application/timestamp-query'

/** What is asked for; the answer must repeat both. */
export interface TimeStampQuestion {
  /** SHA-256 of what is stamped, 32 bytes. */
  readonly digest: Uint8Array
  /** Random, 8 bytes; never used twice, so that no older answer can be given for it. */
  readonly nonce: Uint8Array
}

export const digestBytes = 32
export const nonceBytes = 8

/** Content of the OBJECT IDENTIFIER 2.16.840.1.101.3.4.2.1. */
export const sha256Identifier = Uint8Array.of(0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01)

/**
 * DER of a TimeStampReq that asks for a token with its authority's certificate.
 *
 * @throws RangeError when digest or nonce have another length.
 * @see RFC 3161, section 2.4.1
 */
export function timeStampRequestOf({ digest, nonce }: TimeStampQuestion): Uint8Array {
  if (digest.length !== digestBytes || nonce.length !== nonceBytes) {
    throw new RangeError(
      `found ${digest.length} bytes of digest and ${nonce.length} of nonce, ` +
        `expected ${digestBytes} and ${nonceBytes}`,
    )
  }
  const sha256 = derOf(
    derTag.sequence,
    derOf(derTag.objectIdentifier, sha256Identifier),
    derOf(derTag.nothing),
  )
  return derOf(
    derTag.sequence,
    derOf(derTag.integer, Uint8Array.of(1)),
    derOf(derTag.sequence, sha256, derOf(derTag.octetString, digest)),
    derOf(derTag.integer, integerOf(nonce)),
    derOf(derTag.boolean, Uint8Array.of(0xff)),
  )
}

/** Content of the INTEGER that is not negative and has these bytes, the big end first. */
export function integerOf(bytes: Uint8Array): Uint8Array {
  const firstUsed = bytes.findIndex((byte) => byte !== 0)
  const used = firstUsed === -1 ? Uint8Array.of(0) : bytes.subarray(firstUsed)
  return (used[0] ?? 0) < 0x80 ? used : Uint8Array.of(0, ...used)
}
