import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../src/service/server.ts'
import { startService, type RunningService } from '../service/service-process.ts'

/** A service on one directory that is killed now and then, and started again at once. */
export class ServiceThatIsKilled implements AsyncDisposable {
  readonly #start: () => Promise<RunningService>
  #running: Promise<RunningService>
  #kills = 0

  private constructor(start: () => Promise<RunningService>) {
    this.#start = start
    this.#running = start()
  }

  static async start(directory: string): Promise<ServiceThatIsKilled> {
    const STELE_PORT = String(await freePort('127.0.0.1'))
    const settings = { STELE_PORT, STELE_URL: 'https://registry.example.org' }
    const service = new ServiceThatIsKilled(() => startService(directory, settings))
    await service.#running
    return service
  }

  /** How often it was killed. */
  get kills(): number {
    return this.#kills
  }

  /** Where it answers now; waits while it is being started. */
  async url(): Promise<string> {
    return (await this.#running).url
  }

  /** Kills it without warning, after at most `withinMs`, and starts it again. */
  async kill(withinMs: number): Promise<void> {
    const running = await this.#running
    await pause(Math.random() * withinMs)
    this.#kills += 1
    this.#running = running.process.end('SIGKILL').then(this.#start)
    await this.#running
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#running)[Symbol.asyncDispose]()
  }
}
