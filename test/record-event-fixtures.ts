import type { JsonObject } from '../src/record/strict-json.ts'

/** One event of each type about a record, as fresh JSON objects; `changes` replaces or adds members. */
export function stateEvent(record: string, changes: JsonObject = {}): JsonObject {
  return { ...statement(record), type: 'state', value: 'research', ...changes }
}

export function citationEvent(record: string, changes: JsonObject = {}): JsonObject {
  const value = { doi: '10.1234/example.5678', title: 'Heat on rods' }
  return { ...statement(record), type: 'citation', value, ...changes }
}

export function noteEvent(record: string, changes: JsonObject = {}): JsonObject {
  const value = 'The machine was switched off.'
  return { ...statement(record), type: 'note', value, ...changes }
}

export function withdrawalEvent(record: string, changes: JsonObject = {}): JsonObject {
  const value = { reason: 'erroneous', explanation: 'The mesh was that of another case.' }
  return { ...statement(record), type: 'withdrawal', value, ...changes }
}

function statement(record: string): JsonObject {
  return { schema: 'stele-event-1', record, statedAt: '2026-11-21T09:00:00Z' }
}
