import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { CheckpointKey } from './static-log.ts'

/** What these tests use of `test/data/tlog-vectors`. */
export interface TlogVectors {
  readonly key: CheckpointKey & { readonly vkey: string }
  readonly witness: CheckpointKey
  readonly leafPrefix: string
  readonly trees: readonly {
    readonly size: number
    readonly rootHex: string
    readonly resourcesDigestSha256: string
  }[]
  readonly checkpoint: { readonly signed: string; readonly size: number }
  readonly emptyCheckpoint: { readonly signed: string; readonly size: number }
  readonly mustReject: readonly { readonly why: string; readonly signed: string }[]
  readonly mustAccept: readonly { readonly why: string; readonly signed: string }[]
}

export const vectors = parseVectors(
  readFileSync(path.join(import.meta.dirname, '../data/tlog-vectors/vectors.json'), 'utf8'),
)

/** The first entries of the log that the vectors are of. */
export function entriesOfVectors(size: number): Buffer[] {
  return Array.from({ length: size }, (_, index) => Buffer.from(`${vectors.leafPrefix}${index}`))
}

function parseVectors(text: string): TlogVectors {
  return JSON.parse(text)
}
