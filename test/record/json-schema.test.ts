import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { recordJsonSchema } from '../../src/record/json-schema.ts'

const stored = new URL('../data/schema/record-1.json', import.meta.url)

/** Where two JSON values differ first, as a JSON Pointer; `undefined` when they are equal. */
function placeOfChange(before: unknown, after: unknown, place = ''): string | undefined {
  if (!isContainer(before) || !isContainer(after)) return before === after ? undefined : place
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  for (const name of names) {
    const changed = placeOfChange(before[name], after[name], `${place}/${name}`)
    if (changed !== undefined) return changed
  }
  return undefined
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object'
}

describe('the JSON Schema of a record', () => {
  it('does not change by accident', () => {
    const before: unknown = JSON.parse(readFileSync(stored, 'utf8'))
    const place = placeOfChange(before, JSON.parse(JSON.stringify(recordJsonSchema())))
    assert.equal(
      place,
      undefined,
      `The schema that depositors rely on changed, first at ${place}. If that is meant, say in ` +
        'CHANGELOG.md what changes for them, write the new schema with\n' +
        '    node test/record/json-schema-file.ts\n' +
        'and commit test/data/schema/record-1.json with the change.',
    )
  })

  it('describes the three kinds and refuses unknown members everywhere', () => {
    const text = JSON.stringify(recordJsonSchema())
    for (const kind of ['run', 'plan', 'collection']) assert.ok(text.includes(`"const":"${kind}"`))
    const objects = text.match(/"properties":/g)?.length
    const closed = text.match(/"additionalProperties":false/g)?.length
    assert.equal(closed, objects)
  })
})
