import * as base64url from 'jose/base64url'

/**
 * What is wrong with a text as base64url without padding, in words; `undefined`
 * when nothing is. Bytes have one spelling alone: other alphabets, padding, white
 * space and stray bits at the end are faults, and so is a text of no bytes.
 *
 * @see RFC 4648, section 5 and 3.5; RFC 7515, section 2
 */
export function base64urlFault(text: unknown): string | undefined {
  // One letter more than a multiple of four encodes nothing.
  if (typeof text !== 'string' || !/^[A-Za-z0-9_-]+$/.test(text) || text.length % 4 === 1) {
    return 'something else'
  }
  return base64url.encode(base64url.decode(text)) === text ? undefined : 'stray bits at the end'
}
