/** What the tar says about one regular file. */
export interface TarMember {
  /** Full path inside the tar, without a leading slash. */
  readonly path: string
  readonly byteLength: number
  readonly mode: 0o644 | 0o755
  /** Seconds since 1970. */
  readonly mtimeSeconds: number
}

/** Everything in a tar is laid out in blocks of this many bytes. */
const tarBlockBytes = 512

/** End of a tar: two blocks of zeros, nothing more. */
export const tarEndBytes = 2 * tarBlockBytes

const utf8 = new TextEncoder()
const isAscii = /^[\u0000-\u007f]*$/
const nameBytes = 100
const prefixBytes = 155
const octalSizeEnd = 8 ** 11
const longLinkPath = '././@LongLink'
const sizeOffset = 124
const checksumOffset = 148
const slash = '/'.charCodeAt(0)

/**
 * The bytes in front of a member's contents: one ustar header, and for a path
 * that does not fit into it, a GNU `././@LongLink` member before that. A pure
 * function of the four facts: no owner, no device, no other time.
 *
 * A size of 8 GiB or more is written in base-256, not as a pax record: BusyBox
 * reads the pax form as 0 and loses every member after it.
 *
 * @throws RangeError when the size or the time does not fit into a header.
 * @see POSIX.1-2024, pax, "ustar Interchange Format"; GNU tar manual, "Basic
 *   Tar Format"; docs/format.md, section 9
 */
export function tarHeader(member: TarMember): Uint8Array {
  const path = utf8.encode(member.path)
  const split = splitPath(path)
  if (split !== undefined) return ustarBlock(member, '0', split.name, split.prefix)
  const longLink = longLinkMember(path)
  const header = new Uint8Array(longLink.length + tarBlockBytes)
  header.set(longLink)
  // Only readers without the extension see this name; it is cut as GNU tar cuts it.
  header.set(ustarBlock(member, '0', path.subarray(0, nameBytes)), longLink.length)
  return header
}

/** Length of `tarHeader` of a member with this path; it depends on nothing else. */
export function tarHeaderLength(path: string): number {
  if (path.length <= nameBytes && isAscii.test(path)) return tarBlockBytes
  const bytes = utf8.encode(path)
  if (splitPath(bytes) !== undefined) return tarBlockBytes
  return 2 * tarBlockBytes + roundedUpToBlocks(bytes.length + 1)
}

/** Zero bytes that follow contents of this length, up to the next block. */
export function tarPaddingLength(byteLength: number): number {
  return roundedUpToBlocks(byteLength) - byteLength
}

function roundedUpToBlocks(byteLength: number): number {
  // No bit operations: a size may need more than 32 bits.
  return Math.ceil(byteLength / tarBlockBytes) * tarBlockBytes
}

/**
 * A path of up to 100 bytes stands in the name field; a longer one is split at a
 * slash, the last one that leaves at most 155 bytes for the prefix, as GNU tar
 * does. `undefined` when neither is possible.
 */
function splitPath(path: Uint8Array): { name: Uint8Array; prefix: Uint8Array } | undefined {
  if (path.length <= nameBytes) return { name: path, prefix: new Uint8Array() }
  const at = path.lastIndexOf(slash, prefixBytes)
  if (at <= 0 || path.length - at - 1 > nameBytes) return undefined
  return { name: path.subarray(at + 1), prefix: path.subarray(0, at) }
}

/** A member of type L whose contents are the path of the member after it, ended by a NUL. */
function longLinkMember(path: Uint8Array): Uint8Array {
  const byteLength = path.length + 1
  const member = new Uint8Array(tarBlockBytes + roundedUpToBlocks(byteLength))
  const facts = { byteLength, mode: 0o644, mtimeSeconds: 0 }
  member.set(ustarBlock(facts, 'L', utf8.encode(longLinkPath)))
  member.set(path, tarBlockBytes)
  return member
}

function ustarBlock(
  facts: { readonly byteLength: number; readonly mode: number; readonly mtimeSeconds: number },
  type: '0' | 'L',
  name: Uint8Array,
  prefix: Uint8Array = new Uint8Array(),
): Uint8Array {
  const block = new Uint8Array(tarBlockBytes)
  block.set(name, 0)
  putText(block, 100, octal(facts.mode, 7))
  putText(block, 108, octal(0, 7)) // uid
  putText(block, 116, octal(0, 7)) // gid
  putSize(block, facts.byteLength)
  putText(block, 136, octal(facts.mtimeSeconds, 11))
  putText(block, checksumOffset, '        ') // it counts itself as spaces
  putText(block, 156, type)
  putText(block, 257, 'ustar\u000000') // magic and version; owner names stay empty
  putText(block, 329, octal(0, 7)) // device numbers
  putText(block, 337, octal(0, 7))
  block.set(prefix, 345)
  putText(block, checksumOffset, `${octal(sumOf(block), 6)}\u0000 `)
  return block
}

function putSize(block: Uint8Array, byteLength: number): void {
  if (!Number.isSafeInteger(byteLength) || byteLength < 0) {
    throw new RangeError(`${byteLength} is not a size`)
  }
  if (byteLength < octalSizeEnd) {
    putText(block, sizeOffset, octal(byteLength, 11))
    return
  }
  // Base-256: big-endian in 12 bytes; the highest bit says that it is not octal.
  new DataView(block.buffer).setBigUint64(sizeOffset + 4, BigInt(byteLength))
  block[sizeOffset] = 0x80
}

function putText(block: Uint8Array, offset: number, ascii: string): void {
  for (let index = 0; index < ascii.length; index += 1) {
    block[offset + index] = ascii.charCodeAt(index)
  }
}

/** Octal digits with leading zeros; the NUL after them is already in the block. */
function octal(value: number, digits: number): string {
  const text = value.toString(8).padStart(digits, '0')
  if (!Number.isSafeInteger(value) || value < 0 || text.length > digits) {
    throw new RangeError(`${value} does not fit into ${digits} octal digits`)
  }
  return text
}

function sumOf(block: Uint8Array): number {
  let sum = 0
  for (const byte of block) sum += byte
  return sum
}
