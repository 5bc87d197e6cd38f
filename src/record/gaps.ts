import type { Environment } from './environment.ts'
import type { Plan } from './plan.ts'
import type { Gap } from './run.ts'
import type { WorkflowRecord } from './workflow-record.ts'

const movingVersion = /@(develop|main|master)\b/

/** What a record says it lacks. */
export function declaredGapsOf(record: WorkflowRecord): readonly Gap[] {
  switch (record.kind) {
    case 'run':
      return record.run.capture?.gaps ?? []
    case 'plan':
      return record.gaps ?? []
    case 'collection':
      return []
  }
}

/**
 * What a record lacks by its own contents, whether it says so or not. A gap the
 * depositor declared for the same code and path is not repeated.
 */
export function derivedGapsOf(record: WorkflowRecord): Gap[] {
  if (record.kind === 'collection') return []
  const declared = new Set(declaredGapsOf(record).map(({ code, path }) => placeOf(code, path)))
  return gapsOfPlan(record.plan).filter(
    ({ code, path }) => !declared.has(placeOf(code)) && !declared.has(placeOf(code, path)),
  )
}

/** Code and path of a gap as one text. A gap without a path stands for all paths. */
function placeOf(code: Gap['code'], path?: string): string {
  return path === undefined ? code : `${code} ${path}`
}

function gapsOfPlan(plan: Plan): Gap[] {
  return [
    ...(plan.sources ?? []).flatMap(gapsOfSource),
    ...(plan.environments ?? []).flatMap(gapsOfEnvironment),
    ...(plan.inputs ?? []).flatMap(gapsOfInput),
    ...((plan.expectations ?? []).length === 0
      ? [gap('no-expectation', undefined, 'nothing says what a right output looks like')]
      : []),
  ]
}

function gapsOfSource(source: NonNullable<Plan['sources']>[number]): Gap[] {
  if (source.kind === 'git' && source.commit === undefined) {
    const reference = source.requestedRef ?? 'the default branch'
    return [gap('moving-reference', source.id, `${reference} names no fixed commit`)]
  }
  return []
}

function gapsOfEnvironment(environment: Environment): Gap[] {
  if (environment.kind === 'modules') {
    return [gap('module-environment', environment.id, 'these modules exist at one site only')]
  }
  if (environment.kind !== 'spack') return []
  const gaps: Gap[] = []
  if (environment.lock === undefined) {
    gaps.push(gap('no-lockfile', environment.id, 'the exact versions are not known'))
  }
  for (const root of environment.roots ?? []) {
    const moving = movingVersion.exec(root.spec)
    if (moving !== null) {
      gaps.push(gap('moving-reference', environment.id, `${root.spec.slice(0, 200)} moves`))
    }
  }
  const lost = (environment.binaries ?? []).filter((binary) => binary.retained !== true)
  if (lost.length > 0) {
    gaps.push(gap('not-retained-binary', environment.id, `${lost.length} binaries are not here`))
  }
  return gaps
}

function gapsOfInput(input: NonNullable<Plan['inputs']>[number]): Gap[] {
  if (input.availability === 'retained') return []
  if (input.availability === 'external') {
    return [gap('external-only', input.path, 'kept elsewhere; it may vanish')]
  }
  return [gap('missing-input', input.path, 'withheld by the depositor')]
}

function gap(code: Gap['code'], path: string | undefined, note: string): Gap {
  return { code, note, ...(path === undefined ? {} : { path }) }
}
