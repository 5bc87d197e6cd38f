import { createHash } from 'node:crypto'
import { digestOfHex, DigestMismatch, type Digest } from '../record/digest.ts'
import { BlobTooLarge, type ByteStream, type PutOptions } from './blob-store.ts'

/** The bytes of a sender, counted and hashed as they pass. */
export class ReceivedBytes {
  readonly #bytes: ByteStream
  readonly #options: PutOptions
  readonly #hash = createHash('sha256')
  #byteLength = 0

  constructor(bytes: ByteStream, options: PutOptions) {
    this.#bytes = options.signal === undefined ? bytes : untilAborted(bytes, options.signal)
    this.#options = options
  }

  /**
   * Calls `take` with each piece and waits for it, to the end of the bytes.
   *
   * @throws BlobTooLarge at the first piece that is too much.
   */
  async forEach(take: (piece: Uint8Array) => Promise<void>): Promise<void> {
    const { maxByteLength = Infinity } = this.#options
    for await (const piece of this.#bytes) {
      this.#byteLength += piece.length
      if (this.#byteLength > maxByteLength) throw new BlobTooLarge(maxByteLength)
      this.#hash.update(piece)
      await take(piece)
    }
  }

  /** @throws DigestMismatch when the bytes do not have the expected name. Call it once, at the end. */
  verifiedStat(): { digest: Digest; byteLength: number } {
    const digest = digestOfHex(this.#hash.digest('hex'))
    const { expected = digest } = this.#options
    if (digest !== expected) throw new DigestMismatch(expected, digest)
    return { digest, byteLength: this.#byteLength }
  }
}

// Not Promise.race with one long-lived promise: each race would leave a reaction
// on it, and a blob of a tebibyte has 16 million pieces.
async function* untilAborted(bytes: ByteStream, signal: AbortSignal): ByteStream {
  const sender = bytes[Symbol.asyncIterator]()
  let giveUp: (reason: unknown) => void = () => {}
  const onAbort = (): void => giveUp(signal.reason)
  signal.addEventListener('abort', onAbort)
  let isOver = false
  try {
    for (;;) {
      signal.throwIfAborted()
      const next = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        giveUp = reject
        sender.next().then(resolve, reject)
      })
      isOver = next.done === true
      if (next.done === true) return
      yield next.value
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    // Not awaited: a generator ends only after the piece it is waiting for.
    if (!isOver) sender.return?.().catch(() => {})
  }
}
