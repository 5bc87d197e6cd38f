import { Worker } from 'node:worker_threads'
import type { AccessList } from './access-list.ts'
import type {
  WriterAnswer,
  WriterCall,
  WriterRequest,
  WriterResult,
} from './catalog-writer-call.ts'
import type { CatalogWriter } from './catalog-writer.ts'
import type { NewRecord } from './catalog.ts'
import type { NewEvent } from './events.ts'
import { CheckpointConflict, type NewLogEntry, type SignedCheckpoint } from './log-entries.ts'
import type { RegistryKeys } from './registry-keys.ts'
import { CatalogFull } from './write-together.ts'

interface Waiting {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

/**
 * The thread in which catalogs are written: one for the process, started when it is
 * first needed, and no reason for the process to stay alive while it has nothing to
 * do. A commit waits for the disk, and nobody else should wait with it.
 */
class WriterThread {
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #requests = 0
  #catalogs = 0

  /** @returns the number by which the catalog is called from now on. */
  async open(file: string): Promise<number> {
    this.#catalogs += 1
    const catalog = this.#catalogs
    await this.send(catalog, { method: 'open', args: [file] })
    return catalog
  }

  async send(catalog: number, call: WriterRequest['call']): Promise<unknown> {
    this.#requests += 1
    const id = this.#requests
    const worker = (this.#worker ??= this.#start())
    return new Promise((resolve, reject) => {
      const request: WriterRequest = { id, catalog, call }
      // Throws when something cannot be copied; then there is no answer to wait for.
      worker.postMessage(request, [])
      this.#waiting.set(id, { resolve, reject })
      worker.ref()
    })
  }

  #start(): Worker {
    const worker = new Worker(new URL('./catalog-writer-worker.ts', import.meta.url))
    worker.on('message', (answer: WriterAnswer) => this.#settle(answer))
    worker.on('error', (error) => this.#fail(error))
    return worker
  }

  #settle({ id, result, fault }: WriterAnswer): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (this.#waiting.size === 0) this.#worker?.unref()
    if (fault === undefined) waiting?.resolve(result)
    else waiting?.reject(errorOf(fault))
  }

  // Whether the last calls were done is not known; catalogs that were open are refused
  // by a new thread until the service is started again.
  #fail(error: unknown): void {
    this.#worker = undefined
    const fault = new Error('the thread that writes the catalog ended', { cause: error })
    for (const { reject } of this.#waiting.values()) reject(fault)
    this.#waiting.clear()
  }
}

const thread = new WriterThread()

/** Writes one SQLite file from the thread that is there for that. */
export class CatalogWriterThread implements CatalogWriter {
  readonly #catalog: number

  private constructor(catalog: number) {
    this.#catalog = catalog
  }

  static async open(file: string): Promise<CatalogWriterThread> {
    return new CatalogWriterThread(await thread.open(file))
  }

  async addRecords(...args: [readonly NewRecord[]]): Promise<WriterResult<'addRecords'>> {
    return parseResult<'addRecords'>(await this.#call({ method: 'addRecords', args }))
  }

  async addEvents(...args: [readonly NewEvent[]]): Promise<WriterResult<'addEvents'>> {
    return parseResult<'addEvents'>(await this.#call({ method: 'addEvents', args }))
  }

  async addDepositorKey(
    ...args: Parameters<AccessList['addDepositorKey']>
  ): Promise<WriterResult<'addDepositorKey'>> {
    return parseResult<'addDepositorKey'>(await this.#call({ method: 'addDepositorKey', args }))
  }

  async revokeDepositorKey(
    ...args: Parameters<AccessList['revokeDepositorKey']>
  ): Promise<WriterResult<'revokeDepositorKey'>> {
    return parseResult<'revokeDepositorKey'>(
      await this.#call({ method: 'revokeDepositorKey', args }),
    )
  }

  async addRegistryKeys(
    ...args: Parameters<RegistryKeys['addRegistryKeys']>
  ): Promise<WriterResult<'addRegistryKeys'>> {
    return parseResult<'addRegistryKeys'>(await this.#call({ method: 'addRegistryKeys', args }))
  }

  async retireRegistryKey(
    ...args: [string, string, NewLogEntry]
  ): Promise<WriterResult<'retireRegistryKey'>> {
    return parseResult<'retireRegistryKey'>(await this.#call({ method: 'retireRegistryKey', args }))
  }

  async addCheckpoint(...args: [SignedCheckpoint]): Promise<void> {
    await this.#call({ method: 'addCheckpoint', args })
  }

  async addEntryAt(...args: [number, NewLogEntry]): Promise<WriterResult<'addEntryAt'>> {
    return parseResult<'addEntryAt'>(await this.#call({ method: 'addEntryAt', args }))
  }

  async close(): Promise<void> {
    await this.#call({ method: 'close', args: [] })
  }

  async #call(call: WriterCall): Promise<unknown> {
    return thread.send(this.#catalog, call)
  }
}

// What comes back was copied from the other thread's, which is typed.
function parseResult<M extends WriterCall['method']>(result: unknown): WriterResult<M> {
  return result as WriterResult<M>
}

function errorOf({ message, stack, kind }: NonNullable<WriterAnswer['fault']>): Error {
  const error = kind === 'conflict' ? new CheckpointConflict(message) : new Error(message)
  if (stack !== undefined) error.stack = stack
  return kind === 'full' ? new CatalogFull(error) : error
}
