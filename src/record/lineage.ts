import type { PlanStage } from './plan.ts'

/**
 * Stages in an order in which each comes after those it needs; stages that do
 * not depend on each other keep the order of the plan.
 *
 * @returns the ids in order, or the ids that lie on a cycle.
 */
export function orderOfStages(
  stages: readonly PlanStage[],
): { order: string[] } | { cycle: string[] } {
  const order: string[] = []
  let waiting = [...stages]
  while (waiting.length > 0) {
    const known = new Set(waiting.map((stage) => stage.id))
    const ready = waiting.filter((stage) => !(stage.needs ?? []).some((id) => known.has(id)))
    const [next] = ready
    if (next === undefined) return { cycle: waiting.map((stage) => stage.id) }
    order.push(next.id)
    waiting = waiting.filter((stage) => stage !== next)
  }
  return { order }
}
