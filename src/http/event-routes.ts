import { z } from 'zod'
import type { EventIntake, EventResult, EventSubmission } from '../archive/append-event.ts'
import type { Retrieval } from '../archive/retrieve.ts'
import { hexOf, parseDigest } from '../record/digest.ts'
import { Digest } from '../record/fields.ts'
import { limits } from '../record/limits.ts'
import { eventMediaType } from '../record/record-digests.ts'
import { RecordEvent } from '../record/record-event.ts'
import type { JsonObject } from '../record/strict-json.ts'
import { heldContent, immutable, rangedAnswer } from './content.ts'
import { mediaTypeOf } from './media-type.ts'
import { receiveForm } from './multipart.ts'
import { bodyOf, receiveBytes } from './received-body.ts'
import { NotFound } from './refusals.ts'
import { defineRoute, type Call, type Route } from './route.ts'

export interface EventRouteParts {
  readonly eventIntake: EventIntake
  readonly retrieval: Retrieval
  readonly onEventAccepted: (result: EventResult) => void
}

const DigestParam = z.object({ digest: z.string().transform(parseDigest) })
const jsonMediaType = 'application/json'

export function eventRoutes(parts: EventRouteParts): Route[] {
  return [
    listEvents(parts),
    postEvent(parts),
    getEvent(parts),
    ...eventDocuments.map((document) => documentRoute(parts, document)),
  ]
}

const AcceptedAnswer = z.object({
  digest: Digest,
  logIndex: z.int(),
  acceptedAt: z.string(),
  receipt: z.object({ payload: z.string(), protected: z.string(), signature: z.string() }),
  proof: z.string(),
})

const postEvent = ({ eventIntake, onEventAccepted }: EventRouteParts) =>
  defineRoute({
    method: 'post',
    path: '/records/:digest/events',
    operationId: 'appendEvent',
    summary: 'State something about a record; the record and its digest stay as they are',
    access: 'deposit',
    params: DigestParam,
    body: {
      [jsonMediaType]: RecordEvent,
      [eventMediaType]: RecordEvent,
      'multipart/form-data': 'binary',
    },
    answers: {
      200: {
        description: 'Stated before: the first place, time and receipt again',
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
      'malformed-multipart',
      'invalid-json',
      'invalid-event',
      'not-canonical',
      'invalid-signature',
      'unusable-key',
      'storage-full',
      'log-stopped',
      'publication-delayed',
    ],
    async handle(call) {
      const { digest: record } = call.params
      const { project } = call.depositor
      const result = await eventIntake.append({ record, project, ...(await receiveEvent(call)) })
      onEventAccepted(result)
      const { digest, logIndex, acceptedAt } = result.event
      const { outcome, receipt, proof } = result
      return {
        status: outcome === 'added' ? 201 : 200,
        headers: { location: `/events/${digest}` },
        body: { json: { digest, logIndex, acceptedAt, receipt: JSON.parse(receipt), proof } },
      }
    },
  })

type ReceivedEvent = Pick<EventSubmission, 'bytes' | 'signatures'>

async function receiveEvent(call: Call<unknown, unknown>): Promise<ReceivedEvent> {
  const { request, response, signal } = call
  const accepted = [jsonMediaType, eventMediaType, 'multipart/form-data']
  if (mediaTypeOf(request, accepted) !== 'multipart/form-data') {
    return { bytes: await receiveBytes(bodyOf(request), limits.eventBytes) }
  }
  const expected = { name: 'event', maxByteLength: limits.eventBytes } as const
  await using form = await receiveForm(request, response, { document: expected, signal })
  return { bytes: form.document, signatures: form.signatures }
}

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
  signedBy: z.array(z.object({ kid: z.string(), alg: z.string() })),
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

function itemOf(accepted: EventResult['event']): JsonObject {
  const { digest, logIndex, text, acceptedAt, signatureKeys } = accepted
  const { type, value, statedAt } = JSON.parse(text)
  const signedBy = signatureKeys.map(({ kid, alg }) => ({ kid, alg }))
  return { digest, logIndex, type, value, statedAt, acceptedAt, signedBy }
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

interface EventDocument {
  /** Last part of the path. */
  readonly name: 'receipt' | 'proof' | 'signatures'
  readonly operationId: string
  readonly mediaType: string
  readonly summary: string
}

const eventDocuments: readonly EventDocument[] = [
  {
    name: 'receipt',
    operationId: 'getEventReceipt',
    mediaType: 'application/jose+json',
    summary: 'The registry’s signed statement that it accepted the event',
  },
  {
    name: 'proof',
    operationId: 'getEventProof',
    mediaType: 'text/plain; charset=utf-8',
    summary: 'Proof that the event is in the log, against the first checkpoint that covers it',
  },
  {
    name: 'signatures',
    operationId: 'getEventSignatures',
    mediaType: 'application/jose+json',
    summary: 'Signatures over the event, JWS without payload',
  },
]

const documentRoute = (
  { retrieval }: EventRouteParts,
  { name, operationId, mediaType, summary }: EventDocument,
) =>
  defineRoute({
    method: 'get',
    path: `/events/:digest/${name}`,
    operationId,
    summary,
    params: DigestParam,
    answers: { 200: { description: summary, content: { [mediaType]: 'binary' } } },
    refusals: ['malformed-digest', 'unknown-event', 'not-found', 'range-not-satisfiable'],
    async handle({ params: { digest }, request }) {
      const bytes = await retrieval.readEventDocument(digest, `event-${name}`, {})
      if (bytes === undefined) throw new NotFound(`/events/${digest}/${name}`)
      const headers = { 'content-type': mediaType, 'cache-control': immutable }
      const etag = `"${hexOf(digest)}-${name}"`
      return rangedAnswer(heldContent(bytes, { etag, headers }), request)
    },
  })
