import type { NewRecord } from '../catalog/catalog.ts'
import { depositLeaf, leafHashOf } from '../log/leaf.ts'
import type { Digest } from '../record/digest.ts'
import type { WorkflowRecord } from '../record/workflow-record.ts'
import type { PreparedDeposit } from './prepare-deposit.ts'
import { quickHash } from './quick-hash.ts'
import { searchableWordsOf } from './searchable-words.ts'

/**
 * What the catalog keeps of a record that is about to be accepted.
 *
 * @param sizes - of every blob the record names.
 * @param acceptedAt - RFC 3339 in UTC, whole seconds.
 */
export async function catalogEntryOf(
  { record, digests, signatures, named, planDigest }: PreparedDeposit,
  sizes: ReadonlyMap<Digest, number>,
  acceptedAt: string,
  runner: Digest,
): Promise<NewRecord> {
  const blobs = new Map(named.map(({ digest }) => [digest, sizes.get(digest) ?? 0]))
  const leaf = depositLeaf(digests, signatures?.signatures ?? [], acceptedAt)
  const run = record.kind === 'run' ? record.run : undefined
  return {
    ...digests,
    planDigest,
    kind: record.kind,
    title: record.title,
    authors: record.authors.map((author) => author.name),
    project: record.project.name,
    application: record.application?.name,
    machine: run?.machine?.name,
    verdict: run?.comparison?.verdict,
    acceptedAt,
    leaf,
    leafHash: await leafHashOf(leaf, quickHash),
    signatures: signatures?.text,
    signatureKeys: signatures?.signatures ?? [],
    runner,
    blobs,
    blobCount: blobs.size,
    blobBytes: [...blobs.values()].reduce((sum, byteLength) => sum + byteLength, 0),
    relations: relationsOf(record),
    words: searchableWordsOf(record),
  }
}

function relationsOf(record: WorkflowRecord): NewRecord['relations'] {
  const stated = (record.relations ?? []).flatMap(({ type, target }) =>
    typeof target === 'string' ? [{ type, target }] : [],
  )
  if (record.kind !== 'collection') return stated
  return [...stated, ...record.members.map((target) => ({ type: 'hasMember' as const, target }))]
}
