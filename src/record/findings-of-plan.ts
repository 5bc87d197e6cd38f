import { pointerOf, type Finding, type PathStep } from './finding.ts'
import { orderOfStages } from './lineage.ts'
import { collidingPaths } from './path-rules.ts'
import type { Parameter, Plan, PlanStage } from './plan.ts'
import { quoted } from './refusal.ts'

/** A reason to refuse, at a place. */
export function refusalAt(
  path: readonly PathStep[],
  rule: string,
  found: string,
  expected: string,
): Finding {
  return { pointer: pointerOf(path), rule, found: quoted(found), expected, severity: 'error' }
}

/** What the parts of a plan, and of a run, refer to. */
export interface PlanNames {
  readonly parameters: ReadonlySet<string>
  readonly inputPaths: ReadonlySet<string>
  readonly environments: ReadonlySet<string>
  readonly stages: ReadonlySet<string>
  readonly expectations: ReadonlySet<string>
}

// Sets, because a record can refer a hundred thousand times to a hundred thousand names.
export function namesIn(plan: Plan): PlanNames {
  return {
    parameters: new Set(plan.parameters?.map((parameter) => parameter.name)),
    inputPaths: new Set(plan.inputs?.map((input) => input.path)),
    environments: new Set(plan.environments?.map((environment) => environment.id)),
    stages: new Set(plan.stages.map((stage) => stage.id)),
    expectations: new Set(plan.expectations?.map((expectation) => expectation.id)),
  }
}

/** Rules that join several places of a plan; its shape was checked before. */
export function findingsOfPlan(plan: Plan): Finding[] {
  const names = namesIn(plan)
  return [
    ...repeated(
      plan.parameters?.map((p) => p.name),
      ['plan', 'parameters'],
      'name',
    ),
    ...repeated(
      plan.sources?.map((s) => s.id),
      ['plan', 'sources'],
      'id',
    ),
    ...repeated(
      plan.environments?.map((e) => e.id),
      ['plan', 'environments'],
      'id',
    ),
    ...repeated(
      plan.stages.map((s) => s.id),
      ['plan', 'stages'],
      'id',
    ),
    ...repeated(
      plan.expectations?.map((e) => e.id),
      ['plan', 'expectations'],
      'id',
    ),
    ...repeated(
      plan.claims?.map((c) => c.id),
      ['plan', 'claims'],
      'id',
    ),
    ...collisions(
      plan.inputs?.map((i) => i.path),
      ['plan', 'inputs'],
    ),
    ...(plan.parameters ?? []).flatMap(findingsOfParameter),
    ...(plan.inputs ?? []).flatMap(findingsOfInput),
    ...plan.stages.flatMap((stage, index) => findingsOfStage(stage, index, names)),
    ...findingsOfOrder(plan),
    ...findingsOfExpectations(plan, names),
  ]
}

/** Identifiers that occur twice in a list. */
function repeated(
  ids: readonly string[] | undefined,
  list: readonly PathStep[],
  member: string,
): Finding[] {
  const seen = new Set<string>()
  return (ids ?? []).flatMap((id, index) => {
    if (!seen.has(id)) {
      seen.add(id)
      return []
    }
    return [refusalAt([...list, index, member], 'repeated-id', id, 'an id used once')]
  })
}

/** Paths of one list that cannot stand side by side on every file system. */
export function collisions(
  paths: readonly string[] | undefined,
  list: readonly PathStep[],
): Finding[] {
  return collidingPaths(paths ?? []).map((index) =>
    refusalAt(
      [...list, index, 'path'],
      'colliding-path',
      paths?.[index] ?? '',
      'a path that differs from the others by more than case, and is not a directory of another',
    ),
  )
}

function findingsOfParameter(parameter: Parameter, index: number): Finding[] {
  const at = ['plan', 'parameters', index]
  if (parameter.scope === 'site' && parameter.value !== undefined) {
    const found = parameter.sensitive === true ? 'a value' : String(parameter.value)
    const expected = 'no value: values of site parameters belong to run.bindings'
    return [refusalAt([...at, 'value'], 'site-value-in-plan', found, expected)]
  }
  if (parameter.type === 'enum' && parameter.enum === undefined) {
    return [refusalAt([...at, 'enum'], 'required-field', 'nothing', 'the values of the enum')]
  }
  return []
}

function findingsOfInput(input: NonNullable<Plan['inputs']>[number], index: number): Finding[] {
  if (input.availability !== 'retained') return []
  const at = ['plan', 'inputs', index]
  return (['digest', 'size'] as const)
    .filter((member) => input[member] === undefined)
    .map((member) =>
      refusalAt([...at, member], 'required-field', 'nothing', `the ${member} of a retained input`),
    )
}

function findingsOfStage(stage: PlanStage, index: number, names: PlanNames): Finding[] {
  const at = ['plan', 'stages', index]
  const findings: Finding[] = []
  if (stage.command !== undefined && stage.script !== undefined) {
    findings.push(refusalAt([...at, 'script'], 'two-commands', stage.script, 'command or script'))
  }
  if (stage.script !== undefined && !names.inputPaths.has(stage.script)) {
    findings.push(refusalAt([...at, 'script'], 'unknown-input', stage.script, 'a path of inputs[]'))
  }
  const environment = stage.environment
  if (environment !== undefined && !names.environments.has(environment)) {
    const expected = 'an id of environments[]'
    findings.push(refusalAt([...at, 'environment'], 'unknown-environment', environment, expected))
  }
  stage.needs?.forEach((id, i) => {
    if (names.stages.has(id)) return
    findings.push(refusalAt([...at, 'needs', i], 'unknown-stage', id, 'an id of stages[]'))
  })
  for (const [name, value] of Object.entries(stage.env ?? {})) {
    if (typeof value === 'string') continue
    if (names.parameters.has(value.parameter)) continue
    const place = [...at, 'env', name, 'parameter']
    findings.push(refusalAt(place, 'unknown-parameter', value.parameter, 'a name of parameters[]'))
  }
  return findings
}

function findingsOfOrder(plan: Plan): Finding[] {
  const result = orderOfStages(plan.stages)
  if ('order' in result) return []
  const found = result.cycle.join(', ')
  return [refusalAt(['plan', 'stages'], 'cyclic-stages', found, 'stages that need no cycle')]
}

function findingsOfExpectations(plan: Plan, names: PlanNames): Finding[] {
  const findings: Finding[] = []
  plan.expectations?.forEach((expectation, index) => {
    const at = ['plan', 'expectations', index]
    if (!names.stages.has(expectation.stage)) {
      const place = [...at, 'stage']
      findings.push(refusalAt(place, 'unknown-stage', expectation.stage, 'an id of stages[]'))
    }
    const needsReference = ['exact', 'text', 'numeric', 'image'].includes(expectation.rule.type)
    if (needsReference && expectation.reference === undefined) {
      const expected = `a reference for the rule ${expectation.rule.type}`
      findings.push(refusalAt([...at, 'reference'], 'required-field', 'nothing', expected))
    }
  })
  plan.claims?.forEach((claim, index) => {
    claim.expectations?.forEach((id, i) => {
      if (names.expectations.has(id)) return
      const place = ['plan', 'claims', index, 'expectations', i]
      findings.push(refusalAt(place, 'unknown-expectation', id, 'an id of expectations[]'))
    })
  })
  return findings
}
