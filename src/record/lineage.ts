import type { PlanStage } from './plan.ts'

/**
 * Stages in an order in which each comes after those it needs; of the stages that
 * could come next, the first of the plan does. Takes n log n steps, because a plan
 * can have as many stages as a record has values.
 *
 * @returns the ids in order, or the ids that no order can hold: those on a cycle and
 *   those that need them.
 */
export function orderOfStages(
  stages: readonly Pick<PlanStage, 'id' | 'needs'>[],
): { order: string[] } | { cycle: string[] } {
  const known = new Set(stages.map((stage) => stage.id))
  const needs = stages.map((stage) => new Set(stage.needs?.filter((id) => known.has(id))))
  const needing = new Map([...known].map((id): [string, number[]] => [id, []]))
  needs.forEach((ids, index) => ids.forEach((id) => needing.get(id)?.push(index)))

  const ready = new SmallestFirst()
  needs.forEach((ids, index) => ids.size === 0 && ready.add(index))
  const order: string[] = []
  for (let next = ready.take(); next !== undefined; next = ready.take()) {
    const id = stages[next]?.id ?? ''
    order.push(id)
    for (const index of needing.get(id) ?? []) {
      if (needs[index]?.delete(id) === true && needs[index].size === 0) ready.add(index)
    }
  }
  if (order.length === stages.length) return { order }
  return { cycle: stages.flatMap(({ id }, index) => (needs[index]?.size === 0 ? [] : [id])) }
}

/** Numbers of which the smallest is taken first: a binary heap. */
class SmallestFirst {
  readonly #heap: number[] = []

  add(value: number): void {
    let place = this.#heap.push(value) - 1
    while (place > 0) {
      const above = (place - 1) >> 1
      if (this.#at(above) <= value) break
      this.#heap[place] = this.#at(above)
      place = above
    }
    this.#heap[place] = value
  }

  take(): number | undefined {
    const [smallest] = this.#heap
    const last = this.#heap.pop()
    if (last !== undefined && this.#heap.length > 0) this.#sink(last)
    return smallest
  }

  #sink(value: number): void {
    let place = 0
    for (;;) {
      const left = 2 * place + 1
      const below = this.#at(left + 1) < this.#at(left) ? left + 1 : left
      if (value <= this.#at(below)) break
      this.#heap[place] = this.#at(below)
      place = below
    }
    this.#heap[place] = value
  }

  #at(place: number): number {
    return this.#heap[place] ?? Infinity
  }
}
