/** Length of a SHA-256 hash. */
export const hashLength = 32

/** A call takes each letter as an argument, and has room for tens of thousands. */
const lettersAtOnce = 8192

export function joinBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at])
}

export function hexOfBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The bytes of pairs of lower-case hex digits; the caller has made sure that they are such. */
export function bytesOfHex(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hex.length / 2)
  for (let at = 0; at < bytes.length; at += 1) {
    bytes[at] = 16 * digitAt(hex, 2 * at) + digitAt(hex, 2 * at + 1)
  }
  return bytes
}

/** Standard base64 with padding: RFC 4648, section 4. */
export function base64Of(bytes: Uint8Array): string {
  let letters = ''
  for (let at = 0; at < bytes.length; at += lettersAtOnce) {
    letters += String.fromCharCode(...bytes.subarray(at, at + lettersAtOnce))
  }
  return btoa(letters)
}

/** The bytes of base64 that has exactly the spelling of `base64Of`; `undefined` for any other text. */
export function findBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
  // Several spellings decode alike when the last letter has bits to spare.
  return text === base64Of(bytes) ? bytes : undefined
}

/** One hash in base64, as it stands in proofs and checkpoints; `undefined` for any other text. */
export function findBase64Hash(text: string): Uint8Array | undefined {
  const bytes = text.length === 44 ? findBase64(text) : undefined
  return bytes?.length === hashLength ? bytes : undefined
}

/** A size or index: decimal, no sign, no leading zero, at most 2^53-1; `undefined` for any other text. */
export function findDecimal(text: string): number | undefined {
  if (!/^(0|[1-9]\d{0,15})$/.test(text)) return undefined
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : undefined
}

// A million digests are read in an audit; parsing each pair as text takes seconds.
function digitAt(hex: string, at: number): number {
  const code = hex.charCodeAt(at)
  return code < 0x3a ? code - 0x30 : code - 0x57
}
