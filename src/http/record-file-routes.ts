import { z } from 'zod'
import type { BundleExport } from '../archive/export-bundle.ts'
import type { Retrieval } from '../archive/retrieve.ts'
import { hexOf, parseDigest, type Digest } from '../record/digest.ts'
import { recordUrlOf } from '../record/identifier.ts'
import { recordMediaType } from '../record/record-digests.ts'
import { heldContent, immutable, rangedAnswer } from './content.ts'
import type { RecordPages } from './record-pages.ts'
import { NotFound } from './refusals.ts'
import { defineRoute, type Route } from './route.ts'
import { withdrawnAnswer } from './withdrawn-answer.ts'

export interface RecordRouteParts {
  readonly retrieval: Retrieval
  readonly bundles: BundleExport
  readonly pages: RecordPages
}

const DigestParam = z.object({ digest: z.string().transform(parseDigest) })

/** The files of one record: its bytes, what was signed about it, and its bundles. */
export function recordFileRoutes(parts: RecordRouteParts): Route[] {
  return [
    documentRoute(parts, 'record.json', 'json', recordMediaType, 'The exact bytes of a record'),
    documentRoute(
      parts,
      'receipt',
      'receipt',
      'application/jose+json',
      'The registry’s signed statement that it accepted the record',
    ),
    documentRoute(
      parts,
      'proof',
      'proof',
      'text/plain; charset=utf-8',
      'Proof that the record is in the log, against the first checkpoint that covers it',
    ),
    documentRoute(
      parts,
      'signatures',
      'signatures',
      'application/jose+json',
      'Signatures of the depositor, JWS without payload',
    ),
    downloadBundle(parts),
  ]
}

const documentRoute = (
  parts: RecordRouteParts,
  name: string,
  kind: 'json' | 'receipt' | 'proof' | 'signatures',
  mediaType: string,
  summary: string,
) =>
  defineRoute({
    method: 'get',
    path: `/records/:digest/${name}`,
    operationId: `get${name.slice(0, 1).toUpperCase()}${name.slice(1).replace('.json', '')}`,
    summary,
    params: DigestParam,
    answers: { 200: { description: summary, content: { [mediaType]: 'binary' } } },
    refusals: [
      'malformed-digest',
      'unknown-record',
      ...(kind === 'json' ? ['withdrawn'] : ['not-found']),
      'range-not-satisfiable',
    ],
    async handle({ params, request }) {
      const entry = await parts.retrieval.findRecord(params.digest, {})
      // What was signed and logged about a record stays when the record goes.
      const withdrawn = kind === 'json' ? await withdrawnAnswer(entry, request, parts) : undefined
      if (withdrawn !== undefined) return withdrawn
      const bytes = await documentOf(parts.retrieval, entry.digest, kind)
      const tag = kind === 'json' ? `"${hexOf(entry.digest)}"` : `"${hexOf(entry.digest)}-${kind}"`
      const headers = { 'content-type': mediaType, 'cache-control': immutable }
      return rangedAnswer(heldContent(bytes, { etag: tag, headers }), request)
    },
  })

async function documentOf(
  retrieval: Retrieval,
  digest: Digest,
  kind: 'json' | 'receipt' | 'proof' | 'signatures',
): Promise<Uint8Array> {
  if (kind === 'json') return retrieval.readRecord(digest)
  const bytes = await retrieval.readDocument(digest, kind)
  if (bytes === undefined) throw new NotFound(`/records/${digest}/${kind}`)
  return bytes
}

const downloadBundle = (parts: RecordRouteParts) =>
  defineRoute({
    method: 'get',
    path: '/records/:digest/bundle.tar',
    operationId: 'downloadBundle',
    summary: 'Everything to check and replay a record, as one tar; always the same bytes',
    params: DigestParam,
    query: z.object({ profile: z.enum(['thin', 'standard', 'full']).default('standard') }),
    answers: {
      200: { description: 'The whole bundle', content: { 'application/x-tar': 'binary' } },
      206: { description: 'A range of it', content: { 'application/x-tar': 'binary' } },
      304: { description: 'The client has it' },
    },
    refusals: [
      'malformed-digest',
      'unknown-record',
      'invalid-parameter',
      'range-not-satisfiable',
      'withdrawn',
      'publication-delayed',
    ],
    async handle({ params, query, request }) {
      const { retrieval, bundles, pages } = parts
      const entry = await retrieval.findRecord(params.digest, {})
      const withdrawn = await withdrawnAnswer(entry, request, parts)
      if (withdrawn !== undefined) return withdrawn
      const bundle = await bundles.plan(entry, query.profile)
      const url = recordUrlOf(pages.registry.registryUrl, entry.digest)
      return rangedAnswer(
        {
          byteLength: bundle.byteLength,
          etag: bundle.etag,
          headers: {
            'content-type': 'application/x-tar',
            'content-disposition': `attachment; filename="${bundle.fileName}"`,
            'cache-control': immutable,
            link: `<${url}>; rel="collection"; type="text/html"`,
          },
          open: async (range) => bundle.open(range),
        },
        request,
      )
    },
  })
