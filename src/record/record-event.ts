import { z } from 'zod'
import { canonicalText } from './canonical-json.ts'
import { Digest, Doi, Line, Prose, Time } from './fields.ts'
import { InvalidEvent, type Finding } from './finding.ts'
import { findingsOfSchemaId, findingsOfShape } from './findings-of-shape.ts'
import { privateValuesIn } from './privacy.ts'
import type { JsonObject } from './strict-json.ts'

/** Constant id of this version of the schema; an event with another one is refused. */
export const eventSchemaId = 'stele-event-1'

/** Where a record stands in its life, by the word of its project. */
export const RecordState = z.enum(['development', 'release', 'research', 'archive'])

const statement = {
  schema: z.literal(eventSchemaId),
  /** What the statement is about. */
  record: Digest,
  /** When it was made, by the word of who made it. */
  statedAt: Time,
}

const StateEvent = z.strictObject({ ...statement, type: z.literal('state'), value: RecordState })

const CitationEvent = z.strictObject({
  ...statement,
  type: z.literal('citation'),
  value: z.strictObject({ doi: Doi, title: Line(300).optional() }),
})

const NoteEvent = z.strictObject({
  ...statement,
  type: z.literal('note'),
  value: Prose(4000).min(1),
})

/** Why a record was withdrawn, as one word; the log keeps it for ever. */
export const WithdrawalReason = z.enum([
  'erroneous',
  'personal-data',
  'rights',
  'security',
  'superseded',
  'other',
])

const WithdrawalEvent = z.strictObject({
  ...statement,
  type: z.literal('withdrawal'),
  value: z.strictObject({ reason: WithdrawalReason, explanation: Prose(4000).min(1) }),
})

/**
 * A statement about a record that was made after it: where it stands (`state`), a
 * publication that cites it (`citation`), something worth knowing (`note`), or that
 * it must not be given out any more (`withdrawal`, which cannot be taken back). It
 * never changes the record or its digest, and is named by the SHA-256 of its own
 * canonical bytes.
 */
export const RecordEvent = z.discriminatedUnion(
  'type',
  [StateEvent, CitationEvent, NoteEvent, WithdrawalEvent],
  'state, citation, note or withdrawal',
)

export type RecordEvent = z.infer<typeof RecordEvent>
export type RecordState = z.infer<typeof RecordState>
export type WithdrawalReason = z.infer<typeof WithdrawalReason>
export type EventType = RecordEvent['type']

/** An event that keeps every rule, and its canonical text. */
export interface CheckedEvent {
  readonly event: RecordEvent
  readonly text: string
}

/**
 * Checks a parsed document against the shape and the rules of an event.
 *
 * @param record - the one record the event may be about.
 * @throws InvalidEvent with all findings of the first layer that has any: private
 *   values, then shape, then the record.
 */
export function checkEvent(document: JsonObject, record: Digest): CheckedEvent {
  refuseOnAny(privateValuesIn(document))
  refuseOnAny(findingsOfSchemaId(document, eventSchemaId))
  const parsed = RecordEvent.safeParse(document)
  if (!parsed.success) throw new InvalidEvent(findingsOfShape(parsed.error, document))
  refuseOnAny(findingsOfRecord(parsed.data, record))
  return { event: parsed.data, text: canonicalText(document) }
}

function refuseOnAny(findings: readonly Finding[]): void {
  if (findings.length > 0) throw new InvalidEvent(findings)
}

function findingsOfRecord({ record: found }: RecordEvent, expected: Digest): Finding[] {
  if (found === expected) return []
  return [{ pointer: '/record', rule: 'another-record', found, expected, severity: 'error' }]
}

/** An event that was checked when it was accepted; it is not checked again. */
export function parseAcceptedEvent(text: string): RecordEvent {
  return JSON.parse(text) as RecordEvent
}
