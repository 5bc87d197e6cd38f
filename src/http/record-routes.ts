import type { Request } from 'express'
import { z } from 'zod'
import { UnknownRecord } from '../archive/refusals.ts'
import type { Retrieval } from '../archive/retrieve.ts'
import { bibtexOf, citationTextOf } from '../record/citation.ts'
import { parseDigest } from '../record/digest.ts'
import { recordMediaType } from '../record/record-digests.ts'
import { preferredType } from './negotiate.ts'
import { recordPagePolicy } from './page-policy.ts'
import { recordFileRoutes, type RecordRouteParts } from './record-file-routes.ts'
import { NotAcceptable } from './refusals.ts'
import { defineRoute, type Answer, type Route } from './route.ts'
import { withdrawnAnswer } from './withdrawn-answer.ts'

const DigestOrPrefix = z.object({ digest: z.string().max(100) })
const prefixForm = /^(?:sha256:)?([0-9a-f]{12,63})$/

export function recordRoutes(parts: RecordRouteParts): Route[] {
  return [showRecord(parts), ...recordFileRoutes(parts)]
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
    refusals: ['malformed-digest', 'unknown-record', 'not-acceptable', 'withdrawn'],
    async handle({ params, request }) {
      const prefix = prefixForm.exec(params.digest)?.[1]
      if (prefix !== undefined) return redirectByPrefix(prefix, parts.retrieval)
      const entry = await parts.retrieval.findRecord(parseDigest(params.digest), {})
      const withdrawn = await withdrawnAnswer(entry, request, parts)
      return withdrawn ?? representation(entry, request, parts)
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
  if (type === 'text/html') {
    const body = await parts.pages.record(entry)
    return { status: 200, headers: { ...utf8, ...recordPagePolicy }, body }
  }
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
