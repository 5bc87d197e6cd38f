import type { Digest } from '../record/digest.ts'
import { hexOf } from '../record/digest.ts'
import type {
  NamedFiles,
  NamedInEnvironment,
  NamedInExpectation,
  NamedInPlan,
  NamedInRun,
  NamedInSpack,
} from '../record/named-files.ts'
import { Places } from './places.ts'

/** How much travels: record only; what a replay reads; everything the registry holds. */
export type BundleProfile = 'thin' | 'standard' | 'full'

/** One blob of the record and where it lies in the bag. */
export interface PayloadFile {
  /** Inside the bag, for example `data/inputs/heat.in`. */
  readonly path: string
  readonly digest: Digest
  readonly mode: 0o644 | 0o755
}

interface NamedFile {
  readonly digest: Digest
}

/** A file that wants a place in the bag. */
interface Candidate extends PayloadFile {
  /** Whether it must lie at its path even if the same bytes lie elsewhere too. */
  readonly always: boolean
}

/**
 * Where the blobs of a record lie in a bundle, in the order of their roles. Files
 * of a smaller profile lie at the same paths in a larger one. Inputs and the
 * files of build caches always have their place, because programs look for them
 * there; of other files, bytes that are already in the bag are not repeated.
 *
 * Part of bundle format 1: the answer for a given record never changes.
 */
export function payloadFilesOf(record: NamedFiles, profile: BundleProfile): PayloadFile[] {
  if (record.kind === 'collection' || profile === 'thin') return []
  const run = record.kind === 'run' ? record.run : undefined
  const standard = [
    ...inputsOf(record.plan),
    ...environmentFilesOf(record.plan),
    ...(record.plan.expectations ?? []).flatMap(referencesOf),
    ...(run === undefined ? [] : runFilesOf(run)),
  ]
  if (profile === 'standard') return withoutCollisions(withoutRepetition(standard))
  const full = [
    ...standard,
    ...(run === undefined ? [] : outputsOf(run)),
    ...(record.plan.environments ?? []).flatMap(binaryFilesOf),
    ...sourcesOf(record.plan),
  ]
  return withoutCollisions(withoutRepetition(full))
}

function withoutRepetition(candidates: readonly Candidate[]): Candidate[] {
  const carried = new Set<Digest>()
  return candidates.filter(({ digest, always }) => {
    const isNew = !carried.has(digest)
    carried.add(digest)
    return isNew || always
  })
}

/**
 * A record may name two files for one place, such as two attempts without a
 * number: the later one lies under its digest, so that every accepted record has
 * a bundle that unpacks on every file system.
 */
function withoutCollisions(candidates: readonly Candidate[]): PayloadFile[] {
  const places = new Places()
  return candidates.flatMap(({ path, digest, mode }) => {
    if (places.take(path)) return [{ path, digest, mode }]
    const other = `data/other/${hexOf(digest)}`
    return places.take(other) ? [{ path: other, digest, mode }] : []
  })
}

function inputsOf(plan: NamedInPlan): Candidate[] {
  return (plan.inputs ?? []).flatMap((input) =>
    input.availability === 'retained' && input.digest !== undefined
      ? [
          {
            path: `data/inputs/${input.path}`,
            digest: input.digest,
            mode: input.executable === true ? 0o755 : 0o644,
            always: true,
          },
        ]
      : [],
  )
}

function environmentFilesOf(plan: NamedInPlan): Candidate[] {
  return (plan.environments ?? []).flatMap((environment) =>
    Object.entries(definitionOf(environment)).flatMap(([name, blob]) =>
      fileAt(`data/environments/${environment.id}/${name}`, blob),
    ),
  )
}

/** The small files that define an environment, by their names in the bag. */
function definitionOf(environment: NamedInEnvironment): Record<string, NamedFile | undefined> {
  switch (environment.kind) {
    case 'spack':
      return { 'spack.yaml': environment.manifest, 'spack.lock': environment.lock }
    case 'container':
      return {}
    case 'modules':
      return { modulefile: environment.moduleFile }
    case 'python':
      return { lock: environment.lock }
    case 'guix':
      return { 'channels.scm': environment.channels, 'manifest.scm': environment.manifest }
    case 'system':
      return { packages: environment.packageList }
  }
}

