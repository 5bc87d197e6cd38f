import type { z } from 'zod'
import { blobsNamedBy } from './blobs-named.ts'
import { findingsOfPlan } from './findings-of-plan.ts'
import { findingsOfRun } from './findings-of-run.ts'
import { InvalidRecord, pointerOf, type Finding, type PathStep } from './finding.ts'
import { limits } from './limits.ts'
import { privateValuesIn } from './privacy.ts'
import { quoted } from './refusal.ts'
import type { JsonObject, JsonValue } from './strict-json.ts'
import { recordSchemaId, WorkflowRecord } from './workflow-record.ts'

/** A record that keeps every rule, and what the registry noticed on the way. */
export interface CheckedRecord {
  readonly record: WorkflowRecord
  readonly warnings: readonly Finding[]
}

/**
 * Checks a parsed document against the shape and the rules of a record.
 *
 * @throws InvalidRecord with all findings of the first layer that has any:
 *   private values, then shape, then agreement between the parts.
 */
export function checkRecord(document: JsonObject): CheckedRecord {
  refuseOnError(privateValuesIn(document))
  refuseOnError(schemaVersionFindings(document))
  const parsed = WorkflowRecord.safeParse(document)
  if (!parsed.success) throw new InvalidRecord(findingsOfShape(parsed.error, document))
  const findings = findingsOfAgreement(parsed.data)
  refuseOnError(findings)
  return { record: parsed.data, warnings: findings }
}

function refuseOnError(findings: readonly Finding[]): void {
  if (findings.some((finding) => finding.severity === 'error')) throw new InvalidRecord(findings)
}

function schemaVersionFindings(document: JsonObject): Finding[] {
  const found = document['schema']
  if (found === recordSchemaId) return []
  return [
    {
      pointer: '/schema',
      rule: 'unknown-schema',
      found: describe(found),
      expected: JSON.stringify(recordSchemaId),
      severity: 'error',
    },
  ]
}

function findingsOfAgreement(record: WorkflowRecord): Finding[] {
  const blobs = new Set(blobsNamedBy(record).map((blob) => blob.digest))
  const tooMany: Finding[] =
    blobs.size <= limits.blobsPerRecord
      ? []
      : [
          {
            pointer: '',
            rule: 'too-many-blobs',
            found: `${blobs.size} blobs`,
            expected: `at most ${limits.blobsPerRecord}`,
            severity: 'error',
          },
        ]
  if (record.kind === 'collection') return tooMany
  const run = record.kind === 'run' ? findingsOfRun(record.run, record.plan) : []
  return [...tooMany, ...findingsOfPlan(record.plan), ...run]
}

function findingsOfShape(error: z.ZodError, document: JsonObject): Finding[] {
  return error.issues.flatMap((issue) => findingsOfIssue(issue, document)).slice(0, 100)
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
      expected: issue.message,
      severity: 'error',
    },
  ]
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
