import { z } from 'zod'
import type { DepositReport, DepositResult, Deposits } from '../archive/deposit.ts'
import type { Submission } from '../archive/prepare-deposit.ts'
import type { BlobIntake } from '../archive/take-blobs.ts'
import { Digest } from '../record/fields.ts'
import type { Finding } from '../record/finding.ts'
import { limits } from '../record/limits.ts'
import { recordMediaType } from '../record/record-digests.ts'
import type { JsonObject } from '../record/strict-json.ts'
import { mediaTypeOf } from './media-type.ts'
import { receiveForm, type ReceivedForm } from './multipart.ts'
import { bodyOf, receiveBytes } from './received-body.ts'
import { defineRoute, type Answer, type Call, type Route } from './route.ts'

export interface DepositRouteParts {
  readonly deposits: Deposits
  readonly intake: BlobIntake
  readonly registryUrl: string
  readonly onAccepted: (result: DepositResult) => void
}

const FindingAnswer = z.object({
  pointer: z.string(),
  rule: z.string(),
  found: z.string(),
  expected: z.string(),
  severity: z.enum(['error', 'warning']),
})

const DepositAnswer = z.object({
  digest: Digest,
  url: z.string(),
  logIndex: z.int(),
  planDigest: Digest.nullable(),
  receipt: z.object({ payload: z.string(), protected: z.string(), signature: z.string() }),
  proof: z.string(),
  findings: z.array(FindingAnswer),
})

const ReportAnswer = z.object({
  digest: Digest,
  planDigest: Digest.nullable(),
  findings: z.array(FindingAnswer),
  missing: z.array(Digest),
})

// The record's shape has its own document, which clients can fetch and keep.
const RecordBody = z.unknown().meta({ $ref: '/schema/record-1.json' })

const Query = z.object({ dryRun: z.enum(['true', 'false']).optional() })

export function depositRoutes(parts: DepositRouteParts): Route[] {
  return [postRecord(parts)]
}

const postRecord = (parts: DepositRouteParts) =>
  defineRoute({
    method: 'post',
    path: '/records',
    operationId: 'depositRecord',
    summary: 'Deposit a record, alone or with its files; ?dryRun=true only checks',
    access: 'deposit',
    query: Query,
    body: { 'application/json': RecordBody, 'multipart/form-data': 'binary' },
    answers: {
      200: {
        description: 'Deposited before (the first receipt again), or the report of a dry run',
        content: { 'application/json': z.union([DepositAnswer, ReportAnswer]) },
      },
      201: { description: 'Accepted', content: { 'application/json': DepositAnswer } },
    },
    refusals: [
      'invalid-parameter',
      'invalid-json',
      'invalid-record',
      'missing-blobs',
      'not-canonical',
      'invalid-signature',
      'unusable-key',
      'wrong-project',
      'unnamed-blob',
      'digest-mismatch',
      'blob-too-large',
      'body-too-large',
      'malformed-multipart',
      'unsupported-media-type',
      'storage-full',
      'log-stopped',
      'publication-delayed',
    ],
    async handle(call) {
      await using received = await receiveDeposit(call, parts)
      const submission: Submission = {
        record: received.document,
        signatures: received.signatures,
        project: call.depositor.project,
      }
      if (call.query.dryRun === 'true') {
        return reportAnswer(await parts.deposits.check(submission, received.files))
      }
      const result = await parts.deposits.deposit(submission, received.files)
      parts.onAccepted(result)
      return depositAnswer(result, parts.registryUrl)
    },
  })

async function receiveDeposit(
  { request, response, signal }: Call<unknown, unknown>,
  parts: DepositRouteParts,
): Promise<ReceivedForm> {
  const accepted = ['application/json', recordMediaType, 'multipart/form-data']
  if (mediaTypeOf(request, accepted) === 'multipart/form-data') {
    const expected = { name: 'record', maxByteLength: limits.recordBytes } as const
    return receiveForm(request, response, { document: expected, intake: parts.intake, signal })
  }
  const document = await receiveBytes(bodyOf(request), limits.recordBytes)
  return { document, signatures: undefined, files: [], [Symbol.asyncDispose]: async () => {} }
}

function reportAnswer(report: DepositReport): Answer {
  const json = {
    digest: report.digest,
    planDigest: report.planDigest ?? null,
    findings: report.warnings.map(findingJson),
    missing: [...report.missing],
  }
  return { status: 200, body: { json } }
}

function depositAnswer(result: DepositResult, registryUrl: string): Answer {
  const { record, outcome, receipt, proof, warnings } = result
  const url = `${registryUrl}/records/${record.digest}`
  const json = {
    digest: record.digest,
    url,
    logIndex: record.logIndex,
    planDigest: record.planDigest ?? null,
    receipt: JSON.parse(receipt),
    proof,
    findings: warnings.map(findingJson),
  }
  return { status: outcome === 'added' ? 201 : 200, headers: { location: url }, body: { json } }
}

function findingJson(finding: Finding): JsonObject {
  return { ...finding }
}
