import { z } from 'zod'
import { Digest } from './fields.ts'
import { recordSchemaId } from './workflow-record.ts'
import type { JsonObject } from './strict-json.ts'

const File = z.object({ digest: Digest })
const file = File.optional()
const text = z.string()

const Source = z.object({ id: text, retained: file, dirtyPatch: file })

const BuildCache = z.object({
  keys: z.array(z.object({ fingerprint: text, blob: file })).optional(),
  files: z.array(File.extend({ path: text })).optional(),
})

const SpackEnvironment = z.object({
  id: text,
  kind: z.literal('spack'),
  manifest: file,
  lock: file,
  repos: z.array(z.object({ namespace: text, retained: file })).optional(),
  binaries: z.array(File.extend({ dagHash: text, retained: z.boolean().optional() })).optional(),
  caches: z.array(BuildCache).optional(),
})

const Environment = z.discriminatedUnion('kind', [
  SpackEnvironment,
  z.object({ id: text, kind: z.literal('container'), retained: file }),
  z.object({ id: text, kind: z.literal('modules'), moduleFile: file }),
  z.object({ id: text, kind: z.literal('python'), lock: file }),
  z.object({ id: text, kind: z.literal('guix'), channels: file, manifest: file }),
  z.object({ id: text, kind: z.literal('system'), packageList: file }),
])

const Input = z.object({
  path: text,
  availability: text,
  digest: Digest.optional(),
  executable: z.boolean().optional(),
})

const Expectation = z.object({
  id: text,
  path: text,
  reference: Digest.optional(),
  rule: z.object({ type: text, manifest: file }),
})

const Plan = z.object({
  sources: z.array(Source).optional(),
  environments: z.array(Environment).optional(),
  inputs: z.array(Input).optional(),
  expectations: z.array(Expectation).optional(),
})

const RunStage = z.object({
  id: text,
  attempt: z.int().optional(),
  rendered: file,
  logs: z.object({ stdout: file, stderr: file }).optional(),
})

const Run = z.object({
  stages: z.array(RunStage),
  outputs: z.array(File.extend({ path: text, retained: z.boolean() })).optional(),
})

const schema = z.literal(recordSchemaId)

const NamedFiles = z.discriminatedUnion('kind', [
  z.object({ schema, kind: z.literal('run'), plan: Plan, run: Run }),
  z.object({ schema, kind: z.literal('plan'), plan: Plan }),
  z.object({ schema, kind: z.literal('collection') }),
])

/** The parts of a record that say which files it has. Every record has them. */
export type NamedFiles = z.infer<typeof NamedFiles>
export type NamedInPlan = z.infer<typeof Plan>
export type NamedInRun = z.infer<typeof Run>
export type NamedInEnvironment = z.infer<typeof Environment>
export type NamedInSpack = z.infer<typeof SpackEnvironment>
export type NamedInExpectation = z.infer<typeof Expectation>

/**
 * Reads the parts of a record that say which files it has, and looks at nothing else:
 * a verifier must come to the same files whatever rules records are accepted by.
 *
 * @returns `undefined` when one of these parts is of another form than
 *   docs/format.md, section 4 gives it, or the record of another version.
 */
export function findNamedFiles(document: JsonObject): NamedFiles | undefined {
  return NamedFiles.safeParse(document).data
}
