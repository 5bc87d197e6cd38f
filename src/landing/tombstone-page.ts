import { html, type Content, type Html } from './html.ts'
import { factsOf, proseOf, sectionOf } from './layout.ts'
import { pageOf } from './page-frame.ts'
import { countInWords, dayOf, timeOf } from './quantity.ts'
import { eventsTable } from './record-events.ts'
import type { TombstoneView } from './views.ts'
import { kindInWords, withdrawalReasonInWords, withdrawnBadge } from './wording.ts'

/** The page behind the digest of a record that was withdrawn: what it was, and why it is gone. */
export function tombstonePage(view: TombstoneView): string {
  const { title, kind, digest, withdrawal } = view
  return pageOf(view, {
    title: `Withdrawn: ${title}`,
    description: 'This record was withdrawn.',
    isListed: false,
    hasSearch: true,
    main: html`<div class="tombstone">
      <header class="heading">
        <p class="kind">${kindInWords[kind]}</p>
        <h1 dir="auto">${title} ${withdrawnBadge()}</h1>
        <p class="notice">
          This record was withdrawn on ${dayOf(withdrawal.acceptedAt)}:
          ${withdrawalReasonInWords[withdrawal.event.value.reason]}. Neither the record nor the
          files that it alone names are given out any more.
        </p>
        <p class="name"><span>Digest</span> <code class="whole">${digest}</code></p>
      </header>
      ${sectionOf({ id: 'why', heading: 'Why it was withdrawn', content: reasonOf(view) })}
      ${sectionOf({ id: 'remains', heading: 'What remains', content: remainsOf(view) })}
      ${sectionOf({ id: 'events', heading: 'Events', content: eventsTable(view) })}
    </div>`,
  })
}

function reasonOf({ withdrawal }: TombstoneView): Html {
  const { reason, explanation } = withdrawal.event.value
  const statement = `/events/${withdrawal.digest}`
  return factsOf([
    ['Reason', html`${withdrawalReasonInWords[reason]} (<code>${reason}</code>)`],
    ['Explanation', proseOf(explanation)],
    ['Withdrawn', html`${timeOf(withdrawal.acceptedAt)}, ${placeOf(withdrawal.logIndex)}`],
    [
      'Statement',
      html`<a href="${statement}">event</a>, <a href="${statement}/receipt">receipt</a>,
        <a href="${statement}/proof">proof</a>`,
    ],
  ])
}

function remainsOf({ digest, isSigned, acceptedAt, logIndex }: TombstoneView): Html {
  const page = `/records/${digest}`
  const signatures = isSigned ? html`<a href="${page}/signatures">signatures</a>` : undefined
  return html`<p>
      The log is as it was: its entry for this record, which holds digests alone, still proves that
      exactly these bytes were deposited then. Whoever has a copy can check it against the digest.
    </p>
    ${factsOf([
      ['Deposited', html`${timeOf(acceptedAt)}, ${placeOf(logIndex)}`],
      ['Receipt', html`<a href="${page}/receipt">signed by the registry</a>`],
      [
        'Proof',
        html`<a href="${page}/proof">that it is in the log</a>;
          <a href="/log/checkpoint">the newest checkpoint</a>`,
      ],
      ['Depositor’s signatures', signatures],
    ])}`
}

function placeOf(logIndex: number): Content {
  return `log index ${countInWords(logIndex)}`
}
