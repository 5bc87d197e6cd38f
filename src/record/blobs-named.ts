import type { Digest } from './digest.ts'
import type { Environment } from './environment.ts'
import type { BlobReference } from './fields.ts'
import type { PathStep } from './finding.ts'
import type { Plan } from './plan.ts'
import type { Run } from './run.ts'
import type { WorkflowRecord } from './workflow-record.ts'

/** One place of a record that names a blob the registry must hold. */
export interface NamedBlob {
  readonly digest: Digest
  /** Bytes, where the record says so. */
  readonly size: number | undefined
  readonly path: readonly PathStep[]
}

/**
 * Every place that names a blob which must be in the store before the record is
 * accepted, in document order. Digests of things that are kept elsewhere
 * (external inputs, outputs and binaries that are not retained) are not among them.
 */
export function blobsNamedBy(record: WorkflowRecord): NamedBlob[] {
  switch (record.kind) {
    case 'run':
      return [...blobsOfPlan(record.plan), ...blobsOfRun(record.run)]
    case 'plan':
      return blobsOfPlan(record.plan)
    case 'collection':
      return []
  }
}

function blobsOfPlan(plan: Plan): NamedBlob[] {
  const named = new NamedBlobs(['plan'])
  plan.sources?.forEach((source, index) => {
    named.add(source.dirtyPatch, 'sources', index, 'dirtyPatch')
    named.add(source.retained, 'sources', index, 'retained')
  })
  plan.environments?.forEach((environment, index) => {
    addEnvironment(named, environment, ['environments', index])
  })
  plan.inputs?.forEach((input, index) => {
    if (input.availability !== 'retained' || input.digest === undefined) return
    named.addDigest(input.digest, input.size, 'inputs', index)
  })
  plan.expectations?.forEach((expectation, index) => {
    if (expectation.reference !== undefined) {
      named.addDigest(expectation.reference, undefined, 'expectations', index, 'reference')
    }
    if (expectation.rule.type === 'set') {
      named.add(expectation.rule.manifest, 'expectations', index, 'rule', 'manifest')
    }
  })
  return named.list
}

function blobsOfRun(run: Run): NamedBlob[] {
  const named = new NamedBlobs(['run'])
  run.stages.forEach((stage, index) => {
    named.add(stage.rendered, 'stages', index, 'rendered')
    named.add(stage.logs?.stdout, 'stages', index, 'logs', 'stdout')
    named.add(stage.logs?.stderr, 'stages', index, 'logs', 'stderr')
  })
  run.outputs?.forEach((output, index) => {
    if (output.retained) named.addDigest(output.digest, output.size, 'outputs', index)
  })
  return named.list
}

function addEnvironment(named: NamedBlobs, environment: Environment, at: PathStep[]): void {
  switch (environment.kind) {
    case 'spack':
      named.add(environment.manifest, ...at, 'manifest')
      named.add(environment.lock, ...at, 'lock')
      environment.repos?.forEach((repo, i) =>
        named.add(repo.retained, ...at, 'repos', i, 'retained'),
      )
      environment.binaries?.forEach((binary, i) => {
        if (binary.retained === true) named.add(binary, ...at, 'binaries', i)
      })
      environment.caches?.forEach((cache, i) => {
        cache.keys?.forEach((key, k) => named.add(key.blob, ...at, 'caches', i, 'keys', k, 'blob'))
        cache.files?.forEach((file, k) => named.add(file, ...at, 'caches', i, 'files', k))
      })
      return
    case 'container':
      return named.add(environment.retained, ...at, 'retained')
    case 'modules':
      return named.add(environment.moduleFile, ...at, 'moduleFile')
    case 'python':
      return named.add(environment.lock, ...at, 'lock')
    case 'guix':
      named.add(environment.channels, ...at, 'channels')
      return named.add(environment.manifest, ...at, 'manifest')
    case 'system':
      return named.add(environment.packageList, ...at, 'packageList')
  }
}

class NamedBlobs {
  readonly list: NamedBlob[] = []
  readonly #root: readonly PathStep[]

  constructor(root: readonly PathStep[]) {
    this.#root = root
  }

  add(blob: BlobReference | undefined, ...path: PathStep[]): void {
    if (blob !== undefined) this.addDigest(blob.digest, blob.size, ...path)
  }

  addDigest(digest: Digest, size: number | undefined, ...path: PathStep[]): void {
    this.list.push({ digest, size, path: [...this.#root, ...path] })
  }
}