function referencesOf(expectation: NamedInExpectation): Candidate[] {
  const folder = `data/expected/${expectation.id}`
  const { reference, rule } = expectation
  return [
    ...(reference === undefined
      ? []
      : fileAt(`${folder}/${referenceNameOf(expectation.path)}`, { digest: reference })),
    ...(rule.type === 'set' ? fileAt(`${folder}/set-manifest`, rule.manifest) : []),
  ]
}

/** The last component of the expected path, unless that matches several names. */
function referenceNameOf(pattern: string): string {
  const name = pattern.slice(pattern.lastIndexOf('/') + 1)
  return /[*?]/.test(name) ? 'reference' : name
}

function runFilesOf(run: NamedInRun): Candidate[] {
  return run.stages.flatMap((stage) => {
    const folder = `data/run/${stage.id}/${stage.attempt ?? 1}`
    return [
      ...fileAt(`${folder}/script`, stage.rendered),
      ...fileAt(`${folder}/stdout`, stage.logs?.stdout),
      ...fileAt(`${folder}/stderr`, stage.logs?.stderr),
    ]
  })
}

function outputsOf(run: NamedInRun): Candidate[] {
  return (run.outputs ?? []).flatMap((output) =>
    output.retained ? fileAt(`data/outputs/${output.path}`, output) : [],
  )
}

function binaryFilesOf(environment: NamedInEnvironment): Candidate[] {
  const folder = `data/environments/${environment.id}`
  switch (environment.kind) {
    case 'spack':
      return [
        ...buildCacheFilesOf(environment, folder),
        ...spackKeysOf(environment, folder),
        ...spackRepositoriesOf(environment, folder),
        ...spackBinariesOf(environment, folder),
      ]
    case 'container':
      return fileAt(`${folder}/image/image`, environment.retained)
    case 'modules':
    case 'python':
    case 'guix':
    case 'system':
      return []
  }
}

function buildCacheFilesOf(environment: NamedInSpack, folder: string): Candidate[] {
  return (environment.caches ?? []).flatMap((cache, number) =>
    (cache.files ?? []).map(({ path, digest }) => ({
      path: `${folder}/buildcache/${number}/${path}`,
      digest,
      mode: 0o644,
      always: true,
    })),
  )
}

function spackKeysOf(environment: NamedInSpack, folder: string): Candidate[] {
  return (environment.caches ?? []).flatMap((cache, number) =>
    (cache.keys ?? []).flatMap(({ fingerprint, blob }) =>
      fileAt(`${folder}/keys/${number}/${fingerprint}.pub`, blob),
    ),
  )
}

function spackRepositoriesOf(environment: NamedInSpack, folder: string): Candidate[] {
  return (environment.repos ?? []).flatMap(({ namespace, retained }, number) => {
    // A namespace is any line of text; a path may not be.
    const name = namespace.replaceAll(/[^A-Za-z0-9_-]/g, '_')
    return fileAt(`${folder}/repos/${number}-${name}`, retained)
  })
}

function spackBinariesOf(environment: NamedInSpack, folder: string): Candidate[] {
  return (environment.binaries ?? []).flatMap((binary) =>
    binary.retained === true ? fileAt(`${folder}/binaries/${binary.dagHash}`, binary) : [],
  )
}

function sourcesOf(plan: NamedInPlan): Candidate[] {
  return (plan.sources ?? []).flatMap(({ id, retained, dirtyPatch }) => [
    ...fileAt(`data/sources/${id}/archive`, retained),
    ...fileAt(`data/sources/${id}/dirty.patch`, dirtyPatch),
  ])
}

function fileAt(path: string, blob: NamedFile | undefined): Candidate[] {
  return blob === undefined ? [] : [{ path, digest: blob.digest, mode: 0o644, always: false }]
}
