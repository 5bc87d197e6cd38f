import { connect, type Socket } from 'node:net'

export interface Answer {
  readonly status: number
  /** Header lines as they were sent. */
  readonly head: string
  readonly byteLength: number
  /** From the first byte sent to the first byte received. */
  readonly firstByteMs: number
  /** Only when it was asked for. */
  readonly body: Buffer
}

export interface Exchange {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  readonly path: string
  /** Header lines, each ended by CR LF; Host and Content-Length are added. */
  readonly headers?: string
  readonly pieces?: readonly Uint8Array[]
  readonly keepBody?: boolean
}

interface Waiting {
  readonly isHead: boolean
  readonly keepBody: boolean
  readonly sentAt: number
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

const endOfHead = '\r\n\r\n'

/**
 * One keep-alive connection of HTTP/1.1 that costs next to nothing: the client
 * shares its cores with the servers it measures. It understands only what they
 * send: answers with Content-Length.
 */
export class Connection implements Disposable {
  readonly #socket: Socket
  readonly #port: number
  #waiting: Waiting | undefined
  #head = ''
  #status = 0
  #firstByteMs = 0
  #bodyLeft = -1
  #bodyLength = 0
  #kept: Buffer[] = []

  private constructor(port: number, resolve: () => void, reject: (error: Error) => void) {
    this.#port = port
    const buffer = Buffer.allocUnsafeSlow(1024 * 1024)
    const onread = { buffer, callback: (byteLength: number) => this.#receive(buffer, byteLength) }
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread }, resolve)
    this.#socket.on('error', (error) => {
      reject(error)
      this.#waiting?.reject(error)
    })
    this.#socket.on('close', () => this.#waiting?.reject(new Error('the server hung up')))
  }

  static async open(port: number): Promise<Connection> {
    let connection: Connection | undefined
    await new Promise<void>((resolve, reject) => {
      connection = new Connection(port, resolve, reject)
    })
    if (connection === undefined) throw new Error('found no connection')
    return connection
  }

  /** One request at a time. */
  async exchange(exchange: Exchange): Promise<Answer> {
    const { method, path, headers = '', pieces = [], keepBody = false } = exchange
    const byteLength = pieces.reduce((sum, piece) => sum + piece.length, 0)
    const length = method === 'PUT' || method === 'POST' ? `Content-Length: ${byteLength}\r\n` : ''
    const head = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${this.#port}\r\n${headers}${length}\r\n`
    const answer = new Promise<Answer>((resolve, reject) => {
      const sentAt = performance.now()
      this.#waiting = { isHead: method === 'HEAD', keepBody, sentAt, resolve, reject }
    })
    await Promise.all([answer, this.#send(head, pieces)])
    return answer
  }

  [Symbol.dispose](): void {
    this.#waiting = undefined
    this.#socket.destroy()
  }

  async #send(head: string, pieces: readonly Uint8Array[]): Promise<void> {
    this.#socket.cork()
    this.#socket.write(head, 'latin1')
    const [first, ...others] = pieces
    if (first !== undefined) this.#socket.write(first)
    this.#socket.uncork()
    for (const piece of others) {
      if (this.#socket.write(piece)) continue
      await new Promise((resolve) => this.#socket.once('drain', resolve))
    }
  }

  #receive(buffer: Buffer, byteLength: number): boolean {
    let start = 0
    if (this.#bodyLeft < 0) start = this.#receiveHead(buffer, byteLength)
    if (start < byteLength && this.#bodyLeft >= 0) {
      this.#bodyLeft -= byteLength - start
      if (this.#waiting?.keepBody === true) {
        this.#kept.push(Buffer.from(buffer.subarray(start, byteLength)))
      }
    }
    if (this.#bodyLeft === 0) this.#finish()
    return true
  }

  /** Where the body starts in the buffer. */
  #receiveHead(buffer: Buffer, byteLength: number): number {
    const waiting = this.#waiting
    if (waiting === undefined) return byteLength
    if (this.#head === '') this.#firstByteMs = performance.now() - waiting.sentAt
    const seenBefore = this.#head.length
    this.#head += buffer.toString('latin1', 0, Math.min(byteLength, 16_384))
    const headEnd = this.#head.indexOf(endOfHead)
    if (headEnd < 0) return byteLength
    this.#head = this.#head.slice(0, headEnd)
    this.#status = Number(this.#head.slice(9, 12))
    const length = /\r\ncontent-length: *(\d+)/i.exec(this.#head)?.[1]
    if (length === undefined && !waiting.isHead && this.#status !== 204) {
      this.#socket.destroy(new Error(`an answer without Content-Length: ${this.#head}`))
    }
    this.#bodyLength = waiting.isHead ? 0 : Number(length ?? 0)
    this.#bodyLeft = this.#bodyLength
    return headEnd + endOfHead.length - seenBefore
  }

  #finish(): void {
    const waiting = this.#waiting
    const answer = {
      status: this.#status,
      head: this.#head,
      byteLength: this.#bodyLength,
      firstByteMs: this.#firstByteMs,
      body: Buffer.concat(this.#kept),
    }
    this.#waiting = undefined
    this.#head = ''
    this.#bodyLeft = -1
    this.#kept = []
    waiting?.resolve(answer)
  }
}

/** @throws Error unless the server answered as it should. */
export function requireStatus(answer: Answer, ...expected: readonly number[]): Answer {
  if (expected.includes(answer.status)) return answer
  const text = answer.body.toString('utf8').slice(0, 400)
  throw new Error(
    `found ${answer.head.split('\r\n')[0]}, expected ${expected.join(' or ')} ${text}`,
  )
}
