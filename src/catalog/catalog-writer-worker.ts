/** The thread that writes catalogs, for all that a process has open; see `catalog-writer-thread.ts`. */
import { parentPort } from 'node:worker_threads'
import { makeCall, type WriterAnswer, type WriterRequest } from './catalog-writer-call.ts'
import { CheckpointConflict } from './log-entries.ts'
import { openSqlite } from './open-sqlite.ts'
import { SqlCatalogWriter } from './sql-catalog-writer.ts'
import { CatalogFull } from './write-together.ts'

const writers = new Map<number, SqlCatalogWriter>()

parentPort?.on('message', (request: WriterRequest) => {
  void answerTo(request).then((answer) => parentPort?.postMessage(answer, []))
})

async function answerTo({ id, catalog, call }: WriterRequest): Promise<WriterAnswer> {
  try {
    if (call.method === 'open') {
      writers.set(catalog, new SqlCatalogWriter(openSqlite(...call.args)))
      return { id }
    }
    const writer = writers.get(catalog)
    if (writer === undefined && call.method === 'close') return { id }
    if (writer === undefined) throw new Error('the catalog is not open for writing')
    if (call.method === 'close') writers.delete(catalog)
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
