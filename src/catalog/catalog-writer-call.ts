import type { CatalogWriter } from './catalog-writer.ts'

type Method = keyof CatalogWriter

/** One call of a method of `CatalogWriter`, on its way to the thread that makes it. */
export type WriterCall = {
  [M in Method]: { readonly method: M; readonly args: Parameters<CatalogWriter[M]> }
}[Method]

/** What the call of a method gives. */
export type WriterResult<M extends Method> = Awaited<ReturnType<CatalogWriter[M]>>

export interface WriterRequest {
  readonly id: number
  /** Which of the open catalogs; one file may be open several times. */
  readonly catalog: number
  /** `open` comes first, once. */
  readonly call: WriterCall | { readonly method: 'open'; readonly args: readonly [file: string] }
}

export interface WriterAnswer {
  readonly id: number
  readonly result?: unknown
  readonly fault?: {
    readonly message: string
    readonly stack?: string | undefined
    /** Of those that callers tell apart. */
    readonly kind: 'full' | 'conflict' | 'other'
  }
}

/** Makes the call that a request stands for. */
export async function makeCall(writer: CatalogWriter, call: WriterCall): Promise<unknown> {
  switch (call.method) {
    case 'addRecords':
      return writer.addRecords(...call.args)
    case 'addEvents':
      return writer.addEvents(...call.args)
    case 'addDepositorKey':
      return writer.addDepositorKey(...call.args)
    case 'revokeDepositorKey':
      return writer.revokeDepositorKey(...call.args)
    case 'addRegistryKeys':
      return writer.addRegistryKeys(...call.args)
    case 'retireRegistryKey':
      return writer.retireRegistryKey(...call.args)
    case 'addCheckpoint':
      return writer.addCheckpoint(...call.args)
    case 'addEntryAt':
      return writer.addEntryAt(...call.args)
    case 'close':
      return writer.close()
  }
}
