import type { NewLogEntry } from '../catalog/log-entries.ts'
import {
  depositorKeyLeaf,
  keyLeaf,
  leafHashOf,
  type Endorsement,
  type LoggedDepositorKey,
  type LoggedKey,
} from '../log/leaf.ts'
import { quickHash } from './quick-hash.ts'

/** The log entry that binds a depositor's key to a project, or revokes it. */
export async function depositorKeyEntry({
  project,
  ...key
}: Omit<LoggedDepositorKey, 'projectSha256'> & { readonly project: string }): Promise<NewLogEntry> {
  const projectSha256 = await quickHash('SHA-256', new TextEncoder().encode(project))
  const leaf = depositorKeyLeaf({ ...key, projectSha256 })
  return { kind: 'depositor-key', leaf, leafHash: await leafHashOf(leaf, quickHash) }
}

/** The log entry that introduces or retires a key of the registry. */
export async function registryKeyEntry(
  key: LoggedKey,
  endorsement?: Endorsement,
): Promise<NewLogEntry> {
  const leaf = keyLeaf(key, endorsement)
  return { kind: 'key', leaf, leafHash: await leafHashOf(leaf, quickHash) }
}
