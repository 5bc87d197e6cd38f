import { STATUS_CODES } from 'node:http'
import { InvalidDocument } from '../record/finding.ts'
import { Refusal } from '../record/refusal.ts'
import { InvalidJson } from '../record/strict-json.ts'
import { NotCanonical } from '../record/canonical-json.ts'
import { MissingBlobs, Withdrawn } from '../archive/refusals.ts'
import { DigestMismatch } from '../record/digest.ts'
import type { JsonObject } from '../record/strict-json.ts'
import { RefusalWithHeaders } from './refusals.ts'

/** The only table from the code of a refusal to the status of its answer. */
export const statusOfCode = {
  'invalid-json': 400,
  'malformed-digest': 400,
  'invalid-parameter': 400,
  'malformed-multipart': 400,
  'token-required': 401,
  'invalid-token': 401,
  'wrong-project': 403,
  'unknown-record': 404,
  'unknown-blob': 404,
  'unknown-event': 404,
  'unknown-key': 404,
  'unknown-log-file': 404,
  'unknown-script': 404,
  'not-found': 404,
  'method-not-allowed': 405,
  'not-acceptable': 406,
  'revoked-key': 409,
  withdrawn: 410,
  'blob-too-large': 413,
  'body-too-large': 413,
  'unsupported-media-type': 415,
  'range-not-satisfiable': 416,
  'digest-mismatch': 422,
  'invalid-event': 422,
  'invalid-key-proof': 422,
  'invalid-nonce': 422,
  'invalid-record': 422,
  'invalid-signature': 422,
  'missing-blobs': 422,
  'not-canonical': 422,
  'unnamed-blob': 422,
  'unusable-key': 422,
  'log-stopped': 503,
  'not-ready': 503,
  'publication-delayed': 503,
  'storage-full': 507,
} as const satisfies Readonly<Record<string, number>>

export interface Problem {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** RFC 9457 members, and those of ours. */
  readonly document: JsonObject & { code: string; title: string; detail: string }
}

/** The answer to a refusal; `undefined` when the error is a fault of ours. */
export function problemOf(error: unknown): Problem | undefined {
  if (!(error instanceof Refusal)) return undefined
  const status = statusOf(error.code)
  if (status === undefined) return undefined
  return {
    status,
    headers: error instanceof RefusalWithHeaders ? error.headers : {},
    document: {
      type: 'about:blank',
      title: STATUS_CODES[status] ?? 'Refused',
      status,
      code: error.code,
      detail: error.message,
      ...factsOf(error),
    },
  }
}

/** What a fault of ours looks like from outside: no detail. */
export const faultProblem: Problem = {
  status: 500,
  headers: {},
  document: {
    type: 'about:blank',
    title: 'Internal Server Error',
    status: 500,
    code: 'internal-error',
    detail: 'the registry failed; nothing of this request was accepted',
  },
}

function statusOf(code: string): number | undefined {
  const table: Readonly<Record<string, number>> = statusOfCode
  return table[code]
}

function factsOf(error: Refusal): JsonObject {
  if (error instanceof InvalidDocument) {
    return { findings: error.findings.map((finding) => ({ ...finding })) }
  }
  if (error instanceof InvalidJson) {
    return { rule: error.rule, pointer: error.pointer, offset: error.offset }
  }
  if (error instanceof NotCanonical) {
    return { offset: error.offset, canonicalDigest: error.canonicalDigest }
  }
  if (error instanceof MissingBlobs) return { missing: [...error.missing] }
  if (error instanceof Withdrawn) return { ...error.facts }
  if (error instanceof DigestMismatch) return { claimed: error.claimed, actual: error.actual }
  return {}
}
