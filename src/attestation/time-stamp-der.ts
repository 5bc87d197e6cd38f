import { UnusableTimeStamp } from './unusable-time-stamp.ts'

/** First byte of a value: what kind it is. */
export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  nothing: 0x05,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  /** Marked [0] and [1] in the definition. */
  context0: 0xa0,
  context1: 0xa1,
} as const

export type DerTag = (typeof derTag)[keyof typeof derTag]

/** Longest content of a value that `derOf` writes; longer ones have another form of length. */
const longestShortForm = 0x7f

/**
 * One value of at most 127 bytes of content.
 *
 * @throws RangeError when it is longer.
 * @see ITU-T X.690, section 8.1
 */
export function derOf(tag: DerTag, ...content: readonly Uint8Array[]): Uint8Array {
  const bytes = content.flatMap((part) => [...part])
  if (bytes.length > longestShortForm) {
    throw new RangeError(`found ${bytes.length} bytes, expected at most ${longestShortForm}`)
  }
  return Uint8Array.of(tag, bytes.length, ...bytes)
}

/**
 * Reads neighbouring values one after the other. It enters only what it is told
 * to enter, so no input makes it go deep; what is not asked for must only be of
 * the length it says.
 *
 * @throws UnusableTimeStamp for anything but DER, and for other values than asked for.
 * @see ITU-T X.690, section 10
 */
export class DerReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** What was not read yet. */
  get rest(): Uint8Array {
    return this.#bytes.subarray(this.#at)
  }

  /** Content of the next value, which must be of that kind. */
  take(tag: DerTag, what: string): Uint8Array {
    const content = this.takeOptional(tag)
    if (content !== undefined) return content
    const found = this.#bytes[this.#at]
    throw malformed(found === undefined ? 'nothing' : `a value of tag ${found}`, what)
  }

  /** Content of the next value if it is of that kind. */
  takeOptional(tag: DerTag): Uint8Array | undefined {
    if (this.#bytes[this.#at] !== tag) return undefined
    const { start, length } = this.#extent()
    const available = this.#bytes.length - start
    if (length > available) {
      throw malformed(`${available} bytes of a value`, `the ${length} it announces`)
    }
    this.#at = start + length
    return this.#bytes.subarray(start, this.#at)
  }

  /** A reader of what is in the next value. */
  enter(tag: DerTag, what: string): DerReader {
    return new DerReader(this.take(tag, what))
  }

  /** Content of an INTEGER: big end first, two's complement, as short as can be. */
  takeInteger(what: string): Uint8Array {
    const content = this.take(derTag.integer, what)
    const [first = 0, second = 0] = content
    const isPadded = content.length > 1 && (first === 0 || first === 0xff)
    if (content.length === 0 || (isPadded && first >> 7 === second >> 7)) {
      throw malformed('another spelling of a number', what)
    }
    return content
  }

  /** Nothing must be left. */
  end(what: string): void {
    if (this.rest.length > 0) throw malformed(`${this.rest.length} bytes behind ${what}`, 'its end')
  }

  /** Where the content of the next value starts, and how long it says it is. */
  #extent(): { readonly start: number; readonly length: number } {
    const start = this.#at + 2
    const first = this.#bytes[start - 1] ?? 0x80
    if (first <= longestShortForm) return { start, length: first }
    const count = first - 0x80
    const bytes = this.#bytes.subarray(start, start + count)
    const length = bytes.reduce((sum, byte) => sum * 256 + byte, 0)
    // The indefinite form counts no bytes, and so gives 0.
    if (bytes.length < count || bytes[0] === 0 || length <= longestShortForm) {
      throw malformed('another form of a length', 'the shortest definite one')
    }
    return { start: start + count, length }
  }
}

export function malformed(found: string, expected: string): UnusableTimeStamp {
  return new UnusableTimeStamp('malformed', found, expected)
}
