import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

const program = join(import.meta.dirname, '../../src/cli/main.ts')

/** How a process ended. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** `stele …` as a process of its own, with no settings but those given. */
export class SteleProcess implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>
  readonly #ended: Promise<Ending>
  #output = ''
  #errors = ''

  constructor(args: readonly string[], settings: Readonly<Record<string, string>>) {
    const { PATH = '' } = process.env
    this.#child = spawn(process.execPath, [program, ...args], {
      env: { PATH, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => (this.#output += text))
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#errors += text))
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => resolve({ code, signal }))
    })
  }

  /** Everything it wrote to its standard output. */
  get output(): string {
    return this.#output
  }

  /** Everything it wrote to its standard error. */
  get errors(): string {
    return this.#errors
  }

  /** Resolves with how it ended, once it did. */
  get ended(): Promise<Ending> {
    return this.#ended
  }

  /** What the pattern finds in the output, as soon as it is there. */
  async outputMatch(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#output)
      if (match !== null) return match
      const isOver = this.#child.stdout.readableEnded
      if (isOver) throw new Error(`ended without ${pattern}: ${this.#output}${this.#errors}`)
      await Promise.race([once(this.#child.stdout, 'data'), once(this.#child.stdout, 'end')])
    }
  }

  async end(signal: NodeJS.Signals): Promise<Ending> {
    this.#child.kill(signal)
    return this.#ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL')
  }
}

/** `stele serve` on a directory of its own, answering requests. */
export interface RunningService extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly process: SteleProcess
}

export async function startService(
  directory: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<RunningService> {
  const stele = new SteleProcess(['serve'], {
    STELE_DATA: directory,
    STELE_PORT: '0',
    ...settings,
  })
  const [, chosen] = await stele.outputMatch(/Stele is ready at \S+?(?::(\d+))? /)
  const port = settings['STELE_PORT'] ?? chosen
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    port: Number(port),
    process: stele,
    [Symbol.asyncDispose]: () => stele[Symbol.asyncDispose](),
  }
}

/** Runs `stele …` to its end. */
export async function runStele(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string; errors: string }> {
  const stele = new SteleProcess(args, settings)
  const { code } = await stele.ended
  return { code, output: stele.output, errors: stele.errors }
}

/** Value of an `Authorization` field with the token of the first start. */
export async function firstBearer(directory: string): Promise<string> {
  return `Bearer ${(await readFile(join(directory, 'deposit-token'), 'utf8')).trim()}`
}
