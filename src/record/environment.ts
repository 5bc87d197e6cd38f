import { z } from 'zod'
import {
  BlobReference,
  Bytes,
  Commit,
  Count,
  Digest,
  Escape,
  Line,
  Name,
  RelativePath,
  Url,
} from './fields.ts'

const dagHash = z.string().regex(/^[a-z2-7]{32}$/, 'a Spack DAG hash: 32 base32 characters')
const fingerprint = z.string().regex(/^[0-9A-F]{40}([0-9A-F]{24})?$/, 'a key fingerprint in hex')

const TemplateBlob = BlobReference.extend({
  template: z.boolean().optional(),
  escape: Escape.optional(),
})

const SpackRepository = z.strictObject({
  namespace: Line(200),
  url: Url.optional(),
  commit: Commit.optional(),
  retained: BlobReference.optional(),
})

const SpackExternal = z.strictObject({
  name: Line(200),
  version: Line(200).optional(),
  via: z.enum(['prefix', 'module']),
  /** Name of the site parameter that gives the prefix or the module. */
  parameter: Name.optional(),
})

const SpackBinary = z.strictObject({
  dagHash,
  digest: Digest,
  size: Bytes,
  retained: z.boolean().optional(),
})

const BuildCacheFile = BlobReference.extend({ path: RelativePath })

/** A Spack build cache; `files` are those of its files that the registry holds. */
const BuildCache = z.strictObject({
  url: Url.optional(),
  layout: z.union([z.literal(2), z.literal(3)]),
  keys: z.array(z.strictObject({ fingerprint, blob: BlobReference.optional() })).optional(),
  files: z.array(BuildCacheFile).optional(),
})

const SpackEnvironment = z.strictObject({
  id: Name,
  kind: z.literal('spack'),
  spackCommit: Commit.optional(),
  spackVersion: Line(100).optional(),
  repos: z.array(SpackRepository).optional(),
  manifest: TemplateBlob.optional(),
  lock: BlobReference.optional(),
  lockVersion: Count.optional(),
  roots: z.array(z.strictObject({ spec: Line(4000), dagHash: dagHash.optional() })).optional(),
  externals: z.array(SpackExternal).optional(),
  target: Line(100).optional(),
  os: Line(100).optional(),
  binaries: z.array(SpackBinary).optional(),
  caches: z.array(BuildCache).optional(),
})

const ContainerEnvironment = z.strictObject({
  id: Name,
  kind: z.literal('container'),
  reference: Line(1000),
  manifestDigest: Digest.optional(),
  indexDigest: Digest.optional(),
  platform: z
    .strictObject({ os: Line(50), arch: Line(50), variant: Line(50).optional() })
    .optional(),
  sifDigest: Digest.optional(),
  retained: BlobReference.optional(),
})

/** Site modules: what they load exists at one site only, so this is never portable. */
const ModulesEnvironment = z.strictObject({
  id: Name,
  kind: z.literal('modules'),
  system: z.enum(['lmod', 'tcl']),
  loads: z.array(z.strictObject({ name: Line(200), version: Line(200).optional(), order: Count })),
  moduleFile: BlobReference.optional(),
  provides: z.array(Line(200)).optional(),
})

const PythonEnvironment = z.strictObject({
  id: Name,
  kind: z.literal('python'),
  lock: BlobReference,
  resolver: Line(100),
  resolverVersion: Line(100).optional(),
})

const GuixEnvironment = z.strictObject({
  id: Name,
  kind: z.literal('guix'),
  channels: BlobReference,
  manifest: BlobReference.optional(),
})

/** What the operating system gave. */
const SystemEnvironment = z.strictObject({
  id: Name,
  kind: z.literal('system'),
  packages: z.array(z.strictObject({ name: Line(200), version: Line(200).optional() })).optional(),
  packageList: BlobReference.optional(),
})

export const Environment = z.discriminatedUnion('kind', [
  SpackEnvironment,
  ContainerEnvironment,
  ModulesEnvironment,
  PythonEnvironment,
  GuixEnvironment,
  SystemEnvironment,
])

export type Environment = z.infer<typeof Environment>
export type SpackEnvironment = z.infer<typeof SpackEnvironment>
