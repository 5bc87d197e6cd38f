import type { z } from 'zod'
import { pointerOf, type Finding, type PathStep } from './finding.ts'
import { quoted } from './refusal.ts'
import type { JsonObject, JsonValue } from './strict-json.ts'

/** A document of another schema is not worth looking at any further. */
export function findingsOfSchemaId(document: JsonObject, expected: string): Finding[] {
  const found = document['schema']
  if (found === expected) return []
  return [
    {
      pointer: '/schema',
      rule: 'unknown-schema',
      found: describe(found),
      expected: JSON.stringify(expected),
      severity: 'error',
    },
  ]
}

/** What zod found, as findings. */
export function findingsOfShape(error: z.ZodError, document: JsonObject): Finding[] {
  return error.issues.flatMap((issue) => findingsOfIssue(issue, document))
}

function findingsOfIssue(issue: z.core.$ZodIssue, document: JsonObject): Finding[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol')
  const value = valueAt(document, path)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointerOf([...path, key]),
      rule: 'unknown-field',
      found: quoted(key),
      expected: 'a field of the schema',
      severity: 'error',
    }))
  }
  return [
    {
      pointer: pointerOf(path),
      rule: value === undefined ? 'required-field' : ruleOf(issue),
      found: describe(value),
      expected: expectedBy(issue),
      severity: 'error',
    },
  ]
}

/** What would have been right, in the words of a finding rather than of zod. */
function expectedBy(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`
    case 'too_small':
      return `at least ${quantity(issue.minimum, issue.origin)}`
    case 'too_big':
      return `at most ${quantity(issue.maximum, issue.origin)}`
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`
    case 'invalid_union':
      return issue.message.startsWith('Invalid discriminator value. Expected ')
        ? `one of ${issue.message.split('Expected ')[1]?.replaceAll(' | ', ', ')}`
        : 'one of the forms that the schema has for it'
    case 'invalid_key':
      return 'a member name of the form that the schema has for it'
    default:
      return issue.message
  }
}

const unitOfOrigin: Readonly<Record<string, string>> = { string: ' characters', array: ' items' }

function quantity(limit: number | bigint, origin: string): string {
  return `${limit}${unitOfOrigin[origin] ?? ''}`
}

function ruleOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return 'wrong-type'
    case 'too_big':
    case 'too_small':
      return 'out-of-range'
    case 'invalid_union':
    case 'invalid_value':
      return 'not-one-of'
    default:
      return 'wrong-form'
  }
}

function valueAt(document: JsonValue, path: readonly PathStep[]): JsonValue | undefined {
  let value: JsonValue | undefined = document
  for (const step of path) {
    if (value === null || typeof value !== 'object') return undefined
    value = Array.isArray(value) ? value[Number(step)] : value[String(step)]
  }
  return value
}

function describe(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (value !== null && typeof value === 'object') return 'an object'
  return String(value)
}
