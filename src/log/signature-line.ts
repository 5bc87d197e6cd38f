import { base64Of, findBase64, hexOfBytes, joinBytes } from './bytes.ts'

/** One signature line of a note; whether it is good, nobody has looked yet. */
export interface NoteSignature {
  readonly name: string
  /** 8 lower-case hex digits. */
  readonly keyId: string
  /** What follows the key id. */
  readonly signature: Uint8Array
  /** The whole line with its newline. */
  readonly line: string
}

/** Length of the key id, which name and key together give. */
export const keyIdLength = 4

/** Whether a key may have this name: not empty, no white space, no plus sign, no control character. */
export function isKeyName(name: string): boolean {
  return name !== '' && name.isWellFormed() && !/[\p{White_Space}\p{Cc}+]/u.test(name)
}

/** The line of a signature, with its newline. */
export function signatureLineOf(name: string, keyId: Uint8Array, signature: Uint8Array): string {
  return `— ${name} ${base64Of(joinBytes(keyId, signature))}\n`
}

/** The signature that stands in this line; `undefined` when it is no such line. */
export function findSignature(line: string): NoteSignature | undefined {
  const [, name = '', base64 = ''] = /^— ([^ ]+) ([^ ]+)\n$/.exec(line) ?? []
  const bytes = findBase64(base64)
  if (!isKeyName(name) || bytes === undefined || bytes.length <= keyIdLength) return undefined
  const keyId = hexOfBytes(bytes.subarray(0, keyIdLength))
  return { name, keyId, signature: bytes.subarray(keyIdLength), line }
}
