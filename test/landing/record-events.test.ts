import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventsShown } from '../../src/landing/record-events.ts'
import { recordPage } from '../../src/landing/record-page.ts'
import { citationEvent, noteEvent, stateEvent } from '../record-event-fixtures.ts'
import { minimalRun } from '../record-fixtures.ts'
import { digestWith } from './example-records.ts'
import { addressesIn, eventViewOf, tagsOf, textOf, viewOf } from './example-views.ts'

const record = digestWith('d')
const title = 'A run of one stage'

describe('The page of a record', () => {
  it('has the state beside the title', () => {
    const page = recordPage(viewOf(minimalRun(), { state: 'archive' }))
    assert.match(textOf(page), new RegExp(`${title} +archive `))
  })

  it('says nothing of states and events when nothing was stated', () => {
    const page = recordPage(viewOf(minimalRun()))
    assert.ok(page.includes(`<h1 dir="auto">${title}</h1>`))
    assert.doesNotMatch(page, /id="events"/)
  })

  it('lists what was stated, in words, with the days and the exact bytes', () => {
    const events = [noteEvent(record), citationEvent(record), stateEvent(record)].map((event) =>
      eventViewOf(event),
    )
    const page = recordPage(viewOf(minimalRun(), { events }))
    assert.match(
      sectionOf(page),
      new RegExp(
        'Note The machine was switched off\\. 2026-11-21 2026-11-22 .*' +
          'Citation Heat on rods , doi:10\\.1234/example\\.5678 .*' +
          'State research 2026-11-21 2026-11-22 ',
      ),
    )
    assert.ok(addressesIn(page).includes('https://doi.org/10.1234/example.5678'))
    assert.ok(addressesIn(page).includes(`/events/${digestWith('9')}`))
  })

  it('says where each event is in the log, and who signed it if anybody did', () => {
    const signatureKeys = [{ kid: 'key-of-ada', alg: 'EdDSA' }]
    const signed = recordPage(
      viewOf(minimalRun(), { events: [eventViewOf(noteEvent(record), { signatureKeys })] }),
    )
    const unsigned = recordPage(viewOf(minimalRun(), { events: [eventViewOf(noteEvent(record))] }))
    assert.match(sectionOf(signed), /Signed with .* key-of-ada .*1,042 receipt proof/)
    assert.doesNotMatch(sectionOf(unsigned), /Signed with/)
    for (const name of ['receipt', 'proof', 'signatures']) {
      assert.ok(addressesIn(signed).includes(`/events/${digestWith('9')}/${name}`), name)
    }
  })

  it('shows no more than the newest and says where all of them are', () => {
    const events = Array.from({ length: eventsShown + 1 }, (_, index) =>
      eventViewOf(noteEvent(record, { value: `note number ${index}.` })),
    )
    const whole = recordPage(viewOf(minimalRun(), { events: events.slice(1) }))
    const cut = recordPage(viewOf(minimalRun(), { events }))
    assert.doesNotMatch(sectionOf(whole), /all of them are in/)
    assert.match(sectionOf(cut), /The newest 100 are shown; all of them are in events/)
    assert.doesNotMatch(sectionOf(cut), /note number 100\./)
    assert.ok(addressesIn(cut).includes(`/records/${record}/events`))
  })

  it('shows markup of strangers as text', () => {
    const value = '<script>alert(1)</script>\n\n"two" & \u202eparagraphs'
    const citation = { doi: '10.1234/<b>"x', title: '</bdi><b>' }
    const events = [noteEvent(record, { value }), citationEvent(record, { value: citation })]
    const page = recordPage(
      viewOf(minimalRun(), { events: events.map((event) => eventViewOf(event)) }),
    )
    const tags = tagsOf(page)
    assert.deepEqual([tags.includes('<script>'), tags.includes('<b>')], [false, false])
    assert.ok(textOf(page).includes('<script>alert(1)</script>'))
    assert.ok(textOf(page).includes('⟨U+202E⟩paragraphs'))
  })
})

function sectionOf(page: string): string {
  return textOf(page.slice(page.indexOf('<section id="events"')).split('</section>')[0] ?? '')
}
