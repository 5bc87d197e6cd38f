import { z } from 'zod'
import type { EventIntake, EventResult } from '../archive/append-event.ts'
import type { Retrieval } from '../archive/retrieve.ts'
import { Digest, hexOf, parseDigest } from '../record/digest.ts'
import { limits } from '../record/limits.ts'
import { RecordEvent } from '../record/record-event.ts'
import type { JsonObject } from '../record/strict-json.ts'
import { heldContent, immutable, rangedAnswer } from './content.ts'
import { mediaTypeOf } from './media-type.ts'
import { bodyOf, receiveBytes } from './received-body.ts'
import { defineRoute, type Route } from './route.ts'

export interface EventRouteParts {
  readonly eventIntake: EventIntake
  readonly retrieval: Retrieval
  readonly onEventAccepted: (result: EventResult) => void
}

const DigestParam = z.object({ digest: z.string().transform(parseDigest) })
const jsonMediaType = 'application/json'

export function eventRoutes(parts: EventRouteParts): Route[] {
  return [listEvents(parts), postEvent(parts), getEvent(parts)]
}

const AcceptedAnswer = z.object({ digest: Digest, logIndex: z.int(), acceptedAt: z.string() })

const postEvent = ({ eventIntake, onEventAccepted }: EventRouteParts) =>
  defineRoute({
    method: 'post',
    path: '/records/:digest/events',
    operationId: 'appendEvent',
    summary: 'State something about a record; the record and its digest stay as they are',
    access: 'deposit',
    params: DigestParam,
    body: { [jsonMediaType]: RecordEvent },
    answers: {
      200: {
        description: 'Stated before: the first place and time again',
        content: { [jsonMediaType]: AcceptedAnswer },
      },
      201: { description: 'Accepted', content: { [jsonMediaType]: AcceptedAnswer } },
    },
    refusals: [
      'malformed-digest',
      'unknown-record',
      'wrong-project',
      'unsupported-media-type',
      'body-too-large',
      'invalid-json',
      'invalid-event',
      'storage-full',
      'log-stopped',
      'publication-delayed',
    ],
    async handle({ params, depositor: { project }, request }) {
      mediaTypeOf(request, [jsonMediaType])
      const bytes = await receiveBytes(bodyOf(request), limits.eventBytes)
      const result = await eventIntake.append({ record: params.digest, project, bytes })
      onEventAccepted(result)
      const { digest, logIndex, acceptedAt } = result.event
      return {
        status: result.outcome === 'added' ? 201 : 200,
        headers: { location: `/events/${digest}` },
        body: { json: { digest, logIndex, acceptedAt } },
      }
    },
  })

const ListQuery = z.object({
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'a cursor that an earlier page gave as next')
    .optional(),
  limit: z.coerce.number().int().min(1).max(limits.pageItems).default(20),
})

const Item = z.object({
  digest: Digest,
  logIndex: z.int(),
  type: z.enum(RecordEvent.options.map(({ shape }) => shape.type.value)),
  value: z.union(RecordEvent.options.map(({ shape }) => shape.value)),
  statedAt: z.string(),
  acceptedAt: z.string(),
})

const ListAnswer = z.object({ items: z.array(Item), next: z.string().nullable() })

const listEvents = ({ retrieval }: EventRouteParts) =>
  defineRoute({
    method: 'get',
    path: '/records/:digest/events',
    operationId: 'listEvents',
    summary: 'What was stated about a record since it was made, oldest first',
    params: DigestParam,
    query: ListQuery,
    answers: {
      200: {
        description: 'One page of events; next is the cursor of the following page',
        content: { [jsonMediaType]: ListAnswer },
      },
    },
    refusals: ['malformed-digest', 'unknown-record', 'invalid-parameter'],
    async handle({ params, query: { cursor, limit } }) {
      const after = cursor === undefined ? undefined : Number(cursor)
      const found = await retrieval.listEvents(
        { record: params.digest, order: 'oldest-first', after, limit: limit + 1 },
        {},
      )
      const items = found.slice(0, limit)
      const next = found.length > limit ? String(items.at(-1)?.logIndex) : null
      const headers = { 'cache-control': 'no-cache' }
      return { status: 200, headers, body: { json: { items: items.map(itemOf), next } } }
    },
  })

function itemOf({ digest, logIndex, text, acceptedAt }: EventResult['event']): JsonObject {
  const { type, value, statedAt } = JSON.parse(text)
  return { digest, logIndex, type, value, statedAt, acceptedAt }
}

const getEvent = ({ retrieval }: EventRouteParts) =>
  defineRoute({
    method: 'get',
    path: '/events/:digest',
    operationId: 'getEvent',
    summary: 'The exact bytes of an event',
    params: DigestParam,
    answers: { 200: { description: 'The event', content: { [jsonMediaType]: 'binary' } } },
    refusals: ['malformed-digest', 'unknown-event', 'range-not-satisfiable'],
    async handle({ params: { digest }, request }) {
      const bytes = await retrieval.readEvent(digest, {})
      const headers = { 'content-type': jsonMediaType, 'cache-control': immutable }
      return rangedAnswer(heldContent(bytes, { etag: `"${hexOf(digest)}"`, headers }), request)
    },
  })
