import { execFile, spawn } from 'node:child_process'
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

/** Files between two looks for other work. */
const filesAtATime = 4

/**
 * One sync of the whole file system, by the program of GNU coreutils: an fsync for
 * each of the thousands of files takes seconds and holds up what is written
 * meanwhile. Where the program or the system cannot be relied on to report a
 * failure, it is an fsync for each after all.
 *
 * @see syncfs(2): it reports files that could not be written since Linux 5.8
 */
export function syncFilesWith({ program = 'sync' } = {}): SyncFiles {
  let isReliable: Promise<boolean> | undefined
  return async (root, files) => {
    isReliable ??= reportsFailures(program)
    if (!(await isReliable) || !(await syncFileSystem(program, root))) await syncEach(root, files)
  }
}

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

async function reportsFailures(program: string): Promise<boolean> {
  const [major = 0, minor = 0] = release().split('.').map(Number)
  if (process.platform !== 'linux' || major < 5 || (major === 5 && minor < 8)) return false
  // Other programs of that name do not know the option, or say nothing of a failure.
  return new Promise((resolve) => {
    execFile(program, ['--version'], (error, output) => {
      resolve(error === null && output.startsWith('sync (GNU coreutils)'))
    })
  })
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
