import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isNoSuchFile } from './file-errors.ts'

const shard = /^[0-9a-f]{2}$/
const hexDigits = /^[0-9a-f]{64}$/

/**
 * The 64 hex digits of every file `ab/abcd…` + `suffix` below a directory,
 * ascending. Files with other names are none of ours.
 */
export async function* listNames(root: string, suffix = ''): AsyncIterable<string> {
  for (const start of await namesIn(root)) {
    if (!shard.test(start)) continue
    for (const name of await namesIn(join(root, start))) {
      const hex = name.slice(0, name.length - suffix.length)
      if (hexDigits.test(hex) && hex.startsWith(start) && name === hex + suffix) yield hex
    }
  }
}

async function namesIn(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).sort()
  } catch (error) {
    if (isNoSuchFile(error)) return []
    throw error
  }
}
