import { StorageFull } from './blob-store.ts'

export function isNoSuchFile(error: unknown): boolean {
  return hasCode(error, 'ENOENT')
}

/** A full disk or an exhausted quota as the refusal it is; any other error unchanged. */
export function refusalOfFullDisk(error: unknown): unknown {
  if (error instanceof StorageFull) return error
  return isFullDisk(error) ? new StorageFull(error) : error
}

export function isFullDisk(error: unknown): boolean {
  return hasCode(error, 'ENOSPC') || hasCode(error, 'EDQUOT')
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
