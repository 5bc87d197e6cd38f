import { execFileSync } from 'node:child_process'

export interface SmallDisk extends AsyncDisposable {
  readonly path: string
  /** Gives it more room. */
  grow(mebibytes: number): void
}

/** Mounting a file system needs rights that only a full test environment gives. */
export function canMount(): { skip: string | false } {
  if (process.env['STELE_TEST_FULL'] === '1' || process.getuid?.() === 0) return { skip: false }
  return { skip: 'only root can mount a small file system' }
}

/** Mounts a disk in memory over an empty directory. */
export function mountSmallDisk(path: string, mebibytes = 1): SmallDisk {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path])
  return {
    path,
    grow: (mebibytes) =>
      void execFileSync('mount', ['-o', `remount,size=${mebibytes}m`, 'tmpfs', path]),
    async [Symbol.asyncDispose]() {
      execFileSync('umount', [path])
    },
  }
}
