import { z } from 'zod'
import {
  BlobReference,
  Bytes,
  Count,
  Decimal,
  Digest,
  Line,
  Name,
  PathPattern,
  Prose,
} from './fields.ts'

const tolerance = { abs: Decimal.optional(), rel: Decimal.optional() }

const Exact = z.strictObject({ type: z.literal('exact') })

const Text = z.strictObject({
  type: z.literal('text'),
  /** Regular expressions removed from both sides, line by line. */
  ignore: z.array(Line(1000)).optional(),
  /** `same` compares line ends too; `any` (the default) does not. */
  eol: z.enum(['any', 'same']).optional(),
  /** Strip white space at the ends of lines and of the text. */
  trim: z.boolean().optional(),
})

const Numeric = z.strictObject({
  type: z.literal('numeric'),
  format: z.enum(['csv', 'columns', 'json']),
  columns: z.record(Line(200), z.strictObject(tolerance)).optional(),
  ...tolerance,
  nan: z.enum(['fail', 'equal']).optional(),
  rows: z.enum(['same', 'prefix']).optional(),
})

const Image = z.strictObject({
  type: z.literal('image'),
  channelDelta: z.int().min(0).max(65_535),
  maxFraction: Decimal,
  maxNrmse: Decimal,
  maxDelta: z.int().min(0).max(65_535).optional(),
})

const Regex = z.strictObject({
  type: z.literal('regex'),
  pattern: Line(1000),
  min: Count.optional(),
  max: Count.optional(),
})

const Exists = z.strictObject({
  type: z.literal('exists'),
  minSize: Bytes.optional(),
  maxSize: Bytes.optional(),
})

const FileSet = z.strictObject({ type: z.literal('set'), manifest: BlobReference })

const Metric = z.strictObject({
  type: z.literal('metric'),
  name: Line(200),
  lower: Decimal.optional(),
  upper: Decimal.optional(),
  unit: Line(50).optional(),
})

const Command = z.strictObject({
  type: z.literal('command'),
  argv: z.array(z.string().max(4000)).min(1),
  network: z.literal('none').optional(),
  passCodes: z.array(z.int().min(0).max(255)).optional(),
})

/** How an output is judged; parameters as in docs/format.md, "Comparison rules". */
export const Rule = z.discriminatedUnion('type', [
  Exact,
  Text,
  Numeric,
  Image,
  Regex,
  Exists,
  FileSet,
  Metric,
  Command,
])

export type Rule = z.infer<typeof Rule>

export const Expectation = z.strictObject({
  id: Name,
  stage: Name,
  path: PathPattern,
  count: z.strictObject({ min: Count.optional(), max: Count.optional() }).optional(),
  required: z.boolean(),
  reference: Digest.optional(),
  rule: Rule,
  /** Why this tolerance. */
  basis: Prose(4000).optional(),
  /** Measured values that support the tolerance. */
  calibration: z
    .array(z.strictObject({ name: Line(200), value: Decimal, note: Prose(1000).optional() }))
    .optional(),
})

export type Expectation = z.infer<typeof Expectation>

/** Result levels, best first. */
export const Verdict = z.enum([
  'identical',
  'equivalent',
  'within-tolerance',
  'different',
  'missing',
  'error',
  'not-compared',
])

export type Verdict = z.infer<typeof Verdict>
