import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { Connection } from './connection.ts'

const startTimeoutMs = 30_000

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

  /** @param readyPath - answers 200 once the server can be used. */
  static async start(
    command: readonly string[],
    {
      port,
      readyPath,
      environment = {},
    }: { port: number; readyPath: string; environment?: Record<string, string> },
  ): Promise<ServerProcess> {
    const [program = '', ...args] = command
    const child = spawn(program, args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, ...environment },
    })
    const server = new ServerProcess(child, port)
    for (let waitedMs = 0; !(await isReady(port, readyPath)); waitedMs += 50) {
      if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`)
      if (waitedMs > startTimeoutMs) throw new Error(`${program} does not get ready`)
      await setTimeout(50)
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
