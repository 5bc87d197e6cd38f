import type { Request } from 'express'
import { z } from 'zod'
import type { BundleExport } from '../archive/export-bundle.ts'
import { UnknownRecord } from '../archive/refusals.ts'
import type { Retrieval } from '../archive/retrieve.ts'
import { bibtexOf, citationTextOf } from '../record/citation.ts'
import { hexOf, parseDigest, type Digest } from '../record/digest.ts'
import { recordMediaType } from '../record/record-digests.ts'
import { recordUrlOf } from '../record/identifier.ts'
import { heldContent, immutable, rangedAnswer } from './content.ts'
import { preferredType } from './negotiate.ts'
import type { RecordPages } from './record-pages.ts'
import { NotAcceptable, NotFound } from './refusals.ts'
import { defineRoute, type Answer, type Route } from './route.ts'

export interface RecordRouteParts {
  readonly retrieval: Retrieval
  readonly bundles: BundleExport
  readonly pages: RecordPages
}

const DigestParam = z.object({ digest: z.string().transform(parseDigest) })
const DigestOrPrefix = z.object({ digest: z.string().max(100) })
const prefixForm = /^(?:sha256:)?([0-9a-f]{12,63})$/

export function recordRoutes(parts: RecordRouteParts): Route[] {
  return [
    showRecord(parts),
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

type Entry = Awaited<ReturnType<Retrieval['findRecord']>>

const showRecord = (parts: RecordRouteParts) =>
  defineRoute({
    method: 'get',
    path: '/records/:digest',
    operationId: 'showRecord',
    summary:
      'A record: its page, its exact bytes or a citation, by Accept; a unique prefix redirects',
    params: DigestOrPrefix,
    answers: {
      200: {
        description: 'The record in the form that was asked for',
        content: {
          'text/html': 'text',
          [recordMediaType]: 'binary',
          'application/json': 'binary',
          'application/x-bibtex': 'text',
          'text/x-bibliography': 'text',
        },
      },
      300: { description: 'Several records begin so; Link lists them' },
      307: { description: 'The record whose digest begins so' },
    },
    refusals: ['malformed-digest', 'unknown-record', 'not-acceptable'],
    async handle({ params, request }) {
      const prefix = prefixForm.exec(params.digest)?.[1]
      if (prefix !== undefined) return redirectByPrefix(prefix, parts.retrieval)
      const entry = await parts.retrieval.findRecord(parseDigest(params.digest), {})
      return representation(entry, request, parts)
    },
  })

// Temporary: the prefix may belong to two records tomorrow.
async function redirectByPrefix(prefix: string, retrieval: Retrieval): Promise<Answer> {
  const found = await retrieval.findByPrefix(prefix)
  const [first] = found
  if (first === undefined) throw new UnknownRecord(prefix)
  const noCache = { 'cache-control': 'no-cache' }
  if (found.length === 1) {
    return { status: 307, headers: { ...noCache, location: `/records/${first}` } }
  }
  const link = found.map((digest) => `</records/${digest}>; rel="alternate"`).join(', ')
  const json = { digests: found }
  return { status: 300, headers: { ...noCache, link }, body: { json } }
}

const offered = [
  'text/html',
  recordMediaType,
  'application/json',
  'application/x-bibtex',
  'text/x-bibliography',
]

async function representation(
  entry: Entry,
  request: Request,
  parts: RecordRouteParts,
): Promise<Answer> {
  const type = preferredType(request.get('accept'), offered)
  if (type === undefined) throw new NotAcceptable(request.get('accept') ?? '', offered)
  const headers = { vary: 'accept', 'cache-control': 'no-cache' }
  if (type === recordMediaType || type === 'application/json') {
    const body = await parts.retrieval.readRecord(entry.digest)
    const location = `/records/${entry.digest}/record.json`
    return {
      status: 200,
      headers: { ...headers, 'content-type': type, 'content-location': location },
      body: Buffer.from(body),
    }
  }
  const record = await parts.pages.readRecord(entry.digest)
  const link = parts.pages.links(entry, record).map(linkField).join(', ')
  const utf8 = { ...headers, link, 'content-type': `${type}; charset=utf-8` }
  if (type === 'text/html')
    return { status: 200, headers: utf8, body: await parts.pages.record(entry) }
  const cited = {
    ...parts.pages.registry,
    record,
    digest: entry.digest,
    acceptedAt: entry.acceptedAt,
  }
  const body = type === 'application/x-bibtex' ? bibtexOf(cited) : `${citationTextOf(cited)}\n`
  return { status: 200, headers: utf8, body }
}

function linkField(link: { rel: string; href: string; type?: string | undefined }): string {
  return `<${link.href}>; rel="${link.rel}"${link.type === undefined ? '' : `; type="${link.type}"`}`
}

const documentRoute = (
  { retrieval }: RecordRouteParts,
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
    refusals: ['malformed-digest', 'unknown-record', 'not-found'],
    async handle({ params, request }) {
      const entry = await retrieval.findRecord(params.digest, {})
      const bytes = await documentOf(retrieval, entry.digest, kind)
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

const downloadBundle = ({ retrieval, bundles, pages }: RecordRouteParts) =>
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
    refusals: ['malformed-digest', 'unknown-record', 'invalid-parameter', 'range-not-satisfiable'],
    async handle({ params, query, request }) {
      const entry = await retrieval.findRecord(params.digest, {})
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
