import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseDigest } from '../../src/record/digest.ts'
import { InvalidEvent } from '../../src/record/finding.ts'
import { checkEvent, WithdrawalReason } from '../../src/record/record-event.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { citationEvent, noteEvent, stateEvent, withdrawalEvent } from '../record-event-fixtures.ts'

const record = parseDigest(`sha256:${'a'.repeat(64)}`)
const otherRecord = `sha256:${'b'.repeat(64)}`

describe('An event', () => {
  for (const value of ['development', 'release', 'research', 'archive']) {
    it(`may say that the record is in the state ${value}`, () => {
      const { event } = checkEvent(stateEvent(record, { value }), record)
      assert.equal(event.value, value)
    })
  }

  it('may name a publication, with or without its title', () => {
    const titled = checkEvent(citationEvent(record), record)
    const untitled = checkEvent(citationEvent(record, { value: { doi: '10.1234/x' } }), record)
    assert.deepEqual(titled.event.value, { doi: '10.1234/example.5678', title: 'Heat on rods' })
    assert.deepEqual(untitled.event.value, { doi: '10.1234/x' })
  })

  it('may be a note of several lines and at most 4000 characters', () => {
    const value = `Two lines:\n\t${'x'.repeat(3988)}`
    assert.equal(checkEvent(noteEvent(record, { value }), record).event.value, value)
  })

  for (const reason of WithdrawalReason.options) {
    it(`may withdraw the record for the reason ${reason}`, () => {
      const value = { reason, explanation: 'In words,\nof several lines.' }
      const { event } = checkEvent(withdrawalEvent(record, { value }), record)
      assert.deepEqual([event.type, event.value], ['withdrawal', value])
    })
  }

  it('has the canonical text by which it is named', () => {
    const { text } = checkEvent(stateEvent(record), record)
    assert.equal(
      text,
      `{"record":"${record}","schema":"stele-event-1","statedAt":"2026-11-21T09:00:00Z",` +
        '"type":"state","value":"research"}',
    )
  })

  for (const [what, event, pointer, rule] of [
    ['no schema', without(stateEvent(record), 'schema'), '/schema', 'unknown-schema'],
    [
      'another schema',
      stateEvent(record, { schema: 'stele-event-2' }),
      '/schema',
      'unknown-schema',
    ],
    ['no record', without(stateEvent(record), 'record'), '/record', 'required-field'],
    ['half a digest', stateEvent(record, { record: 'sha256:aa' }), '/record', 'wrong-form'],
    ['another record', stateEvent(record, { record: otherRecord }), '/record', 'another-record'],
    ['no type', without(stateEvent(record), 'type'), '/type', 'required-field'],
    ['another type', stateEvent(record, { type: 'retraction' }), '/type', 'not-one-of'],
    ['no value', without(stateEvent(record), 'value'), '/value', 'required-field'],
    ['another state', stateEvent(record, { value: 'published' }), '/value', 'not-one-of'],
    ['a state that is a list', stateEvent(record, { value: ['archive'] }), '/value', 'not-one-of'],
    ['a citation that is text', citationEvent(record, { value: '10.1/x' }), '/value', 'wrong-type'],
    ['no DOI', citationEvent(record, { value: { title: 'T' } }), '/value/doi', 'required-field'],
    [
      'a DOI with its resolver',
      citationEvent(record, { value: { doi: 'https://doi.org/10.1234/x' } }),
      '/value/doi',
      'wrong-form',
    ],
    [
      'more than a citation',
      citationEvent(record, { value: { doi: '10.1234/x', year: 2026 } }),
      '/value/year',
      'unknown-field',
    ],
    ['an empty note', noteEvent(record, { value: '' }), '/value', 'out-of-range'],
    ['a long note', noteEvent(record, { value: 'x'.repeat(4001) }), '/value', 'out-of-range'],
    ['a bell in a note', noteEvent(record, { value: 'ping\u0007' }), '/value', 'wrong-form'],
    [
      'a withdrawal that is text',
      withdrawalEvent(record, { value: 'erroneous' }),
      '/value',
      'wrong-type',
    ],
    [
      'another reason',
      withdrawalEvent(record, { value: { reason: 'boredom', explanation: 'Tired of it.' } }),
      '/value/reason',
      'not-one-of',
    ],
    [
      'no explanation',
      withdrawalEvent(record, { value: { reason: 'rights' } }),
      '/value/explanation',
      'required-field',
    ],
    [
      'an empty explanation',
      withdrawalEvent(record, { value: { reason: 'rights', explanation: '' } }),
      '/value/explanation',
      'out-of-range',
    ],
    ['no time', without(stateEvent(record), 'statedAt'), '/statedAt', 'required-field'],
    [
      'a local time',
      stateEvent(record, { statedAt: '2026-11-21T09:00:00+01:00' }),
      '/statedAt',
      'wrong-form',
    ],
    [
      '30 February',
      stateEvent(record, { statedAt: '2026-02-30T09:00:00Z' }),
      '/statedAt',
      'wrong-form',
    ],
    ['one member more', stateEvent(record, { by: 'Ada Example' }), '/by', 'unknown-field'],
  ] as const) {
    it(`is refused with ${what}`, () => {
      assert.deepEqual(faultsOf(event), new Set([`${pointer} ${rule}`]))
    })
  }

  for (const [where, event] of [
    ['a note', noteEvent(record, { value: 'Ask ada@example.org for the data.' })],
    [
      'the explanation of a withdrawal',
      withdrawalEvent(record, {
        value: { reason: 'personal-data', explanation: 'It named ada@example.org.' },
      }),
    ],
  ] as const) {
    it(`is refused with something private in ${where}, which is not repeated`, () => {
      assert.throws(
        () => checkEvent(event, record),
        (error) =>
          error instanceof InvalidEvent &&
          error.findings[0]?.rule === 'e-mail-address' &&
          !JSON.stringify([error.message, error.findings]).includes('ada@'),
      )
    })
  }
})

function faultsOf(event: JsonObject): Set<string> {
  try {
    checkEvent(event, record)
    return new Set()
  } catch (error) {
    assert.ok(error instanceof InvalidEvent)
    return new Set(error.findings.map(({ pointer, rule }) => `${pointer} ${rule}`))
  }
}

function without(event: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(event).filter(([member]) => member !== name))
}
