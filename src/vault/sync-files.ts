import { execFile, spawn } from 'node:child_process'
import { statfs } from 'node:fs/promises'
import { release } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { directoriesOf, syncDirectoryIfThere, syncPath } from './file-placement.ts'

/**
 * Brings files below a root to the disk, with the directories that name them, while
 * other work of the thread goes on. Files that are removed meanwhile are taken out
 * of `files`. Rejects when something might not be there; asking again is no use
 * then, because the second sync of the same file succeeds without having written it.
 */
export type SyncFiles = (root: string, files: ReadonlySet<string>) => Promise<void>

export interface SyncParts {
  /** The `sync` of GNU coreutils. */
  readonly program?: string
  /** Whether a sync of the file system of that directory reports what was not written. */
  readonly canBeTrusted?: (root: string) => Promise<boolean>
  /** Fewer files have an fsync each: other programs may have much to write to the same disk. */
  readonly fewestFiles?: number
}

/** Files between two looks for other work. */
const filesAtATime = 4

/**
 * Types of file systems, as statfs(2) has them, that are as one disk. Those of a
 * network or of a program may take the bytes without having them on a disk.
 */
const localFileSystems = new Set([
  0xef53, // ext2 to ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0x2fc12fc1, // ZFS
  0x01021994, // tmpfs
])

/**
 * One sync of the whole file system, by the program of GNU coreutils: an fsync for
 * each of the thousands of files takes seconds and holds up what is written
 * meanwhile. Where the program or the system cannot be relied on to report a
 * failure, it is an fsync for each after all.
 */
export function syncFilesWith({
  program = 'sync',
  canBeTrusted = isLocalOfNewLinux,
  fewestFiles = 100,
}: SyncParts = {}): SyncFiles {
  let isGnu: Promise<boolean> | undefined
  return async (root, files) => {
    isGnu ??= isOfGnu(program)
    const isTrusted = files.size >= fewestFiles && (await isGnu) && (await canBeTrusted(root))
    if (!isTrusted || !(await syncFileSystem(program, root))) await syncEach(root, files)
  }
}

/** An fsync for each file and directory, in small steps. */
export const syncEach: SyncFiles = async (root, files) => {
  let count = 0
  for (const file of files) {
    syncPath(join(root, file))
    count += 1
    if (count % filesAtATime === 0) await setImmediate()
  }
  for (const directory of directoriesOf(files)) {
    syncDirectoryIfThere(join(root, directory))
    count += 1
    if (count % filesAtATime === 0) await setImmediate()
  }
}

/** Other programs of that name do not know the option, or say nothing of a failure. */
async function isOfGnu(program: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(program, ['--version'], (error, output) => {
      resolve(error === null && output.startsWith('sync (GNU coreutils)'))
    })
  })
}

/** @see syncfs(2): before Linux 5.8 it says nothing of files that could not be written. */
async function isLocalOfNewLinux(root: string): Promise<boolean> {
  const [major = 0, minor = 0] = release().split('.').map(Number)
  const isNew = process.platform === 'linux' && (major > 5 || (major === 5 && minor >= 8))
  return isNew && localFileSystems.has((await statfs(root)).type)
}

/** @returns whether the program could be started. */
async function syncFileSystem(program: string, root: string): Promise<boolean> {
  // In a session of its own: Ctrl-C in the terminal of the service is not for it.
  const child = spawn(program, ['--file-system', root], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let complaint = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text))
  const outcome = await new Promise<number | string | null>((resolve) => {
    child.on('error', () => resolve(null))
    child.on('close', (code, signal) => resolve(code ?? signal))
  })
  if (outcome === null) return false
  if (outcome === 0) return true
  throw new Error(`${program} --file-system ${root} ended with ${outcome}: ${complaint.trim()}`)
}
