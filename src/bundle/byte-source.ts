/** Takes a byte stream apart, piece by piece, without ever holding much of it. */
export class ByteSource {
  readonly #pieces: AsyncIterator<Uint8Array>
  #rest: Uint8Array = new Uint8Array()

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#pieces = stream[Symbol.asyncIterator]()
  }

  /** The next bytes, fewer only at the end of the stream. For small numbers: they are copied. */
  async take(byteLength: number): Promise<Uint8Array> {
    const taken = new Uint8Array(byteLength)
    let at = 0
    for await (const piece of this.pass(byteLength)) {
      taken.set(piece, at)
      at += piece.length
    }
    return taken.subarray(0, at)
  }

  /** The next bytes in pieces; ends early at the end of the stream. */
  async *pass(byteLength: number): AsyncGenerator<Uint8Array, void, undefined> {
    let left = byteLength
    while (left > 0) {
      const piece = await this.#next()
      if (piece === undefined) return
      const wanted = piece.subarray(0, left)
      this.#rest = piece.subarray(wanted.length)
      left -= wanted.length
      yield wanted
    }
  }

  /** Tells the stream that nobody reads on. */
  async close(): Promise<void> {
    await this.#pieces.return?.()
  }

  async #next(): Promise<Uint8Array | undefined> {
    while (this.#rest.length === 0) {
      const { value, done } = await this.#pieces.next()
      if (done === true) return undefined
      this.#rest = value
    }
    return this.#rest
  }
}
