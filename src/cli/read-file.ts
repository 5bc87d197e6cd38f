import { open, readFile } from 'node:fs/promises'
import { UsageError } from './usage.ts'

const othersMayRead = 0o077

/** @throws UsageError when it cannot be read. */
export async function readFileOf(file: string): Promise<Uint8Array> {
  return readable(file, () => readFile(file))
}

/** The same for a secret; @throws UsageError also when others than its owner may read it. */
export async function readPrivateFileOf(file: string): Promise<Uint8Array> {
  return readable(file, async () => {
    await using handle = await open(file)
    if (((await handle.stat()).mode & othersMayRead) !== 0) {
      throw new UsageError(`others may read ${file}; first: chmod 600 ${file}`)
    }
    return handle.readFile()
  })
}

async function readable<Bytes>(file: string, read: () => Promise<Bytes>): Promise<Bytes> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    throw new UsageError(`${file} cannot be read (${String(error.code)})`)
  }
}
