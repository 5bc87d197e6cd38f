import type { LoggedRecord } from '../catalog/catalog.ts'
import type { BlobStat } from '../vault/blob-store.ts'

/** Who reads. Nothing is asked of readers yet. */
export interface Reader {
  readonly project?: string | undefined
}

/** Every read asks here, so that restricted and embargoed records need no other place. */
export function mayRead(_what: LoggedRecord | BlobStat, _reader: Reader): boolean {
  return true
}
