import type { EventType, RecordEvent } from '../record/record-event.ts'
import { html, type Content, type Html } from './html.ts'
import { firstFew, proseOf } from './layout.ts'
import { digestOf, doiLink } from './links.ts'
import { countInWords, dayOf } from './quantity.ts'
import { tableOf } from './table.ts'
import type { EventView, RecordPageView } from './views.ts'
import { stateBadge, withdrawalReasonInWords } from './wording.ts'

/** Events on a page; whoever hands over one more makes the page say that there are older ones. */
export const eventsShown = 100

const typeInWords: Readonly<Record<EventType, string>> = {
  state: 'State',
  citation: 'Citation',
  note: 'Note',
  withdrawal: 'Withdrawal',
}

/** What was stated about the record after it was made, newest first; nothing if nothing was. */
export function eventsTable({
  digest,
  events,
}: Pick<RecordPageView, 'digest' | 'events'>): Content {
  if (events.length === 0) return undefined
  const wholeAt = `/records/${digest}/events`
  const table = tableOf({
    caption: 'Stated after the deposit, newest first; the record itself never changes',
    columns: [
      { head: 'Event', cell: ({ event }) => typeInWords[event.type] },
      { head: 'What it says', cell: ({ event }) => wordsOf(event) },
      { head: 'Stated', cell: ({ event }) => dayOf(event.statedAt) },
      { head: 'Accepted', cell: ({ acceptedAt }) => dayOf(acceptedAt) },
      { head: 'Signed with', cell: (shown) => signaturesOf(shown) },
      { head: 'In the log', cell: (shown) => placeOf(shown) },
      {
        head: 'Digest',
        cell: (shown) => html`<a href="/events/${shown.digest}">${digestOf(shown.digest)}</a>`,
      },
    ],
    rows: events.slice(0, eventsShown),
    wholeAt,
  })
  return html`${table} ${events.length > eventsShown ? olderNote(wholeAt) : undefined}`
}

function olderNote(wholeAt: string): Html {
  return html`<p class="note">
    The newest ${eventsShown} are shown; all of them are in <a href="${wholeAt}">events</a>.
  </p>`
}

function wordsOf(event: RecordEvent): Content {
  switch (event.type) {
    case 'state':
      return stateBadge(event.value)
    case 'citation':
      return citationOf(event.value)
    case 'note':
      return proseOf(event.value)
    case 'withdrawal':
      return html`${withdrawalReasonInWords[event.value.reason]}:
      ${proseOf(event.value.explanation)}`
  }
}

function signaturesOf({ digest, signatureKeys }: EventView): Content {
  if (signatureKeys.length === 0) return undefined
  const keys = firstFew(
    signatureKeys,
    ({ kid }) => html`<code class="line">${kid}</code>`,
    html`<br />`,
  )
  return html`<a href="/events/${digest}/signatures">${keys}</a>`
}

function placeOf({ digest, logIndex }: EventView): Html {
  const page = `/events/${digest}`
  return html`${countInWords(logIndex)} <a href="${page}/receipt">receipt</a>
    <a href="${page}/proof">proof</a>`
}

function citationOf({ doi, title }: Extract<RecordEvent, { type: 'citation' }>['value']): Content {
  return title === undefined ? doiLink(doi) : html`<bdi>${title}</bdi>, ${doiLink(doi)}`
}
