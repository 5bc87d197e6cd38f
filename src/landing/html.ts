/** Markup that is safe to send. Only the tag below makes it, so no text can pass for it. */
class Html {
  readonly #text: string
  constructor(text: string) {
    this.#text = text
  }
  toString(): string {
    return this.#text
  }
}

export type { Html }

/** What may stand in a template: text is escaped, markup is not, lists are joined, absence is ''. */
export type Content = Html | string | number | undefined | readonly Content[]

/**
 * Writes markup. Every value is escaped unless it was made by this tag; values
 * in attributes must stand in quotes.
 */
export function html(literals: TemplateStringsArray, ...values: readonly Content[]): Html {
  let text = literals[0] ?? ''
  values.forEach((value, index) => {
    text += textOf(value) + (literals[index + 1] ?? '')
  })
  return new Html(text)
}

/** Contents one after the other with something between them. */
export function joined(contents: readonly Content[], separator: Content): Html {
  return html`${contents.map((content, index) => (index === 0 ? content : [separator, content]))}`
}

function textOf(content: Content): string {
  if (content === undefined) return ''
  if (content instanceof Html) return content.toString()
  if (typeof content === 'object') return content.map(textOf).join('')
  return escaped(String(content))
}

const entityOf: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

// Besides markup: control characters, and those that turn the direction of
// writing, with which a path could be shown as another one.
const unsafe = /[&<>"'\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

function escaped(text: string): string {
  return text.replace(unsafe, (character) => entityOf[character] ?? visible(character))
}

/** A name for a character that cannot be seen, for example `⟨U+202E⟩`. */
function visible(character: string): string {
  const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
  return `⟨U+${code}⟩`
}
