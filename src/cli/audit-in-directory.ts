import { open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hexOf, type Digest } from '../record/digest.ts'
import { parseStrictJson } from '../record/strict-json.ts'
import type { RecordFile } from '../verification/audit-record.ts'
import type { RegistryFiles } from '../verification/audit-registry.ts'
import { CannotFetch } from './download.ts'

const suffixes: Readonly<Record<RecordFile, string>> = {
  'record.json': '.json',
  signatures: '.signatures.json',
  receipt: '.receipt.jws',
  proof: '.tlog-proof',
}

/**
 * A registry as its files, without a service; the layout is that of docs/format.md,
 * section 5. A record that is not there counts as not given out, which a withdrawal excuses.
 */
export class RegistryInDirectory implements RegistryFiles {
  readonly #root: string

  private constructor(root: string) {
    this.#root = root
  }

  /**
   * @param directory - the vault, or the data directory that holds it as `blobs`.
   * @returns `undefined` when neither has a log.
   */
  static async find(directory: string): Promise<RegistryInDirectory | undefined> {
    for (const root of [directory, join(directory, 'blobs')]) {
      const files = new RegistryInDirectory(root)
      if ((await files.readLogFile('checkpoint')) !== undefined) return files
    }
    return undefined
  }

  async readLogFile(path: string): Promise<Uint8Array | undefined> {
    return this.#read(`log/${path}`)
  }

  async listLogKeys(): Promise<string[]> {
    const names = await unlessMissing(() => readdir(join(this.#root, 'log/keys')))
    const files = await Promise.all((names ?? []).map((name) => this.#read(`log/keys/${name}`)))
    const keys = files.map((bytes) => (bytes === undefined ? {} : parseStrictJson(bytes)))
    return keys.flatMap(({ vkey }) => (typeof vkey === 'string' ? [vkey] : []))
  }

  async readKeyLists(): Promise<undefined> {
    return undefined
  }

  async readRecordFile(record: Digest, name: RecordFile): Promise<Uint8Array | 'gone'> {
    const hex = hexOf(record)
    const path = `records/sha256/${hex.slice(0, 2)}/${hex}${suffixes[name]}`
    return (await this.#read(path)) ?? 'gone'
  }

  // They are in the catalog alone.
  async findDepositorKey(): Promise<undefined> {
    return undefined
  }

  async openBlob(digest: Digest): Promise<AsyncIterable<Uint8Array> | 'gone'> {
    const hex = hexOf(digest)
    const path = join(this.#root, `blobs/sha256/${hex.slice(0, 2)}/${hex}`)
    const file = await unlessMissing(() => open(path))
    return file === undefined ? 'gone' : piecesOf(file, path)
  }

  async #read(path: string): Promise<Uint8Array | undefined> {
    return unlessMissing(() => readFile(join(this.#root, path)))
  }
}

async function* piecesOf(
  file: Awaited<ReturnType<typeof open>>,
  path: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const piece of file.createReadStream()) yield Buffer.from(piece)
  } catch (error) {
    throw new CannotFetch(`${path} cannot be read`, { cause: error })
  }
}

async function unlessMissing<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw new CannotFetch(error.message, { cause: error })
  }
}
