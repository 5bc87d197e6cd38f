import type { Insertable } from 'kysely'
import { z } from 'zod'
import { parseDigest } from '../record/digest.ts'
import { Verdict } from '../record/expectation.ts'
import type { LoggedRecord, RecordEntry } from './catalog.ts'
import type { RecordTable } from './schema.ts'

const Kind = z.enum(['run', 'plan', 'collection'])
const Authors = z.array(z.string())
export const SignatureKeys = z.array(z.object({ kid: z.string(), alg: z.string() }))

/** The one place where columns become members. */
export function recordFromRow(row: RecordTable): LoggedRecord {
  return {
    logIndex: row.log_index,
    digest: parseDigest(row.digest),
    sha512: row.sha512,
    byteLength: row.byte_length,
    planDigest: row.plan_digest === null ? undefined : parseDigest(row.plan_digest),
    kind: Kind.parse(row.kind),
    title: row.title,
    authors: Authors.parse(JSON.parse(row.authors)),
    project: row.project,
    application: row.application ?? undefined,
    machine: row.machine ?? undefined,
    verdict: row.verdict === null ? undefined : Verdict.parse(row.verdict),
    acceptedAt: row.accepted_at,
    signatures: row.signatures ?? undefined,
    signatureKeys: SignatureKeys.parse(JSON.parse(row.signature_keys)),
    runner: parseDigest(row.runner),
    blobCount: row.blob_count,
    blobBytes: row.blob_bytes,
  }
}

export function rowFromRecord(record: RecordEntry, logIndex: number): Insertable<RecordTable> {
  return {
    log_index: logIndex,
    digest: record.digest,
    sha512: record.sha512,
    byte_length: record.byteLength,
    plan_digest: record.planDigest ?? null,
    kind: record.kind,
    title: record.title,
    authors: JSON.stringify(record.authors),
    project: record.project,
    application: record.application ?? null,
    machine: record.machine ?? null,
    verdict: record.verdict ?? null,
    accepted_at: record.acceptedAt,
    signatures: record.signatures ?? null,
    signature_keys: JSON.stringify(record.signatureKeys.map(({ kid, alg }) => ({ kid, alg }))),
    runner: record.runner,
    blob_count: record.blobCount,
    blob_bytes: record.blobBytes,
  }
}
