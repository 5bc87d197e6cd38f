import { constants, type Dirent } from 'node:fs'
import { lstat, open, readdir } from 'node:fs/promises'
import path from 'node:path'
import { MalformedBundle } from '../bundle/malformed-bundle.ts'
import type { BundleFile } from '../bundle/read-tar.ts'
import { quoted } from '../record/refusal.ts'

const specialBits = 0o7000

/**
 * The files of a bundle that was unpacked. Links are never followed: the first is
 * the end of it.
 *
 * @throws MalformedBundle; what the file system throws.
 */
export async function* filesInDirectory(
  directory: string,
  below = '',
): AsyncGenerator<BundleFile, void, undefined> {
  const entries = await readdir(path.join(directory, below), { withFileTypes: true })
  for (const entry of entries) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) yield* filesInDirectory(directory, name)
    else yield fileAt(path.join(directory, name), name, entry)
  }
}

async function fileAt(place: string, name: string, entry: Dirent): Promise<BundleFile> {
  if (!entry.isFile()) throw new MalformedBundle(`${quoted(name)} is a link or a special file`)
  const { mode, size } = await lstat(place)
  if ((mode & specialBits) !== 0) {
    throw new MalformedBundle(`${quoted(name)} has a set-user-id, set-group-id or sticky bit`)
  }
  return { path: name, byteLength: size, contents: contentsOf(place, size) }
}

async function* contentsOf(
  place: string,
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  // A link that was put there since we looked is not followed either.
  await using file = await open(place, constants.O_RDONLY | constants.O_NOFOLLOW)
  let left = size
  for await (const piece of file.createReadStream({ autoClose: false })) {
    const bytes = Buffer.from(piece)
    left -= bytes.length
    if (left < 0) break
    yield bytes
  }
  if (left !== 0) throw new MalformedBundle(`${quoted(place)} changed while it was read`)
}
