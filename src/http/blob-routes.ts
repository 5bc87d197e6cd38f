import { z } from 'zod'
import type { Retrieval } from '../archive/retrieve.ts'
import type { BlobIntake } from '../archive/take-blobs.ts'
import { hexOf, parseDigest } from '../record/digest.ts'
import { Digest } from '../record/fields.ts'
import { limits } from '../record/limits.ts'
import { parseStrictJson } from '../record/strict-json.ts'
import { immutable, rangedAnswer } from './content.ts'
import { InvalidParameter } from './refusals.ts'
import { bodyOf, receiveBytes } from './received-body.ts'
import { defineRoute, type Route } from './route.ts'

const DigestParam = z.object({ digest: z.string().transform(parseDigest) })
const StoredBlob = z.object({ digest: Digest, byteLength: z.int() })
const MissingQuery = z.object({ digests: z.array(Digest).max(limits.missingQueryDigests) })
const MissingAnswer = z.object({ missing: z.array(Digest) })

export function blobRoutes(parts: { intake: BlobIntake; retrieval: Retrieval }): Route[] {
  return [putBlob(parts.intake), getBlob(parts.retrieval), askForMissing(parts.retrieval)]
}

const putBlob = (intake: BlobIntake) =>
  defineRoute({
    method: 'put',
    path: '/blobs/:digest',
    operationId: 'putBlob',
    summary: 'Store bytes under their digest; streamed, verified, idempotent',
    access: 'deposit',
    params: DigestParam,
    body: { 'application/octet-stream': 'binary' },
    answers: {
      200: {
        description: 'The blob was there already',
        content: { 'application/json': StoredBlob },
      },
      201: { description: 'The blob is stored', content: { 'application/json': StoredBlob } },
    },
    refusals: ['malformed-digest', 'digest-mismatch', 'blob-too-large', 'storage-full'],
    async handle({ params, request, signal }) {
      const { outcome, digest, byteLength } = await intake.receive(
        bodyOf(request),
        params.digest,
        signal,
      )
      const status = outcome === 'added' ? 201 : 200
      return {
        status,
        headers: { location: `/blobs/${digest}` },
        body: { json: { digest, byteLength } },
      }
    },
  })

const getBlob = (retrieval: Retrieval) =>
  defineRoute({
    method: 'get',
    path: '/blobs/:digest',
    operationId: 'getBlob',
    summary: 'The bytes of a blob, whole or a range',
    params: DigestParam,
    answers: {
      200: { description: 'The whole blob', content: { 'application/octet-stream': 'binary' } },
      206: { description: 'A range of it', content: { 'application/octet-stream': 'binary' } },
      304: { description: 'The client has it' },
    },
    refusals: ['malformed-digest', 'unknown-blob', 'withdrawn', 'range-not-satisfiable'],
    async handle({ params, request }) {
      const { digest, byteLength } = await retrieval.findBlob(params.digest, {})
      const hex = hexOf(digest)
      const content = {
        byteLength,
        etag: `"${hex}"`,
        headers: {
          // Bytes of strangers must never be run as a page of this site.
          'content-type': 'application/octet-stream',
          'cache-control': immutable,
          'repr-digest': `sha-256=:${Buffer.from(hex, 'hex').toString('base64')}:`,
        },
        open: (range: { start: number; endExclusive: number }) => retrieval.openBlob(digest, range),
      }
      return rangedAnswer(content, request)
    },
  })

const askForMissing = (retrieval: Retrieval) =>
  defineRoute({
    method: 'post',
    path: '/blobs/missing',
    operationId: 'listMissingBlobs',
    summary: 'Which of these blobs are not here yet; ask before sending anything',
    body: { 'application/json': MissingQuery },
    answers: {
      200: {
        description: 'Those that are missing',
        content: { 'application/json': MissingAnswer },
      },
    },
    refusals: ['invalid-json', 'invalid-parameter', 'body-too-large'],
    async handle({ request }) {
      const bytes = await receiveBytes(bodyOf(request), limits.missingQueryBytes)
      const query = MissingQuery.safeParse(parseStrictJson(bytes))
      if (!query.success) {
        const [issue] = query.error.issues
        throw new InvalidParameter(issue?.path.join('.') ?? '', issue?.message ?? 'digests')
      }
      const missing = await retrieval.missingBlobs([...new Set(query.data.digests)])
      return { status: 200, body: { json: { missing } } }
    },
  })
