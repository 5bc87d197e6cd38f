import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Deposits } from '../archive/deposit.ts'
import type { BlobIntake } from '../archive/take-blobs.ts'
import { blobsNamedBy } from '../record/blobs-named.ts'
import { digestOfHex, type Digest } from '../record/digest.ts'
import { checkRecord } from '../record/findings.ts'
import { parseStrictJson } from '../record/strict-json.ts'

/**
 * Deposits every directory below `examples` that holds a `record.json`: the
 * files it names are found among those of the directory by their digests.
 *
 * @returns digests of the records, in the order of their directories.
 */
export async function depositExamples(
  examples: string,
  parts: { deposits: Deposits; intake: BlobIntake },
): Promise<Digest[]> {
  const digests: Digest[] = []
  for (const name of (await readdir(examples)).sort()) {
    const directory = join(examples, name)
    if (await isThere(join(directory, 'record.json'))) {
      digests.push(await depositDirectory(directory, parts))
    }
  }
  return digests
}

async function depositDirectory(
  directory: string,
  { deposits, intake }: { deposits: Deposits; intake: BlobIntake },
): Promise<Digest> {
  const record = await readFile(join(directory, 'record.json'))
  const named = blobsNamedBy(checkRecord(parseStrictJson(record)).record)
  const wanted = new Set(named.map((blob) => blob.digest))
  for await (const file of filesBelow(directory)) {
    const digest = await digestOfFile(file)
    if (wanted.has(digest)) await intake.put(createReadStream(file), digest)
  }
  const { record: accepted } = await deposits.deposit({ record, project: '*' })
  return accepted.digest
}

async function* filesBelow(directory: string): AsyncIterable<string> {
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) yield join(entry.parentPath, entry.name)
  }
}

async function digestOfFile(file: string): Promise<Digest> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(file)) hash.update(piece)
  return digestOfHex(hash.digest('hex'))
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}
