import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { planDigestOf } from '../../src/record/plan-digest.ts'
import { parseStrictJson } from '../../src/record/strict-json.ts'
import { minimalCollection, minimalPlan, minimalRun } from '../record-fixtures.ts'

describe('the digest of a plan', () => {
  it('is the SHA-256 of the canonical form of the plan alone', async () => {
    const canonical = '{"stages":[{"command":["true"],"id":"run","kind":"run"}]}'
    const expected = `sha256:${createHash('sha256').update(canonical).digest('hex')}`
    assert.equal(await planDigestOf(minimalPlan()), expected)
  })

  it('is the same for a plan, its run and its replay', async () => {
    const replay = minimalRun({
      title: 'Again, elsewhere',
      run: { stages: [{ id: 'run', status: 'failed', exitCode: 1 }] },
      relations: [{ type: 'replayOf', target: `sha256:${'a'.repeat(64)}` }],
    })
    const digests = await Promise.all(
      [minimalPlan(), minimalRun(), replay].map((document) => planDigestOf(document)),
    )
    assert.equal(new Set(digests).size, 1)
  })

  it('does not depend on the spelling of the JSON', async () => {
    const spellings = [
      '{"plan":{"stages":[{"id":"run","kind":"run"}],"claims":[]}}',
      '{ "plan" : { "claims" : [], "stages" : [ {"kind":"\\u0072un", "id":"run"} ] } }',
    ]
    const documents = spellings.map((text) => parseStrictJson(new TextEncoder().encode(text)))
    const [left, right] = await Promise.all(documents.map((document) => planDigestOf(document)))
    assert.equal(left, right)
  })

  it('changes with any part of the plan, also with an empty one', async () => {
    const stages = [{ id: 'run', kind: 'run', command: ['true'] }]
    const plans = [{ stages }, { stages, claims: [] }, { stages: stages.concat(stages) }]
    const digests = await Promise.all(plans.map((plan) => planDigestOf(minimalPlan({ plan }))))
    assert.equal(new Set(digests).size, plans.length)
  })

  it('does not exist for a collection', async () => {
    assert.equal(await planDigestOf(minimalCollection()), undefined)
  })
})
