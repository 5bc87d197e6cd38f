import { MalformedBundle } from './malformed-bundle.ts'

/** What one header block says; nothing of it needs to be true. */
export interface TarHeader {
  readonly name: string
  /** One character; NUL is an old way to write `0`, a regular file. */
  readonly type: string
  readonly mode: number
  readonly byteLength: number
}

export const tarBlockBytes = 512

const checksumStart = 148
const checksumEnd = 156

/**
 * Reads a header block as this project and GNU tar write it.
 *
 * @param offset - where the block is, for messages.
 * @throws MalformedBundle
 * @see POSIX.1-2024, pax, "ustar Interchange Format"
 */
export function parseTarHeader(block: Uint8Array, offset: number): TarHeader {
  if (latin1(block.subarray(257, 262)) !== 'ustar') {
    throw new MalformedBundle(`there is no tar header at byte ${offset}`)
  }
  // One spelling only, as every tar program writes it: the sum does not cover itself.
  const checksum = `${sumOf(block).toString(8).padStart(6, '0')}\0 `
  if (latin1(block.subarray(checksumStart, checksumEnd)) !== checksum) {
    throw new MalformedBundle(`the tar header at byte ${offset} is damaged`)
  }
  return {
    name: nameOf(block),
    type: latin1(block.subarray(156, 157)),
    mode: numberAt(block, 100, 108, offset),
    byteLength: numberAt(block, 124, 136, offset),
  }
}

/** @throws MalformedBundle when the bytes are no UTF-8. */
export function parseTarName(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) throw new MalformedBundle('a file name is not UTF-8')
    throw error
  }
}

export function isAllZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}

function nameOf(block: Uint8Array): string {
  const name = parseTarName(untilNul(block.subarray(0, 100)))
  // GNU tar uses the place of the prefix for other things.
  if (latin1(block.subarray(257, 263)) !== 'ustar\0') return name
  const prefix = parseTarName(untilNul(block.subarray(345, 500)))
  return prefix === '' ? name : `${prefix}/${name}`
}

function untilNul(field: Uint8Array): Uint8Array {
  const end = field.indexOf(0)
  return end < 0 ? field : field.subarray(0, end)
}

/** Octal, or base-256 for sizes of 8 GiB and more. */
function numberAt(block: Uint8Array, start: number, end: number, offset: number): number {
  const field = block.subarray(start, end)
  const isBinary = field[0] === 0x80
  const digits = latin1(field).replace(/^[ \0]+|[ \0]+$/g, '')
  if (!isBinary && !/^[0-7]*$/.test(digits)) {
    throw new MalformedBundle(`the tar header at byte ${offset} has no number at ${start}`)
  }
  const value = isBinary
    ? field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0)
    : Number.parseInt(digits === '' ? '0' : digits, 8)
  if (Number.isSafeInteger(value)) return value
  throw new MalformedBundle(`the tar header at byte ${offset} has a number beyond 2^53`)
}

/** The checksum counts itself as spaces. */
function sumOf(block: Uint8Array): number {
  return block.reduce((sum, byte, at) => {
    return sum + (at >= checksumStart && at < checksumEnd ? 0x20 : byte)
  }, 0)
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}
