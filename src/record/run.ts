import { z } from 'zod'
import { Verdict } from './expectation.ts'
import {
  BlobReference,
  Bytes,
  Count,
  Decimal,
  Digest,
  Line,
  Measured,
  MediaType,
  Milliseconds,
  Name,
  PositiveCount,
  Prose,
  RelativePath,
  Time,
} from './fields.ts'
import { Machine } from './machine.ts'

const Binding = z.strictObject({
  parameter: Line(100),
  value: z.union([z.string().max(4000), z.int(), z.boolean()]).optional(),
  /** The value was sensitive and is not here. */
  redacted: z.boolean().optional(),
})

const Logs = z.strictObject({
  stdout: BlobReference.optional(),
  stderr: BlobReference.optional(),
  truncatedAt: Bytes.optional(),
})

const Energy = z.strictObject({ joules: Count, source: Line(200), scope: Line(200) })

/** One attempt at one stage. */
export const RunStage = z.strictObject({
  id: Name,
  attempt: PositiveCount.optional(),
  status: z.enum(['succeeded', 'failed', 'timeout', 'cancelled', 'skipped', 'not-run']),
  startedAt: Time.optional(),
  endedAt: Time.optional(),
  queueWait: Milliseconds.optional(),
  wall: Milliseconds.optional(),
  cpuUser: Milliseconds.optional(),
  cpuSystem: Milliseconds.optional(),
  maxRss: Bytes.optional(),
  exitCode: z.int().min(0).max(255).optional(),
  signal: z.int().min(1).max(64).optional(),
  jobId: Line(100).optional(),
  nodes: PositiveCount.optional(),
  ranks: PositiveCount.optional(),
  /** The line that was really executed. */
  launched: Prose(16_000).optional(),
  /** The script after values were inserted. */
  rendered: BlobReference.optional(),
  logs: Logs.optional(),
  energy: Energy.optional(),
})

export const Output = z.strictObject({
  path: RelativePath,
  digest: Digest,
  size: Bytes,
  mediaType: MediaType.optional(),
  expectation: Name.optional(),
  /** Whether the registry holds the bytes. */
  retained: z.boolean(),
})

const Metric = z.strictObject({
  name: Line(200),
  value: Decimal,
  unit: Line(50).optional(),
  stage: Name.optional(),
  higherIsBetter: z.boolean().optional(),
})

/** One figure of a comparison: what was measured, and the limit it was held against. */
const Measurement = z.strictObject({
  name: Line(200),
  value: Measured,
  threshold: Measured.optional(),
})

const ComparisonResult = z.strictObject({
  expectation: Name,
  /** Path of the output, where the expectation names several. */
  path: RelativePath.optional(),
  rule: Line(50),
  level: Verdict,
  measured: z.array(Measurement).optional(),
  note: Prose(2000).optional(),
})

/** How the outputs of a replay stand to the expectations of the plan. */
export const Comparison = z.strictObject({
  against: Digest.optional(),
  verdict: Verdict,
  results: z.array(ComparisonResult),
})

export const GapCode = z.enum([
  'moving-reference',
  'missing-input',
  'external-only',
  'not-retained-binary',
  'no-lockfile',
  'module-environment',
  'unbound-marker',
  'no-expectation',
  'vacuous-expectation',
  'log-truncated',
  'redacted',
  'unknown-exit',
])

/** Something a record honestly says it lacks. */
export const Gap = z.strictObject({
  code: GapCode,
  path: Line(1024).optional(),
  note: Prose(2000).optional(),
})

const Capture = z.strictObject({
  program: Line(100),
  version: Line(100),
  digest: Digest.optional(),
  gaps: z.array(Gap).optional(),
  redactions: z
    .array(z.strictObject({ where: Line(400), rule: Line(100), count: PositiveCount }))
    .optional(),
})

/** What happened once, somewhere. */
export const Run = z.strictObject({
  bindings: z.array(Binding).optional(),
  stages: z.array(RunStage).min(1),
  machine: Machine.optional(),
  outputs: z.array(Output).optional(),
  metrics: z.array(Metric).optional(),
  comparison: Comparison.optional(),
  capture: Capture.optional(),
})

export type Run = z.infer<typeof Run>
export type RunStage = z.infer<typeof RunStage>
export type Output = z.infer<typeof Output>
export type Comparison = z.infer<typeof Comparison>
export type Gap = z.infer<typeof Gap>
export type GapCode = z.infer<typeof GapCode>
