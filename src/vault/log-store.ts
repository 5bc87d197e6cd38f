import type { NamedDocument } from './document-store.ts'

/** One file of the log. */
export interface LogFile {
  /**
   * Below `log/`: `tile/0/000.p/7`, `keys/…`, `checkpoint`. Its components are
   * `[A-Za-z0-9._+-]+`, none of them `.` or `..`.
   */
  readonly path: string
  readonly bytes: Uint8Array
}

/**
 * The files of the Merkle log, under the paths of C2SP tlog-tiles. All but the
 * checkpoint are written once and never changed: also a partial tile has its width
 * in its name. A path of any other form than that of `LogFile` is a fault of ours.
 */
export interface LogStore {
  /**
   * Stores immutable files (tiles, entry bundles, keys, time stamps): all of them,
   * or none that was not there before; only a failure of the disk itself can leave
   * some. When the promise resolves they survive a power cut. Calls may run at the
   * same time. Storing the same bytes again is no error.
   *
   * @throws StorageFull when there is no room.
   * @throws Error when other bytes are stored under one of the paths, or when one of
   *   them is that of the checkpoint: a fault of ours.
   */
  putAll(files: readonly LogFile[]): Promise<void>

  /**
   * Puts the documents into their places and then the checkpoint in the place of the
   * one before, which can be read until then. Whoever sees the new one sees all the
   * documents. When the promise resolves all of it survives a power cut; after the
   * process was killed, the next start finds all of it or the state before.
   *
   * Calls take effect in the order in which they were made.
   *
   * @throws StorageFull when there is no room; the checkpoint is the one before.
   * @throws Error when other bytes are stored under one of the names: a fault of ours.
   */
  publish(checkpoint: Uint8Array, documents: readonly NamedDocument[]): Promise<void>

  /** The exact bytes, or undefined. What is read survives a power cut. */
  read(path: string): Promise<Uint8Array | undefined>

  /**
   * Removes partial tiles that a longer one has replaced; a path where nothing is
   * is no error. After a power cut some of them may be there again.
   *
   * @throws Error when one of the paths is that of the checkpoint: a fault of ours.
   */
  remove(paths: readonly string[]): Promise<void>

  /**
   * Every path that starts with the text, ascending in the order of their bytes.
   * Files that are stored or removed while the list is read may or may not be in it.
   */
  list(prefix: string): AsyncIterable<string>
}

/** Path of the one file of the log that is replaced. */
export const checkpointPath = 'checkpoint'

const component = /^[A-Za-z0-9._+-]+$/

/** @throws Error when the path is not one of `LogFile`. */
export function refuseOddLogPath(path: string): void {
  const isOdd = (name: string): boolean => !component.test(name) || name === '.' || name === '..'
  if (path.split('/').some(isOdd)) throw new Error(`found ${path} as a path of the log`)
}

/** @throws Error when the path is that of the checkpoint, which only `publish` touches. */
export function refuseCheckpoint(path: string): void {
  if (path === checkpointPath) throw new Error('the checkpoint can only be published')
}
