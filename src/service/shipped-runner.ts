import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BlobIntake } from '../archive/take-blobs.ts'
import { digestOfHex, type Digest } from '../record/digest.ts'
import { CannotServe } from './cannot-serve.ts'

const file = join(import.meta.dirname, '../../runner/dist/stele.pyz')

export interface ShippedRunner {
  readonly bytes: Uint8Array
  readonly digest: Digest
}

/**
 * The runner this version serves. It is put into the vault too, where the bundles
 * of records accepted with it will find it for ever.
 */
export async function openShippedRunner(intake: BlobIntake): Promise<ShippedRunner> {
  const bytes = await readRunner()
  const digest = digestOfHex(createHash('sha256').update(bytes).digest('hex'))
  await intake.put(oneByOne([bytes]), digest)
  return { bytes, digest }
}

async function readRunner(): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (error) {
    const advice = `${file} cannot be read; build it with: python3 runner/build.py`
    throw new CannotServe(advice, { cause: error })
  }
}

async function* oneByOne(pieces: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* pieces
}
