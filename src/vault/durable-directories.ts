import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Directories whose entries survive a power cut, each made when it is first needed. */
export class DurableDirectories {
  readonly #root: string
  readonly #ready = new Map<string, Promise<void>>()

  /** @param root - an existing directory; everything made here lies below it. */
  constructor(root: string) {
    this.#root = root
  }

  /**
   * Makes the directory and its parents if they are missing. It also makes
   * durable what an earlier process had put into it: that process may have been
   * killed between the rename and the fsync, and what can be seen is answered as
   * stored. Costs nothing after the first call for a directory.
   */
  async ready(path: string): Promise<void> {
    const known = this.#ready.get(path)
    if (known !== undefined) return known
    const making = this.#make(path)
    this.#ready.set(path, making)
    try {
      await making
    } catch (error) {
      this.#ready.delete(path)
      throw error
    }
  }

  async #make(path: string): Promise<void> {
    const parent = dirname(path)
    if (path !== this.#root) await this.ready(parent)
    const made = await mkdir(path, { recursive: true })
    await syncDirectory(made === undefined ? path : parent)
  }
}

/** Makes the names in a directory durable; the bytes of the files are another matter. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
