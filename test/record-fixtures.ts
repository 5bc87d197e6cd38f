import type { JsonObject } from '../src/record/strict-json.ts'

/**
 * The smallest records that keep every rule, as fresh JSON objects. They name no
 * blobs, so that any registry accepts them as they are; `changes` replaces or
 * adds members at the top.
 */
export function minimalRun(changes: JsonObject = {}): JsonObject {
  return {
    ...description('A run of one stage'),
    kind: 'run',
    plan: minimalPlanHalf(),
    run: { stages: [{ id: 'run', status: 'succeeded', exitCode: 0 }] },
    ...changes,
  }
}

export function minimalPlan(changes: JsonObject = {}): JsonObject {
  return {
    ...description('A plan of one stage'),
    kind: 'plan',
    plan: minimalPlanHalf(),
    ...changes,
  }
}

/** Its one member is a digest that no record has. */
export function minimalCollection(changes: JsonObject = {}): JsonObject {
  return {
    ...description('A collection of one record'),
    kind: 'collection',
    members: [`sha256:${'0'.repeat(64)}`],
    ...changes,
  }
}

function minimalPlanHalf(): JsonObject {
  return { stages: [{ id: 'run', kind: 'run', command: ['true'] }] }
}

function description(title: string): JsonObject {
  return {
    schema: 'stele-record-1',
    title,
    project: { name: 'Example project' },
    authors: [{ name: 'Ada Example' }],
    createdAt: '2026-11-20T10:00:00Z',
  }
}
