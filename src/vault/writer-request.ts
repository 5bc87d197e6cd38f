import type { JournaledFile } from './journal-lines.ts'

interface WriteTask<File> {
  readonly verb: 'write'
  readonly root: string
  readonly files: readonly File[]
}

/** What to do with the journal below a root, other than writing. */
type OtherTask =
  | { readonly verb: 'open'; readonly root: string; readonly draft: string }
  | { readonly verb: 'remove'; readonly root: string; readonly files: readonly string[] }
  | { readonly verb: 'close'; readonly root: string }

export type JournalTask = WriteTask<JournaledFile> | OtherTask

interface PackedFile extends Omit<JournaledFile, 'bytes'> {
  readonly byteLength: number
}

interface Request<Task> {
  readonly id: number
  readonly task: Task
  /** The bytes of all files of the task, one behind the other. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

export type WriteRequest = Request<WriteTask<PackedFile>>
export type WriterRequest = WriteRequest | Request<OtherTask>

export interface WriterAnswer {
  readonly id: number
  readonly fault?: { readonly message: string; readonly code: string | undefined }
}

/**
 * The task as one message with one buffer that changes hands: copying a hundred
 * small ones took longer than all else on the sending side.
 */
export function packed(id: number, task: JournalTask): WriterRequest {
  if (task.verb !== 'write') return { id, task, bytes: new Uint8Array() }
  const { root, verb } = task
  const bytes = new Uint8Array(task.files.reduce((sum, file) => sum + file.bytes.length, 0))
  let start = 0
  const files = task.files.map(({ bytes: fileBytes, ...file }) => {
    bytes.set(fileBytes, start)
    start += fileBytes.length
    return { ...file, byteLength: fileBytes.length }
  })
  return { id, task: { verb, root, files }, bytes }
}

/** The files of a request, each with its part of the bytes. */
export function unpacked(files: readonly PackedFile[], bytes: Uint8Array): JournaledFile[] {
  let start = 0
  return files.map(({ byteLength, ...file }) => {
    start += byteLength
    return { ...file, bytes: bytes.subarray(start - byteLength, start) }
  })
}
