/** The thread that writes documents, for all vaults of a process; see `document-writer-thread.ts`. */
import { clearTimeout, setTimeout } from 'node:timers'
import { setImmediate } from 'node:timers/promises'
import { parentPort, receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import { DocumentJournal } from './document-journal.ts'
import {
  unpacked,
  type WriteRequest,
  type WriterAnswer,
  type WriterRequest,
} from './writer-request.ts'

/** After so long without a request the journals are closed, and removed soon after. */
const idleMs = 5000
/** Requests that have more bytes together are not written at once. */
const largestGroupByteLength = 4 * 1024 * 1024

const port = portOf(parentPort)
const journals = new Map<string, DocumentJournal>()
const waiting: WriterRequest[] = []
let isWorking = false
let whenIdle: NodeJS.Timeout | undefined

port.on('message', (request: WriterRequest) => {
  waiting.push(request)
  if (!isWorking) void work()
})

function portOf(port: MessagePort | null): MessagePort {
  if (port === null) throw new Error('this is the program of a thread')
  return port
}

async function work(): Promise<void> {
  isWorking = true
  clearTimeout(whenIdle)
  for (let next = nextRequest(); next !== undefined; next = nextRequest()) {
    if (isWrite(next)) await write(next.task.root, [next, ...takeWritesWith(next)])
    else answer(next.id, await faultOf(perform(next.task)))
    // What is going on in the background gets its turn.
    await setImmediate()
  }
  whenIdle = setTimeout(rotateAll, idleMs)
  isWorking = false
}

function nextRequest(): WriterRequest | undefined {
  for (let more = receiveMessageOnPort(port); more; more = receiveMessageOnPort(port)) {
    waiting.push(parseRequest(more.message))
  }
  return waiting.shift()
}

function parseRequest(message: unknown): WriterRequest {
  return message as WriterRequest
}

function isWrite(request: WriterRequest): request is WriteRequest {
  return request.task.verb === 'write'
}

/** The writes that follow to the same journal, as many as go well together. */
function takeWritesWith({ task: { root }, bytes }: WriteRequest): WriteRequest[] {
  const writes: WriteRequest[] = []
  let byteLength = bytes.length
  for (const request of waiting) {
    byteLength += request.bytes.length
    if (!isWrite(request) || request.task.root !== root) break
    if (byteLength > largestGroupByteLength) break
    writes.push(request)
  }
  waiting.splice(0, writes.length)
  return writes
}

async function write(root: string, requests: readonly WriteRequest[]): Promise<void> {
  const journal = journals.get(root)
  const fault = await faultOf(keepUp(root, journal))
  const batches = requests.map(({ task, bytes }) => unpacked(task.files, bytes))
  const outcomes = fault === undefined ? journal?.write(batches) : undefined
  for (const [index, { id }] of requests.entries()) {
    answer(id, outcomes === undefined ? fault : outcomes[index]?.fault)
  }
  if (journal?.hasClosed === true) settleInBackground(journal)
}

async function keepUp(root: string, journal: DocumentJournal | undefined): Promise<void> {
  if (journal === undefined) throw new Error(`no journal is open below ${root}`)
  if (journal.isBehind) await journal.settle()
}

async function perform(task: Exclude<WriterRequest, WriteRequest>['task']): Promise<void> {
  const { root, verb } = task
  const journal = journals.get(root)
  switch (verb) {
    case 'open':
      // It may be another directory of the same name by now; what its journal says
      // counts, not what this thread remembers.
      journals.delete(root)
      await journal?.[Symbol.asyncDispose]()
      journals.set(root, await DocumentJournal.open(root, task))
      return
    case 'remove':
      journal?.remove(task.files)
      return
    case 'close':
      journals.delete(root)
      await journal?.close()
  }
}

function rotateAll(): void {
  for (const journal of journals.values()) {
    try {
      journal.rotate()
    } catch {
      // The journal has noted it, or will go on as it is.
      continue
    }
    if (journal.hasClosed) settleInBackground(journal)
  }
}

function settleInBackground(journal: DocumentJournal): void {
  // The journal has noted it, and refuses what comes next.
  journal.settle().catch(() => {})
}

function answer(id: number, fault: unknown): void {
  const reply: WriterAnswer = fault === undefined ? { id } : { id, fault: describe(fault) }
  port.postMessage(reply, [])
}

function describe(fault: unknown): NonNullable<WriterAnswer['fault']> {
  const error = fault instanceof Error ? fault : new Error(String(fault))
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return { message: error.message, code }
}

async function faultOf(work: Promise<void>): Promise<unknown> {
  try {
    await work
    return undefined
  } catch (fault) {
    return fault
  }
}
