import { pointerOf, type PathStep } from './finding.ts'
import { limits } from './limits.ts'
import { quoted, Refusal } from './refusal.ts'

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject
export interface JsonObject {
  [name: string]: JsonValue
}

/** The bytes are not JSON of the profile that can be hashed without doubt. */
export class InvalidJson extends Refusal {
  override readonly code = 'invalid-json'
  readonly rule: string
  readonly pointer: string
  /** UTF-16 code units from the start of the text; 0 when the bytes are no text at all. */
  readonly offset: number
  constructor(fault: { rule: string; path: readonly PathStep[]; offset: number; text: string }) {
    const pointer = pointerOf(fault.path)
    super(`${fault.text} (at character ${fault.offset}, in ${quoted(pointer)})`)
    this.rule = fault.rule
    this.pointer = pointer
    this.offset = fault.offset
  }
}

/**
 * Reads one JSON object of the profile whose canonical form is beyond doubt:
 * UTF-8 without BOM, no duplicate or `__proto__` names, no lone surrogates, only
 * integers within ±(2^53−1), at most `limits.jsonDepth` levels and
 * `limits.jsonValues` values.
 *
 * `JSON.parse` cannot do this: it keeps the last of two equal names, rounds
 * large integers, and sets prototypes.
 *
 * @throws InvalidJson with the rule, the pointer and the offset of the fault.
 * @see RFC 7493 (I-JSON); RFC 8785
 */
export function parseStrictJson(bytes: Uint8Array): JsonObject {
  const reader = new StrictJsonReader(decodeText(bytes))
  const value = reader.readDocument()
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw fault('not-an-object', 'the document must be a JSON object')
  }
  return value
}

function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw fault('byte-order-mark', 'the document starts with a byte order mark')
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) throw fault('invalid-utf8', 'the document is not UTF-8')
    throw error
  }
}

function fault(rule: string, text: string): InvalidJson {
  return new InvalidJson({ rule, path: [], offset: 0, text })
}

const whitespace = /[ \t\n\r]*/y
const plainCharacters = /[^"\\\u0000-\u001f]*/y
const integer = /-?(?:0|[1-9][0-9]*)/y
const hexEscape = /[0-9a-fA-F]{4}/y
const literals = { t: true, f: false, n: null } as const
const shortEscapes: Readonly<{ [letter: string]: string }> = {
  '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t',
} // prettier-ignore

class StrictJsonReader {
  readonly #text: string
  readonly #path: PathStep[] = []
  #at = 0
  #values = 0

  constructor(text: string) {
    this.#text = text
  }

  readDocument(): JsonValue {
    this.#skipWhitespace()
    const value = this.#readValue()
    this.#skipWhitespace()
    if (this.#at < this.#text.length) this.#refuse('syntax', 'text follows the document')
    return value
  }

  #readValue(): JsonValue {
    this.#values += 1
    if (this.#values > limits.jsonValues) {
      this.#refuse('too-many-values', `more than ${limits.jsonValues} values`)
    }
    const character = this.#text[this.#at]
    if (character === '{') return this.#readObject()
    if (character === '[') return this.#readArray()
    if (character === '"') return this.#readString()
    if (character === 't' || character === 'f' || character === 'n') {
      return this.#readLiteral(literals[character])
    }
    return this.#readInteger()
  }

  #readObject(): JsonObject {
    const members: JsonObject = {}
    this.#readList('}', () => {
      if (this.#text[this.#at] !== '"') this.#refuse('syntax', 'a member name must be a string')
      const name = this.#readString()
      this.#path.push(name)
      if (name === '__proto__') this.#refuse('reserved-name', 'the name __proto__ is not allowed')
      if (Object.hasOwn(members, name)) this.#refuse('duplicate-name', 'a member name occurs twice')
      this.#skipWhitespace()
      this.#take(':')
      this.#skipWhitespace()
      members[name] = this.#readValue()
      this.#path.pop()
    })
    return members
  }

  #readArray(): JsonValue[] {
    const elements: JsonValue[] = []
    this.#readList(']', () => {
      this.#path.push(elements.length)
      elements.push(this.#readValue())
      this.#path.pop()
    })
    return elements
  }

  #readList(close: '}' | ']', readEntry: () => void): void {
    if (this.#path.length >= limits.jsonDepth) {
      this.#refuse('too-deep', `more than ${limits.jsonDepth} levels of nesting`)
    }
    this.#at += 1
    this.#skipWhitespace()
    if (this.#text[this.#at] === close) {
      this.#at += 1
      return
    }
    for (;;) {
      readEntry()
      this.#skipWhitespace()
      if (this.#text[this.#at] === close) break
      this.#take(',')
      this.#skipWhitespace()
    }
    this.#at += 1
  }

  #readString(): string {
    this.#at += 1
    let value = this.#match(plainCharacters)
    const hasEscapes = this.#text[this.#at] === '\\'
    while (this.#text[this.#at] === '\\') {
      value += this.#readEscape() + this.#match(plainCharacters)
    }
    this.#take('"')
    // Text of a decoder is well-formed; only escapes can spell half a character.
    if (hasEscapes && !value.isWellFormed()) {
      this.#refuse('lone-surrogate', 'a string holds half a character')
    }
    return value
  }

  #readEscape(): string {
    const letter = this.#text[this.#at + 1] ?? ''
    this.#at += 2
    if (letter === 'u') {
      const digits = this.#match(hexEscape)
      if (digits === '') this.#refuse('syntax', 'expected four hex digits after \\u')
      return String.fromCharCode(Number.parseInt(digits, 16))
    }
    return shortEscapes[letter] ?? this.#refuse('syntax', 'unknown escape in a string')
  }

  #readLiteral<T extends boolean | null>(value: T): T {
    const word = String(value)
    if (!this.#text.startsWith(word, this.#at)) this.#refuse('syntax', `expected ${word}`)
    this.#at += word.length
    return value
  }

  #readInteger(): number {
    const digits = this.#match(integer)
    if (digits === '') this.#refuse('syntax', 'expected a JSON value')
    const next = this.#text[this.#at] ?? ''
    if (next === '.' || next === 'e' || next === 'E' || digits === '-0') {
      this.#refuse('not-an-integer', 'only integers are allowed; write decimals as strings')
    }
    const value = Number(digits)
    if (!Number.isSafeInteger(value)) {
      this.#refuse('integer-range', 'integers must lie within ±(2^53-1); write others as strings')
    }
    return value
  }

  #take(character: string): void {
    if (this.#text[this.#at] !== character) this.#refuse('syntax', `expected ${character}`)
    this.#at += 1
  }

  #skipWhitespace(): void {
    // Most tokens follow each other without any.
    if (this.#text.charCodeAt(this.#at) <= 0x20) this.#match(whitespace)
  }

  // Not exec(): it makes an array for every token.
  #match(pattern: RegExp): string {
    const start = this.#at
    pattern.lastIndex = start
    if (!pattern.test(this.#text)) return ''
    this.#at = pattern.lastIndex
    return this.#text.slice(start, this.#at)
  }

  #refuse(rule: string, text: string): never {
    throw new InvalidJson({ rule, path: this.#path, offset: this.#at, text })
  }
}
