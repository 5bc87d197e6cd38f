/**
 * Text of a depositor inside Markdown that we write: it can neither start a
 * block nor an element, nor send a terminal anything but letters.
 */

const controls = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g
const markup = /[\\`*_[\]<>&|~#]/g

/** One line of text that renders as itself. */
export function markdownText(text: string): string {
  return visible(text).replaceAll(markup, '\\$&')
}

/** Text of several lines: paragraphs stay, line ends within them become spaces. */
export function markdownParagraphs(text: string): string {
  return text
    .split(/\n[ \t]*\n/)
    .map((paragraph) => markdownText(paragraph.trim().replaceAll(/\s+/g, ' ')))
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => paragraph.replace(/^(?=[-+=])|^(\d+)(?=[.)])/, '$1\\'))
    .join('\n\n')
}

/** Text in a fixed-width span, as it is. */
export function markdownCode(text: string): string {
  const shown = visible(text)
  const ticks = [...shown.matchAll(/`+/g)].map(([run]) => run.length)
  const fence = '`'.repeat(Math.max(0, ...ticks) + 1)
  const space = /^`|`$/.test(shown) ? ' ' : ''
  return `${fence}${space}${shown}${space}${fence}`
}

/** Control characters, also those that turn the direction of writing, as `\uXXXX`. */
function visible(text: string): string {
  return text.replaceAll(
    controls,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
