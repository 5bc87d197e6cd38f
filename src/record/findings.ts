import { blobsNamedBy } from './blobs-named.ts'
import { findingsOfPlan } from './findings-of-plan.ts'
import { findingsOfRun } from './findings-of-run.ts'
import { findingsOfSchemaId, findingsOfShape } from './findings-of-shape.ts'
import { InvalidRecord, type Finding } from './finding.ts'
import { limits } from './limits.ts'
import { privateValuesIn } from './privacy.ts'
import type { JsonObject } from './strict-json.ts'
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
  refuseOnError(findingsOfSchemaId(document, recordSchemaId))
  const parsed = WorkflowRecord.safeParse(document)
  if (!parsed.success) throw new InvalidRecord(findingsOfShape(parsed.error, document))
  const findings = findingsOfAgreement(parsed.data)
  refuseOnError(findings)
  return { record: parsed.data, warnings: findings }
}

function refuseOnError(findings: readonly Finding[]): void {
  if (findings.some((finding) => finding.severity === 'error')) throw new InvalidRecord(findings)
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
