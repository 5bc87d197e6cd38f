import { z } from 'zod'
import { recordSchemaId, WorkflowRecord } from './workflow-record.ts'

/**
 * The record's shape as JSON Schema (draft 2020-12), made from the zod object
 * that the service checks with, so that the two cannot disagree. Rules that span
 * several places of a record are not expressible there; docs/format.md lists them.
 */
export function recordJsonSchema(): object {
  const schema = z.toJSONSchema(WorkflowRecord, { target: 'draft-2020-12' })
  return { $id: recordSchemaId, title: 'Stele record, version 1', ...schema }
}
