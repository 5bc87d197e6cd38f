import { Worker } from 'node:worker_threads'
import { packed, type JournalTask, type WriterAnswer } from './writer-request.ts'

interface Waiting {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/**
 * The thread that writes documents: one for the process, started when it is first
 * needed, and no reason for the process to stay alive while it has nothing to do.
 *
 * A thread, because many small synchronous calls cost a tenth of as many
 * asynchronous ones, and because they must not hold up the event loop.
 */
class DocumentWriterThread {
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #requests = 0

  /**
   * Resolves when the task is done: after `open` everything in the journals is in
   * its place, after `write` it survives a power cut, after `close` there is one
   * journal, which is empty. Tasks are done in their order; writes that wait at the
   * same time share a sync. Rejects with the error of the journal.
   */
  async do(task: JournalTask): Promise<void> {
    this.#requests += 1
    const id = this.#requests
    const worker = (this.#worker ??= this.#start())
    await new Promise<void>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      worker.ref()
      const request = packed(id, task)
      worker.postMessage(request, [request.bytes.buffer])
    })
  }

  #start(): Worker {
    const worker = new Worker(new URL('./document-writer.ts', import.meta.url))
    worker.on('message', (answer: WriterAnswer) => this.#settle(answer))
    worker.on('error', (error) => this.#fail(error))
    return worker
  }

  #settle({ id, fault }: WriterAnswer): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (this.#waiting.size === 0) this.#worker?.unref()
    if (fault === undefined) waiting?.resolve()
    else waiting?.reject(Object.assign(new Error(fault.message), { code: fault.code }))
  }

  // Journals that were open are not open in a new thread: writes are refused until
  // the vault is opened again, that is until the service is started again.
  #fail(error: unknown): void {
    this.#worker = undefined
    const fault = new Error('the thread that writes documents ended', { cause: error })
    for (const { reject } of this.#waiting.values()) reject(fault)
    this.#waiting.clear()
  }
}

export const documentWriter = new DocumentWriterThread()
