import type { Request } from 'express'
import { z } from 'zod'
import type { Retrieval } from '../archive/retrieve.ts'
import { parseDigest } from '../record/digest.ts'
import { Digest } from '../record/fields.ts'
import { Verdict } from '../record/expectation.ts'
import { limits } from '../record/limits.ts'
import { RecordState } from '../record/record-event.ts'
import { preferredType } from './negotiate.ts'
import type { RecordPages } from './record-pages.ts'
import { NotAcceptable } from './refusals.ts'
import { defineRoute, type Answer, type Route } from './route.ts'

export interface ListRouteParts {
  readonly retrieval: Retrieval
  readonly pages: RecordPages
}

const facet = z.string().min(1).max(limits.queryCharacters).optional()

const ListQuery = z.object({
  q: z.string().max(limits.queryCharacters).optional(),
  kind: z.enum(['run', 'plan', 'collection']).optional(),
  project: facet,
  application: facet,
  machine: facet,
  verdict: Verdict.optional(),
  state: RecordState.optional(),
  withdrawn: z.literal('included').optional(),
  plan: z
    .string()
    .optional()
    .transform((text) => (text === undefined ? undefined : parseDigest(text))),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'a cursor that an earlier page gave as next')
    .optional(),
  limit: z.coerce.number().int().min(1).max(limits.pageItems).default(20),
})

const Item = z.object({
  digest: Digest,
  kind: z.enum(['run', 'plan', 'collection']),
  title: z.string(),
  authors: z.array(z.string()),
  planDigest: Digest.nullable(),
  acceptedAt: z.string(),
  logIndex: z.int(),
  project: z.string(),
  application: z.string().nullable(),
  verdict: Verdict.nullable(),
  state: RecordState.nullable(),
  withdrawnAt: z.string().nullable(),
})

const ListAnswer = z.object({ items: z.array(Item), next: z.string().nullable() })
type ListQuery = z.output<typeof ListQuery>
type Entry = Awaited<ReturnType<Retrieval['findRecord']>>

const answers = {
  200: {
    description: 'One page of records, newest first; next is the cursor of the following page',
    content: { 'text/html': 'text', 'application/json': ListAnswer },
  },
} as const

export function listRoutes(parts: ListRouteParts): Route[] {
  return [listRecords(parts), listPlan(parts), showStart(parts)]
}

const listRecords = (parts: ListRouteParts) =>
  defineRoute({
    method: 'get',
    path: '/records',
    operationId: 'listRecords',
    summary: 'Search and list records: free text and facets',
    query: ListQuery,
    answers,
    refusals: ['invalid-parameter', 'malformed-digest', 'not-acceptable'],
    handle: ({ query, request }) => listAnswer(query, request, parts),
  })

const listPlan = (parts: ListRouteParts) =>
  defineRoute({
    method: 'get',
    path: '/plans/:planDigest',
    operationId: 'listRunsOfPlan',
    summary: 'All runs and replays of one plan',
    params: z.object({ planDigest: z.string().transform(parseDigest) }),
    query: ListQuery.pick({ withdrawn: true, cursor: true, limit: true }),
    answers,
    refusals: ['invalid-parameter', 'malformed-digest', 'not-acceptable'],
    handle: ({ params, query, request }) =>
      listAnswer({ ...query, plan: params.planDigest }, request, parts),
  })

const showStart = ({ pages }: ListRouteParts) =>
  defineRoute({
    method: 'get',
    path: '/',
    operationId: 'showStart',
    summary: 'What this registry is and what is new',
    answers: { 200: { description: 'The page', content: { 'text/html': 'text' } } },
    async handle() {
      const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' }
      return { status: 200, headers, body: await pages.start() }
    },
  })

async function listAnswer(
  query: ListQuery,
  request: Request,
  { retrieval, pages }: ListRouteParts,
): Promise<Answer> {
  const { q, plan, cursor, limit, ...facets } = query
  const before = cursor === undefined ? undefined : Number(cursor)
  const text = q?.trim() === '' ? undefined : q
  const found = await retrieval.listRecords(
    { ...facets, text, planDigest: plan, before, limit: limit + 1 },
    {},
  )
  const items = found.slice(0, limit)
  const next = found.length > limit ? String(items.at(-1)?.logIndex) : null
  const type = preferredType(request.get('accept'), ['application/json', 'text/html'])
  if (type === undefined) throw new NotAcceptable(request.get('accept') ?? '', ['application/json'])
  const headers = { vary: 'accept', 'cache-control': 'no-cache' }
  const digests = items.map(({ digest }) => digest)
  const withdrawnAt = await retrieval.withdrawalTimesOf(digests)
  if (type === 'application/json') {
    const states = await retrieval.statesOf(digests)
    const json = { items: items.map((item) => itemOf(item, { states, withdrawnAt })), next }
    return { status: 200, headers, body: { json } }
  }
  const filters = [
    { name: 'kind' as const, active: facets.kind },
    { name: 'project' as const, active: facets.project },
    { name: 'application' as const, active: facets.application },
    { name: 'machine' as const, active: facets.machine },
    { name: 'verdict' as const, active: facets.verdict },
    { name: 'state' as const, active: facets.state },
    { name: 'plan' as const, active: plan },
    { name: 'withdrawn' as const, active: facets.withdrawn },
  ]
  const html = { ...headers, 'content-type': 'text/html; charset=utf-8' }
  return {
    status: 200,
    headers: html,
    body: pages.list({ query: q ?? '', items, withdrawnAt, filters, cursor, next }),
  }
}

function itemOf(
  entry: Entry,
  { states, withdrawnAt }: Record<'states' | 'withdrawnAt', ReadonlyMap<Digest, string>>,
) {
  return {
    digest: entry.digest,
    kind: entry.kind,
    title: entry.title,
    authors: [...entry.authors],
    planDigest: entry.planDigest ?? null,
    acceptedAt: entry.acceptedAt,
    logIndex: entry.logIndex,
    project: entry.project,
    application: entry.application ?? null,
    verdict: entry.verdict ?? null,
    state: states.get(entry.digest) ?? null,
    withdrawnAt: withdrawnAt.get(entry.digest) ?? null,
  }
}
