/** The thread that writes documents, for all vaults of a process; see `document-writer-thread.ts`. */
import { setImmediate, setTimeout } from 'node:timers'
import { parentPort } from 'node:worker_threads'
import { DocumentJournal } from './document-journal.ts'
import type { JournalTask, WriterAnswer, WriterRequest } from './document-writer-thread.ts'

const idleMs = 1000
/** Files brought to the disk between two looks for requests. */
const filesAtATime = 8

const journals = new Map<string, DocumentJournal>()
let whenIdle: NodeJS.Timeout | undefined

parentPort?.on('message', (request: WriterRequest) => {
  clearTimeout(whenIdle)
  parentPort?.postMessage(answerTo(request), [])
  whenIdle = setTimeout(settle, idleMs)
})

function answerTo({ id, task }: WriterRequest): WriterAnswer {
  try {
    perform(task)
    return { id }
  } catch (error) {
    const fault = error instanceof Error ? error : new Error(String(error))
    const code = 'code' in fault && typeof fault.code === 'string' ? fault.code : undefined
    return { id, fault: { message: fault.message, code } }
  }
}

function perform(task: JournalTask): void {
  const journal = journals.get(task.root)
  switch (task.verb) {
    case 'open':
      // It may be another directory of the same name by now; what its journal says
      // counts, not what this thread remembers.
      journal?.[Symbol.dispose]()
      journals.delete(task.root)
      journals.set(task.root, new DocumentJournal(task.root, task))
      return
    case 'write':
      if (journal === undefined) throw new Error(`no journal is open below ${task.root}`)
      journal.write(task.files)
      return
    case 'close':
      journals.delete(task.root)
      if (journal !== undefined) close(journal)
  }
}

function close(journal: DocumentJournal): void {
  try {
    while (journal.settleSome(filesAtATime));
  } finally {
    journal[Symbol.dispose]()
  }
}

function settle(): void {
  let isMore = false
  for (const journal of journals.values()) {
    try {
      isMore = journal.settleSome(filesAtATime) || isMore
    } catch {
      // The journal has noted it and refuses what comes next.
    }
  }
  if (isMore) setImmediate(settle)
}
