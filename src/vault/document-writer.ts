/** The thread that writes documents, for all vaults of a process; see `document-writer-thread.ts`. */
import { clearImmediate, setImmediate, setTimeout } from 'node:timers'
import { parentPort } from 'node:worker_threads'
import { DocumentJournal } from './document-journal.ts'
import { unpacked, type WriterAnswer, type WriterRequest } from './writer-request.ts'

const idleMs = 1000
/** Files brought to the disk between two looks for requests. */
const filesAtATime = 8

const journals = new Map<string, DocumentJournal>()
let whenIdle: NodeJS.Timeout | undefined
let nextStep: NodeJS.Immediate | undefined

parentPort?.on('message', (request: WriterRequest) => {
  clearTimeout(whenIdle)
  clearImmediate(nextStep)
  parentPort?.postMessage(answerTo(request), [])
  whenIdle = setTimeout(settle, idleMs)
})

function answerTo({ id, task, bytes }: WriterRequest): WriterAnswer {
  try {
    perform(task, bytes)
    return { id }
  } catch (error) {
    const fault = error instanceof Error ? error : new Error(String(error))
    const code = 'code' in fault && typeof fault.code === 'string' ? fault.code : undefined
    return { id, fault: { message: fault.message, code } }
  }
}

function perform(task: WriterRequest['task'], bytes: Uint8Array): void {
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
      journal.write(unpacked(task.files, bytes))
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
  if (isMore) nextStep = setImmediate(settle)
}
