import type { JournaledFile } from './journal-lines.ts'

/** What to do with the journal below a root; `File` says how its bytes travel. */
export type JournalTask<File = JournaledFile> =
  | { readonly verb: 'open'; readonly root: string; readonly draft: string }
  | { readonly verb: 'write'; readonly root: string; readonly files: readonly File[] }
  | { readonly verb: 'close'; readonly root: string }

interface PackedFile {
  readonly file: string
  readonly byteLength: number
}

/** A task, with the bytes of all its files one behind the other. */
export interface WriterRequest {
  readonly id: number
  readonly task: JournalTask<PackedFile>
  readonly bytes: Uint8Array<ArrayBuffer>
}

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
  const files = task.files.map((file) => {
    bytes.set(file.bytes, start)
    start += file.bytes.length
    return { file: file.file, byteLength: file.bytes.length }
  })
  return { id, task: { verb, root, files }, bytes }
}

/** The files of a request, each with its part of the bytes. */
export function unpacked(files: readonly PackedFile[], bytes: Uint8Array): JournaledFile[] {
  let start = 0
  return files.map(({ file, byteLength }) => {
    start += byteLength
    return { file, bytes: bytes.subarray(start - byteLength, start) }
  })
}
