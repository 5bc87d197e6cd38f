import { z } from 'zod'
import { Environment } from './environment.ts'
import { Expectation } from './expectation.ts'
import {
  BlobReference,
  Bytes,
  Commit,
  Decimal,
  Digest,
  Escape,
  Line,
  MediaType,
  Milliseconds,
  Name,
  PathPattern,
  PositiveCount,
  Prose,
  RelativePath,
  Swhid,
  Url,
} from './fields.ts'

const ParameterValue = z.union([z.string().max(4000), z.int(), z.boolean()])

export const Parameter = z.strictObject({
  name: Line(100).regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a parameter name: letters, digits, _'),
  scope: z.enum(['site', 'science']),
  type: z.enum([
    'string',
    'integer',
    'number',
    'boolean',
    'enum',
    'path',
    'account',
    'module',
    'executable',
  ]),
  required: z.boolean().optional(),
  default: ParameterValue.optional(),
  value: ParameterValue.optional(),
  enum: z.array(ParameterValue).optional(),
  pattern: Line(1000).optional(),
  min: Decimal.optional(),
  max: Decimal.optional(),
  unit: Line(50).optional(),
  description: Prose(4000).optional(),
  /** How a runner may guess it, for example `which:gcc`, `archspec`, `scheduler.account`. */
  probe: Line(200).optional(),
  sensitive: z.boolean().optional(),
})

export const Source = z.strictObject({
  id: Name,
  kind: z.enum(['git', 'archive', 'local']),
  url: Url.optional(),
  commit: Commit.optional(),
  /** What the script said: a branch, a tag, a describe string. */
  requestedRef: Line(400).optional(),
  swhid: Swhid.optional(),
  submodules: z.array(z.strictObject({ path: RelativePath, url: Url, commit: Commit })).optional(),
  dirtyPatch: BlobReference.optional(),
  retained: BlobReference.optional(),
  license: Line(200).optional(),
})

export const Input = z.strictObject({
  path: RelativePath,
  role: z.enum(['deck', 'mesh', 'table', 'script', 'state', 'initial-condition']),
  digest: Digest.optional(),
  size: Bytes.optional(),
  mediaType: MediaType.optional(),
  template: z.boolean().optional(),
  escape: Escape.optional(),
  executable: z.boolean().optional(),
  availability: z.enum(['retained', 'external', 'withheld']),
  external: z
    .strictObject({
      urls: z.array(Url).optional(),
      accession: Line(200).optional(),
      accessNote: Prose(1000).optional(),
    })
    .optional(),
})

const Resources = z.strictObject({
  nodes: PositiveCount.optional(),
  ranks: PositiveCount.optional(),
  ranksPerNode: PositiveCount.optional(),
  coresPerRank: PositiveCount.optional(),
  threadsPerRank: PositiveCount.optional(),
  gpusPerRank: z.int().min(0).optional(),
  memoryPerNode: Bytes.optional(),
  scratch: Bytes.optional(),
  walltime: Milliseconds.optional(),
  exclusive: z.boolean().optional(),
  constraint: Line(400).optional(),
})

const Launch = z.strictObject({
  logical: z.enum(['serial', 'mpi']),
  /** The verbatim line, for example `jsrun -n 6 -a 1 -g 1 -c 7 …`. */
  original: Prose(8000).optional(),
  hints: z.array(Line(200)).optional(),
})

export const StageKind = z.enum(['install', 'run', 'postprocess', 'validate', 'custom'])

export const PlanStage = z.strictObject({
  id: Name,
  kind: StageKind,
  required: z.boolean().optional(),
  where: z.enum(['login', 'batch']).optional(),
  needs: z.array(Name).optional(),
  command: z.array(z.string().max(4000)).min(1).optional(),
  /** Path of the input that is run instead of `command`. */
  script: RelativePath.optional(),
  shell: Line(200).optional(),
  cwd: RelativePath.optional(),
  environment: Name.optional(),
  env: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'a name of an environment variable'),
      z.union([z.string().max(4000), z.strictObject({ parameter: Line(100) })]),
    )
    .optional(),
  network: z.enum(['none', 'fetch']).optional(),
  resources: Resources.optional(),
  launch: Launch.optional(),
  schedulerOriginal: z
    .strictObject({ system: Line(50), directives: z.array(Line(1000)) })
    .optional(),
  reads: z.array(PathPattern).optional(),
  writes: z.array(PathPattern).optional(),
  successCodes: z.array(z.int().min(0).max(255)).optional(),
  timeout: Milliseconds.optional(),
  resumable: z.boolean().optional(),
})

const Claim = z.strictObject({
  id: Name,
  text: Prose(4000),
  /** Figures and tables of the paper. */
  elements: z.array(Line(200)).optional(),
  expectations: z.array(Name).optional(),
})

/** What to do: no site values, no results. Its digest is the `planDigest`. */
export const Plan = z.strictObject({
  parameters: z.array(Parameter).optional(),
  sources: z.array(Source).optional(),
  environments: z.array(Environment).optional(),
  inputs: z.array(Input).optional(),
  stages: z.array(PlanStage).min(1),
  expectations: z.array(Expectation).optional(),
  claims: z.array(Claim).optional(),
})

export type Plan = z.infer<typeof Plan>
export type PlanStage = z.infer<typeof PlanStage>
export type Input = z.infer<typeof Input>
export type Source = z.infer<typeof Source>
export type Parameter = z.infer<typeof Parameter>
