import { collisions, namesIn, refusalAt, type PlanNames } from './findings-of-plan.ts'
import type { Finding } from './finding.ts'
import type { Plan } from './plan.ts'
import type { Run, RunStage } from './run.ts'

/** Rules that join a run to the plan it carried out. */
export function findingsOfRun(run: Run, plan: Plan): Finding[] {
  const names = namesIn(plan)
  return [
    ...run.stages.flatMap((stage, index) => findingsOfStage(stage, index, names)),
    ...findingsOfBindings(run, plan),
    ...collisions(
      run.outputs?.map((output) => output.path),
      ['run', 'outputs'],
    ),
    ...findingsOfOutputs(run, names),
    ...findingsOfComparison(run, names),
  ]
}

function findingsOfStage(stage: RunStage, index: number, names: PlanNames): Finding[] {
  const at = ['run', 'stages', index]
  const findings: Finding[] = []
  if (!names.stages.has(stage.id)) {
    findings.push(refusalAt([...at, 'id'], 'unknown-stage', stage.id, 'an id of plan.stages[]'))
  }
  const { startedAt, endedAt } = stage
  if (
    startedAt !== undefined &&
    endedAt !== undefined &&
    Date.parse(endedAt) < Date.parse(startedAt)
  ) {
    findings.push(
      refusalAt([...at, 'endedAt'], 'ends-before-start', endedAt, `${startedAt} or later`),
    )
  }
  if (stage.exitCode !== undefined && stage.signal !== undefined) {
    findings.push(
      refusalAt([...at, 'signal'], 'two-endings', String(stage.signal), 'exitCode or signal'),
    )
  }
  return findings
}

function findingsOfBindings(run: Run, plan: Plan): Finding[] {
  const parameters = new Map(plan.parameters?.map((parameter) => [parameter.name, parameter]))
  return (run.bindings ?? []).flatMap((binding, index) => {
    const parameter = parameters.get(binding.parameter)
    const at = ['run', 'bindings', index]
    if (parameter === undefined) {
      const expected = 'a name of plan.parameters[]'
      return [refusalAt([...at, 'parameter'], 'unknown-parameter', binding.parameter, expected)]
    }
    if (parameter.sensitive === true && binding.value !== undefined) {
      const expected = 'redacted: true instead of the value of a sensitive parameter'
      return [refusalAt([...at, 'value'], 'sensitive-value', 'a value', expected)]
    }
    return []
  })
}

function findingsOfOutputs(run: Run, names: PlanNames): Finding[] {
  return (run.outputs ?? []).flatMap((output, index) => {
    const id = output.expectation
    if (id === undefined || names.expectations.has(id)) return []
    const at = ['run', 'outputs', index, 'expectation']
    return [refusalAt(at, 'unknown-expectation', id, 'an id of plan.expectations[]')]
  })
}

function findingsOfComparison(run: Run, names: PlanNames): Finding[] {
  return (run.comparison?.results ?? []).flatMap((result, index) => {
    if (names.expectations.has(result.expectation)) return []
    const at = ['run', 'comparison', 'results', index, 'expectation']
    return [
      refusalAt(at, 'unknown-expectation', result.expectation, 'an id of plan.expectations[]'),
    ]
  })
}
