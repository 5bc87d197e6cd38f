import { z } from 'zod'
import { Commit, Digest, Doi, Line, Orcid, Prose, Ror, Swhid, Time, Url } from './fields.ts'
import { Plan } from './plan.ts'
import { Gap, Run } from './run.ts'

/** Constant id of this version of the schema; a record with another one is refused. */
export const recordSchemaId = 'stele-record-1'

const CreditRole = z.enum([
  'conceptualization',
  'data-curation',
  'formal-analysis',
  'funding-acquisition',
  'investigation',
  'methodology',
  'project-administration',
  'resources',
  'software',
  'supervision',
  'validation',
  'visualization',
  'writing-original-draft',
  'writing-review-editing',
])

/** No e-mail address: a record is permanent. */
export const Author = z.strictObject({
  name: Line(200),
  orcid: Orcid.optional(),
  affiliation: z.strictObject({ name: Line(300), ror: Ror.optional() }).optional(),
  roles: z.array(CreditRole).optional(),
})

const Publication = z.strictObject({
  doi: Doi,
  relation: z.enum([
    'IsDescribedBy',
    'IsSupplementTo',
    'IsCitedBy',
    'IsReferencedBy',
    'IsDocumentedBy',
    'IsPublishedIn',
  ]),
})

const RelationTarget = z.union([
  Digest,
  Swhid,
  Doi,
  z.strictObject({ url: Url, commit: Commit.optional() }),
])

export const Relation = z.strictObject({
  type: z.enum(['replayOf', 'derivedFrom', 'supersedes', 'partOf', 'importedFrom']),
  target: RelationTarget,
})

const description = {
  schema: z.literal(recordSchemaId),
  title: Line(200),
  summary: Prose(4000).optional(),
  project: z.strictObject({ name: Line(200), url: Url.optional() }),
  application: z.strictObject({ name: Line(200), version: Line(200).optional() }).optional(),
  keywords: z.array(Line(100)).max(32).optional(),
  /** SPDX expression, of the record's own files. */
  license: Line(200).optional(),
  authors: z.array(Author).min(1).max(1000),
  publications: z.array(Publication).optional(),
  relations: z.array(Relation).max(1000).optional(),
  /** When the depositor says the record was made; the registry's own time is in the receipt. */
  createdAt: Time,
}

const RunRecord = z.strictObject({
  ...description,
  kind: z.literal('run'),
  plan: Plan,
  run: Run,
})

const PlanRecord = z.strictObject({
  ...description,
  kind: z.literal('plan'),
  plan: Plan,
  gaps: z.array(Gap).optional(),
})

const CollectionRecord = z.strictObject({
  ...description,
  kind: z.literal('collection'),
  members: z.array(Digest).min(1).max(100_000),
})

/**
 * One archived workflow run (`run`), one workflow that was not run (`plan`), or
 * a set of records (`collection`). Shape only: what must agree between two
 * places of a record is in `findings.ts`.
 */
export const WorkflowRecord = z.discriminatedUnion('kind', [
  RunRecord,
  PlanRecord,
  CollectionRecord,
])

export type WorkflowRecord = z.infer<typeof WorkflowRecord>
export type RunRecord = z.infer<typeof RunRecord>
export type PlanRecord = z.infer<typeof PlanRecord>
export type CollectionRecord = z.infer<typeof CollectionRecord>
export type RecordKind = WorkflowRecord['kind']
export type Relation = z.infer<typeof Relation>
export type Author = z.infer<typeof Author>

/**
 * A record that was checked when it was accepted and whose bytes still have their
 * digest: it is not checked again, which would take longer than all the rest of
 * serving it.
 */
export function parseAcceptedRecord(bytes: Uint8Array): WorkflowRecord {
  return JSON.parse(new TextDecoder().decode(bytes)) as WorkflowRecord
}
