/** The thread that writes catalogs, for all that a process has open; see `catalog-writer-thread.ts`. */
import { parentPort } from 'node:worker_threads'
import { makeCall, type WriterAnswer, type WriterRequest } from './catalog-writer-call.ts'
import { CheckpointConflict } from './log-entries.ts'
import { openSqlite } from './open-sqlite.ts'
import { SqlCatalogWriter } from './sql-catalog-writer.ts'
import { CatalogFull } from './write-together.ts'

const writers = new Map<string, SqlCatalogWriter>()

parentPort?.on('message', (request: WriterRequest) => {
  void answerTo(request).then((answer) => parentPort?.postMessage(answer, []))
})

async function answerTo({ id, file, call }: WriterRequest): Promise<WriterAnswer> {
  try {
    if (call.method === 'open') {
      writers.set(file, new SqlCatalogWriter(openSqlite(file)))
      return { id }
    }
    const writer = writers.get(file)
    if (writer === undefined) throw new Error(`no catalog is open for writing as ${file}`)
    if (call.method === 'close') writers.delete(file)
    return { id, result: await makeCall(writer, call) }
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error))
    return { id, fault: { message, stack, kind: kindOf(error) } }
  }
}

function kindOf(error: unknown): 'full' | 'conflict' | 'other' {
  if (error instanceof CatalogFull) return 'full'
  return error instanceof CheckpointConflict ? 'conflict' : 'other'
}
