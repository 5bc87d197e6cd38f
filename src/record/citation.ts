import { hexOf, type Digest } from './digest.ts'
import { recordUrlOf } from './identifier.ts'
import type { RecordKind, WorkflowRecord } from './workflow-record.ts'

/** What a citation is made of. */
export interface CitedRecord {
  readonly record: WorkflowRecord
  readonly digest: Digest
  /** Without a slash at the end. */
  readonly registryUrl: string
  /** Stands as the publisher. */
  readonly registryName: string
  /** RFC 3339; its year is the year of publication. */
  readonly acceptedAt: string
}

/** What kind of thing is cited, as it stands in the square brackets of a citation. */
export const citedAs: Readonly<Record<RecordKind, string>> = {
  run: 'Executed workflow record',
  plan: 'Workflow plan record',
  collection: 'Collection of workflow records',
}

const authorsInText = 10
const smallWords = new Set(['a', 'an', 'the', 'of', 'on', 'in', 'for', 'and', 'with'])

/**
 * One line for a list of references. It carries a URL, which can be followed
 * today, and the whole digest, which can be checked when the URL is gone.
 */
export function citationTextOf(cited: CitedRecord): string {
  const { record } = cited
  const parts = [
    `${authorsInWords(record)} (${yearOf(cited)})`,
    `${record.title} [${citedAs[record.kind]}]`,
    cited.registryName,
    recordUrlOf(cited.registryUrl, cited.digest),
    cited.digest,
  ]
  return parts.map((part) => part.replace(/\.+$/, '')).join('. ')
}

/** The same as an entry that BibTeX, BibLaTeX and pybtex can read. */
export function bibtexOf(cited: CitedRecord): string {
  const { record } = cited
  const fields = [
    ['author', record.authors.map((author) => bibtexName(author.name)).join(' and ')],
    // A second pair of braces keeps styles from changing upper case to lower.
    ['title', `{${escapeTex(record.title)}}`],
    ['year', yearOf(cited)],
    ['howpublished', `${citedAs[record.kind]}, ${escapeTex(cited.registryName)}`],
    ['publisher', escapeTex(cited.registryName)],
    ['url', recordUrlOf(cited.registryUrl, cited.digest)],
    ['note', cited.digest],
  ]
  const lines = fields.map(([name, value]) => `  ${name} = {${value}},\n`)
  return `@misc{${citationKeyOf(cited)},\n${lines.join('')}}\n`
}

/** Key of the BibTeX entry, for example `heat2026-a948904f`: ASCII, and unique in practice. */
export function citationKeyOf(cited: CitedRecord): string {
  const { record, digest } = cited
  const word = firstWord(`${record.application?.name ?? ''} ${record.title}`)
  return `${word}${yearOf(cited)}-${hexOf(digest).slice(0, 8)}`
}

function yearOf(cited: CitedRecord): string {
  return cited.acceptedAt.slice(0, 4)
}

function authorsInWords(record: WorkflowRecord): string {
  const names = record.authors.slice(0, authorsInText).map((author) => author.name)
  const separator = names.some((name) => name.includes(',')) ? '; ' : ', '
  return names.join(separator) + (record.authors.length > authorsInText ? ' et al.' : '')
}

function firstWord(text: string): string {
  const words = text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .match(/[a-z][a-z0-9]*/g)
  return words?.find((word) => !smallWords.has(word)) ?? 'record'
}

/** Braces keep BibTeX from cutting a name in places where it would see two persons or parts. */
function bibtexName(name: string): string {
  const isCutWrongly = /\band\b/i.test(name) || (name.match(/,/g) ?? []).length > 1
  return isCutWrongly ? `{${escapeTex(name)}}` : escapeTex(name)
}

const texOf: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  // BibTeX counts braces even behind a backslash, so `\{` would swallow the rest of the file.
  '{': '\\textbraceleft{}',
  '}': '\\textbraceright{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '#': '\\#',
  $: '\\$',
  '%': '\\%',
  '&': '\\&',
  _: '\\_',
}

function escapeTex(text: string): string {
  return text.replace(/[\\{}~^#$%&_]/g, (character) => texOf[character] ?? '')
}
