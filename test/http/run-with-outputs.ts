import { createHash } from 'node:crypto'
import { digestOfHex, type Digest } from '../../src/record/digest.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { minimalRun } from '../record-fixtures.ts'

/** A run that retained these outputs, so that the registry must hold them as blobs. */
export function runWithOutputs(texts: readonly string[], changes: JsonObject = {}): JsonObject {
  const outputs = texts.map((text, index) => ({
    path: `out-${index}`,
    digest: digestOfText(text),
    size: Buffer.byteLength(text),
    retained: true,
  }))
  const stages = [{ id: 'run', status: 'succeeded', exitCode: 0 }]
  return minimalRun({ run: { stages, outputs }, ...changes })
}

/** The digest of the UTF-8 bytes of a text. */
export function digestOfText(text: string): Digest {
  return digestOfHex(createHash('sha256').update(text).digest('hex'))
}
