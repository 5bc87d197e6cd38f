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
export const tarBlockBytes = 512

/** End of a tar: two blocks of zeros, nothing more. */
export const tarEndBytes = 2 * tarBlockBytes

const nameBytes = 100
const prefixBytes = 155
const octalSizeEnd = 8 ** 11
const longLinkPath = '././@LongLink'
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
  const path = new TextEncoder().encode(member.path)
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
  // A UTF-16 code unit is at most 3 bytes of UTF-8.
  if (path.length * 3 <= nameBytes) return tarBlockBytes
  const bytes = new TextEncoder().encode(path)
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
  member.set(ustarBlock(facts, 'L', new TextEncoder().encode(longLinkPath)))
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
  block.set(octal(facts.mode, 7), 100)
  block.set(octal(0, 7), 108) // uid
  block.set(octal(0, 7), 116) // gid
  block.set(sizeField(facts.byteLength), 124)
  block.set(octal(facts.mtimeSeconds, 11), 136)
  block.set(ascii('        '), 148) // the checksum counts itself as spaces
  block.set(ascii(type), 156)
  block.set(ascii('ustar\u000000'), 257) // magic and version; owner names stay empty
  block.set(octal(0, 7), 329) // device numbers
  block.set(octal(0, 7), 337)
  block.set(prefix, 345)
  const checksum = block.reduce((sum, byte) => sum + byte, 0)
  block.set(ascii(`${checksum.toString(8).padStart(6, '0')}\u0000 `), 148)
  return block
}

function sizeField(byteLength: number): Uint8Array {
  if (!Number.isSafeInteger(byteLength) || byteLength < 0) {
    throw new RangeError(`${byteLength} is not a size`)
  }
  return byteLength < octalSizeEnd ? octal(byteLength, 11) : base256(byteLength)
}

/** Big-endian in 12 bytes; the highest bit says that it is not octal. */
function base256(byteLength: number): Uint8Array {
  const field = new Uint8Array(12)
  new DataView(field.buffer).setBigUint64(4, BigInt(byteLength))
  field[0] = 0x80
  return field
}

/** Octal digits with leading zeros; the NUL after them is already in the block. */
function octal(value: number, digits: number): Uint8Array {
  const text = value.toString(8).padStart(digits, '0')
  if (!/^[0-7]+$/.test(text) || text.length > digits) {
    throw new RangeError(`${value} does not fit into ${digits} octal digits`)
  }
  return ascii(text)
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
