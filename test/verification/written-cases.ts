import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { z } from 'zod'
import { readTarBundle, type RunningHash } from '../../src/bundle/read-bundle.ts'
import { Digest } from '../../src/record/fields.ts'
import type { Evidence } from '../../src/verification/evidence.ts'
import {
  bundleChecks,
  outcomes,
  recordChecks,
  type Finding,
} from '../../src/verification/finding.ts'
import { parseTrust, type Trust } from '../../src/verification/trust.ts'
import { verifyBundle } from '../../src/verification/verify-bundle.ts'
import { verifyRecord } from '../../src/verification/verify-record.ts'
import { inPieces } from '../bundle/bundle-fixtures.ts'

const folder = path.join(import.meta.dirname, '../data/verification-cases')
const Check = z.enum([...bundleChecks, ...recordChecks])

const WrittenCase = z.strictObject({
  name: z.string(),
  files: z.record(z.string(), z.string()),
  digest: Digest.optional(),
  trust: z.strictObject({
    policy: z.string().optional(),
    receiptKeys: z.string().optional(),
    origin: z.string().optional(),
  }),
  allow: z.array(Check).optional(),
  needs: z.array(z.literal('ES256')).optional(),
  expected: z.partialRecord(Check, z.enum(outcomes)),
  ok: z.boolean(),
})
export type WrittenCase = z.infer<typeof WrittenCase>

/** The cases as they stand in the folder that all programs share. */
export const writtenCases: readonly WrittenCase[] = z
  .strictObject({ format: z.literal(1), cases: z.array(WrittenCase) })
  .parse(JSON.parse(readFileSync(path.join(folder, 'cases.json'), 'utf8'))).cases

export function fileOfCase(name: string): Uint8Array {
  const bytes = readFileSync(path.join(folder, name))
  return new Uint8Array(name.endsWith('.gz') ? gunzipSync(bytes) : bytes)
}

export function evidenceOf({ files }: WrittenCase): Evidence {
  const read = Object.entries(files).map(([name, file]) => [name, fileOfCase(file)])
  return Object.fromEntries(read)
}

export async function trustOf({ trust }: WrittenCase): Promise<Trust> {
  const { policy, receiptKeys, origin } = trust
  return parseTrust({
    policy: policy === undefined ? undefined : fileOfCase(policy),
    receiptKeys: receiptKeys === undefined ? undefined : fileOfCase(receiptKeys),
    origin,
  })
}

export async function findingsFor(written: WrittenCase): Promise<Finding[]> {
  const { files, digest } = written
  const trust = await trustOf(written)
  const bundle = files['bundle']
  if (bundle === undefined) return verifyRecord(evidenceOf(written), trust, { digest })
  return verifyTar(fileOfCase(bundle), trust, digest)
}

/** In pieces of an odd length, as a network could give them. */
export function verifyTar(tar: Uint8Array, trust: Trust, digest?: Digest): Promise<Finding[]> {
  const open = () => readTarBundle(inPieces(tar, 3001), startHash)
  return verifyBundle(open, trust, { digest })
}

export function startHash(): RunningHash {
  const hash = createHash('sha256')
  return {
    update: (bytes) => void hash.update(bytes),
    hex: () => hash.digest('hex'),
  }
}
