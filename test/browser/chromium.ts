import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable, Writable } from 'node:stream'

type Params = Readonly<Record<string, unknown>>

/** Answers and events of the browser, as far as tests need them. */
interface Received {
  readonly id?: number
  readonly method?: string
  readonly sessionId?: string
  readonly params?: { readonly entry?: { readonly text?: string } }
  readonly result?: Result
  readonly error?: { readonly message: string }
}

interface Result {
  readonly targetId?: string
  readonly sessionId?: string
  readonly browserContextId?: string
  /** In base64. */
  readonly data?: string
  readonly result?: { readonly value?: unknown }
  readonly exceptionDetails?: { readonly text: string }
}

const flags =
  '--headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run ' +
  '--disable-background-networking --window-size=1280,1000 --remote-debugging-pipe'

/**
 * A Chromium without a screen, with a profile of its own. It is spoken to over two
 * pipes, in the DevTools protocol: JSON texts, each with a NUL behind it.
 *
 * @see https://chromedevtools.github.io/devtools-protocol/
 */
export class Chromium implements AsyncDisposable {
  /** What pages were refused, and what went wrong in them. */
  readonly complaints: string[] = []
  readonly #process: ChildProcess
  readonly #profile: string
  readonly #answers = new Map<number, (received: Received) => void>()
  readonly #loads = new Map<string, () => void>()
  #lastId = 0

  private constructor(process: ChildProcess, profile: string) {
    this.#process = process
    this.#profile = profile
  }

  static async start(): Promise<Chromium> {
    const profile = await mkdtemp(path.join(tmpdir(), 'stele-chromium-'))
    const child = spawn('chromium', [...flags.split(' '), `--user-data-dir=${profile}`], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    })
    await once(child, 'spawn')
    const chromium = new Chromium(child, profile)
    void chromium.#listen()
    return chromium
  }

  /** Pages of one reader share what they store; another reader has none of it. */
  async newReader(): Promise<Reader> {
    const { browserContextId = '' } = await this.send('Target.createBrowserContext', {})
    return new Reader(this, browserContextId)
  }

  /** @throws Error when the browser refuses, or ends. */
  async send(method: string, params: Params, sessionId?: string): Promise<Result> {
    const id = ++this.#lastId
    const answered = new Promise<Received>((resolve) => this.#answers.set(id, resolve))
    const input = this.#process.stdio[3]
    if (!(input instanceof Writable)) throw new Error('Chromium has no input')
    input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`)
    const { result = {}, error } = await answered
    if (error !== undefined) throw new Error(`${method}: ${error.message}`)
    return result
  }

  /** Resolves when the page of that session has loaded the next time. */
  loaded(sessionId: string): Promise<void> {
    return new Promise((resolve) => this.#loads.set(sessionId, resolve))
  }

  async #listen(): Promise<void> {
    const output = this.#process.stdio[4]
    if (!(output instanceof Readable)) throw new Error('Chromium has no output')
    let text = ''
    for await (const piece of output.setEncoding('utf8')) {
      const messages = `${text}${String(piece)}`.split('\0')
      text = messages.pop() ?? ''
      for (const message of messages) this.#receive(JSON.parse(message))
    }
    for (const answer of this.#answers.values()) answer({ error: { message: 'Chromium ended' } })
  }

  #receive({ id = 0, method, params, sessionId = '', ...answer }: Received): void {
    if (method === 'Log.entryAdded') this.complaints.push(params?.entry?.text ?? '')
    if (method === 'Page.loadEventFired') this.#loads.get(sessionId)?.()
    this.#answers.get(id)?.(answer)
    this.#answers.delete(id)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#process, 'close')
    await this.send('Browser.close', {})
    await closed
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

export class Reader {
  readonly #chromium: Chromium
  readonly #browserContextId: string

  constructor(chromium: Chromium, browserContextId: string) {
    this.#chromium = chromium
    this.#browserContextId = browserContextId
  }

  /** @param before - runs before any script of the page. */
  async open(url: string, before = ''): Promise<Page> {
    const chromium = this.#chromium
    const { targetId } = await chromium.send('Target.createTarget', {
      url: 'about:blank',
      browserContextId: this.#browserContextId,
    })
    const attach = { targetId, flatten: true }
    const { sessionId = '' } = await chromium.send('Target.attachToTarget', attach)
    for (const domain of ['Page', 'Log']) await chromium.send(`${domain}.enable`, {}, sessionId)
    const source = { source: before }
    await chromium.send('Page.addScriptToEvaluateOnNewDocument', source, sessionId)
    const loaded = chromium.loaded(sessionId)
    await chromium.send('Page.navigate', { url }, sessionId)
    await loaded
    return new Page(chromium, sessionId)
  }
}

export class Page {
  readonly #chromium: Chromium
  readonly #sessionId: string

  constructor(chromium: Chromium, sessionId: string) {
    this.#chromium = chromium
    this.#sessionId = sessionId
  }

  /** The value of an expression, after waiting for it if it is a promise; as text. */
  async evaluate(expression: string): Promise<string> {
    const params = { expression, awaitPromise: true, returnByValue: true }
    const { result, exceptionDetails } = await this.#chromium.send(
      'Runtime.evaluate',
      params,
      this.#sessionId,
    )
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text)
    return String(result?.value)
  }

  /** A picture of the whole page, as PNG. */
  async screenshot(): Promise<Buffer> {
    const params = { captureBeyondViewport: true }
    const { data = '' } = await this.#chromium.send(
      'Page.captureScreenshot',
      params,
      this.#sessionId,
    )
    return Buffer.from(data, 'base64')
  }
}
