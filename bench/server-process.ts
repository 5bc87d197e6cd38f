import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { Connection } from './connection.ts'

const startTimeoutMs = 30_000

interface StartOptions {
  readonly port: number
  /** Answers 200 once the server can be used. */
  readonly readyPath: string
  /** What the server prints. */
  readonly logFile: string
  readonly environment?: Readonly<Record<string, string>>
}

/** A server in a process of its own. */
export class ServerProcess {
  readonly port: number
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
    this.#ended = new Promise((resolve) => child.once('exit', resolve))
  }

  /** @throws Error with what the server printed when it does not get ready. */
  static async start(
    command: readonly string[],
    { port, readyPath, logFile, environment = {} }: StartOptions,
  ): Promise<ServerProcess> {
    const [program = '', ...args] = command
    const log = openSync(logFile, 'w')
    const env = { ...process.env, ...environment }
    const child = spawn(program, args, { stdio: ['ignore', log, log], env })
    closeSync(log)
    const server = new ServerProcess(child, port)
    for (let waitedMs = 0; !(await isReady(port, readyPath)); waitedMs += 50) {
      if (child.exitCode === null && waitedMs < startTimeoutMs) {
        await setTimeout(50)
        continue
      }
      child.kill('SIGKILL')
      throw new Error(`${program} does not get ready: ${readFileSync(logFile, 'utf8')}`)
    }
    return server
  }

  get processId(): number {
    return this.#child.pid ?? 0
  }

  /** Forgets the peak of memory so far, so that the next one is that of the next work. */
  resetPeakMemory(): void {
    writeFileSync(`/proc/${this.processId}/clear_refs`, '5')
  }

  memoryMiB(which: 'VmRSS' | 'VmHWM'): number {
    const status = readFileSync(`/proc/${this.processId}/status`, 'utf8')
    return Number(new RegExp(`^${which}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM')
    const late = setTimeout(15_000, 'late', { ref: false })
    if ((await Promise.race([this.#ended, late])) === 'late') this.#child.kill('SIGKILL')
    await this.#ended
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('found no port')
  return address.port
}

async function isReady(port: number, path: string): Promise<boolean> {
  try {
    using connection = await Connection.open(port)
    return (await connection.exchange({ method: 'GET', path })).status === 200
  } catch {
    return false
  }
}
