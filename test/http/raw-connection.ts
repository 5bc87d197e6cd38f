import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A client that sends exactly these bytes and no others. */
export class RawConnection {
  readonly #socket: Socket
  readonly #closed: Promise<void>
  #received = ''

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('latin1').on('data', (text: string) => (this.#received += text))
    // What a refusing server does to a connection is no fault of the client's.
    socket.on('error', () => {})
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()))
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    return new RawConnection(socket)
  }

  /** Resolves when the bytes have left, or the server has closed the connection. */
  async send(...pieces: (string | Uint8Array)[]): Promise<void> {
    for (const piece of pieces) {
      if (this.#socket.destroyed) return
      if (this.#socket.write(piece)) continue
      await this.#next('drain')
    }
  }

  /** Says that nothing more will come, and goes on listening. */
  finishSending(): void {
    this.#socket.end()
  }

  /** Disappears without a word. */
  vanish(): void {
    this.#socket.resetAndDestroy()
  }

  /** Takes nothing in until `resume`: what the server sends piles up on its side. */
  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** Everything the server said, once it closed the connection. */
  async answer(): Promise<string> {
    await this.#closed
    return this.#received
  }

  /** The status line and fields of the first answer, while the connection is open. */
  async head(): Promise<string> {
    while (!this.#received.includes('\r\n\r\n')) {
      if (this.#socket.closed) throw new Error(`closed after ${JSON.stringify(this.#received)}`)
      await this.#next('data')
    }
    return this.#received.slice(0, this.#received.indexOf('\r\n\r\n'))
  }

  // Not `once`: it rejects on an error, and a reset of the server's is none here.
  async #next(event: 'data' | 'drain'): Promise<void> {
    const happened = new Promise<void>((resolve) => this.#socket.once(event, () => resolve()))
    await Promise.race([happened, this.#closed])
  }
}

/** The first lines of a request, with the empty line that ends them. */
export function requestHead(
  line: string,
  fields: Readonly<Record<string, string | number>>,
): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${line} HTTP/1.1\r\nhost: registry.example.org\r\n${lines.join('')}\r\n`
}
