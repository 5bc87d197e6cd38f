import { quoted, Refusal } from '../record/refusal.ts'
import { joinBytes } from './bytes.ts'

/** A file of a log that cannot be what its name says. */
export class MalformedLogFile extends Refusal {
  override readonly code = 'malformed-log-file'
  constructor(file: string, found: string, expected: string) {
    super(`${quoted(file)}: found ${found}, expected ${expected}`)
  }
}

/** Never of a caller's making: an entry is checked before it gets an index. */
export class EntryTooLong extends Error {
  constructor(byteLength: number) {
    super(`found an entry of ${byteLength} bytes, expected at most ${longestEntry}`)
    this.name = 'EntryTooLong'
  }
}

/** Most bytes of an entry, because its length is written in 16 bits. */
const longestEntry = 0xffff

/**
 * The file that serves entries: each behind its length, two bytes, big end first.
 *
 * @throws EntryTooLong over 65 535 bytes.
 * @see C2SP tlog-tiles, "Log entries"
 */
export function encodeEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  return joinBytes(...entries.flatMap((entry) => [lengthPrefixOf(entry), entry]))
}

/**
 * The entries of a bundle, without copying them.
 *
 * @throws MalformedLogFile where the bytes end within an entry.
 */
export function decodeEntryBundle(bytes: Uint8Array): Uint8Array[] {
  const entries: Uint8Array[] = []
  for (let at = 0; at < bytes.length;) {
    const endExclusive = endOfEntry(bytes, at)
    entries.push(bytes.subarray(at + 2, endExclusive))
    at = endExclusive
  }
  return entries
}

/**
 * The bundle of the first `count` entries of a longer one, without copying it.
 *
 * @throws MalformedLogFile when there are fewer.
 */
export function entriesOfBundlePrefix(bytes: Uint8Array, count: number): Uint8Array {
  let endExclusive = 0
  for (let index = 0; index < count; index += 1) endExclusive = endOfEntry(bytes, endExclusive)
  return bytes.subarray(0, endExclusive)
}

function lengthPrefixOf(entry: Uint8Array): Uint8Array {
  if (entry.length > longestEntry) throw new EntryTooLong(entry.length)
  return Uint8Array.of(entry.length >> 8, entry.length & 0xff)
}

function endOfEntry(bytes: Uint8Array, start: number): number {
  const [high, low] = bytes.subarray(start, start + 2)
  const endExclusive =
    high === undefined || low === undefined ? Infinity : start + 2 + high * 256 + low
  if (endExclusive > bytes.length) {
    throw new MalformedLogFile('entry bundle', `${bytes.length} bytes`, 'whole entries')
  }
  return endExclusive
}
