import { html, joined, type Content, type Html } from './html.ts'
import { countInWords } from './quantity.ts'

/** Entries of a list inside a line or a fact; a record may have thousands. */
const entriesShown = 50

/** A part of a page with its heading; `id` is also its place in the address. */
export interface Section {
  readonly id: string
  readonly heading: string
  readonly content: Content
}

export function sectionOf(section: Section): Html {
  return html`<section id="${section.id}" aria-labelledby="${section.id}-heading">
    <h2 id="${section.id}-heading">${section.heading}</h2>
    ${section.content}
  </section>`
}

/** Terms and what they are; a fact that is not known is left out. */
export function factsOf(facts: readonly (readonly [term: string, fact: Content])[]): Html {
  const known = facts.filter(([, fact]) => String(html`${fact}`).trim() !== '')
  return html`<dl class="facts">
    ${known.map(
      ([term, fact]) =>
        html`<div>
          <dt>${term}</dt>
          <dd>${fact}</dd>
        </div>`,
    )}
  </dl>`
}

/** Lines for a shell, each of which is selected whole by one click. */
export function commandsOf(lines: readonly string[]): Html {
  const commands = lines.map((line) => html`<code>${line}</code>`)
  return html`<pre class="commands">${joined(commands, '\n')}</pre>`
}

/** Text of a depositor in paragraphs; an empty line ends a paragraph. */
export function proseOf(text: string): Html {
  const paragraphs = text.split(/\n\s*\n/).filter((paragraph) => paragraph.trim() !== '')
  return html`${paragraphs.map((paragraph) => html`<p class="prose" dir="auto">${paragraph}</p>`)}`
}

/** The first entries of a list that is not a table, and how many more there are. */
export function firstFew<Entry>(
  entries: readonly Entry[],
  show: (entry: Entry) => Content,
  separator: Content,
): Html {
  const shown = entries.slice(0, entriesShown).map(show)
  const rest = entries.length - shown.length
  const more = rest > 0 ? [`and ${countInWords(rest)} more, all in record.json`] : []
  return joined([...shown, ...more], separator)
}
