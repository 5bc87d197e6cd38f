import { accessSync, constants, statSync } from 'node:fs'
import path from 'node:path'

/** Whether a program of this name is on the PATH; it is not started. */
export function hasTool(name: string): boolean {
  const directories = (process.env['PATH'] ?? '').split(path.delimiter)
  return directories.some((directory) => isProgram(path.join(directory, name)))
}

/**
 * Options for a test that needs a program which not every machine has. Without
 * the program the test is skipped, and says so; with STELE_TEST_FULL=1 it runs
 * all the same, and fails.
 *
 *     it('unpacks with BusyBox', requireInFull('busybox'), async () => { … })
 */
export function requireInFull(...names: readonly string[]): { skip: string | false } {
  const absent = names.filter((name) => !hasTool(name))
  if (absent.length === 0 || process.env['STELE_TEST_FULL'] === '1') return { skip: false }
  return { skip: `not installed: ${absent.join(', ')}` }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}
