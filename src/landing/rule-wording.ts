import type { Rule } from '../record/expectation.ts'
import { html, type Content, type Html } from './html.ts'
import { firstFew } from './layout.ts'
import { blobLink } from './links.ts'
import { sizeInWords } from './quantity.ts'

type RuleOf<Type extends Rule['type']> = Extract<Rule, { type: Type }>
type Tolerance = { readonly abs?: string | undefined; readonly rel?: string | undefined }

/** A rule as a sentence about the output: what it must be, and how far it may be off. */
export function ruleInWords(rule: Rule): Content {
  switch (rule.type) {
    case 'exact':
      return 'Must have the same bytes as the reference.'
    case 'text':
      return textInWords(rule)
    case 'numeric':
      return numericInWords(rule)
    case 'image':
      return imageInWords(rule)
    case 'regex':
      return regexInWords(rule)
    case 'exists':
      return existsInWords(rule)
    case 'set':
      return html`Must be exactly the files listed in ${blobLink(rule.manifest.digest, 'manifest')}.`
    case 'metric':
      return metricInWords(rule)
    case 'command':
      return html`The command <code class="line">${rule.argv.join(' ')}</code> must end with exit
        code ${(rule.passCodes ?? [0]).join(' or ')}.`
  }
}

function textInWords(rule: RuleOf<'text'>): Html {
  const trimmed = rule.trim === true ? ' White space at the ends of lines does not count.' : ''
  const ends = rule.eol === 'same' ? ' Line ends count.' : ''
  const ignored = rule.ignore ?? []
  return html`Must be the same text as the reference.${trimmed}${ends}
  ${
    ignored.length === 0
      ? undefined
      : html`What matches is left out first:
        ${firstFew(ignored, (expression) => html`<code class="line">${expression}</code>`, ', ')}.`
  }`
}

function numericInWords(rule: RuleOf<'numeric'>): Html {
  const columns = Object.entries(rule.columns ?? {})
  const others = columns.length === 0 ? 'Every number' : 'Every other number'
  return html`${firstFew(
    columns,
    ([name, tolerance]) =>
      html`Numbers in column <code>${name}</code> ${toleranceInWords(tolerance)}.`,
    ' ',
  )}
  ${others} ${toleranceInWords(rule)}.
  ${rule.nan === 'equal' ? 'Not-a-number equals itself.' : undefined}
  ${rule.rows === 'prefix' ? 'There may be more rows than in the reference.' : undefined}`
}

function toleranceInWords({ abs, rel }: Tolerance): string {
  const parts = [
    ...(abs === undefined ? [] : [abs]),
    ...(rel === undefined ? [] : [`${rel} times the reference value`]),
  ]
  if (parts.length === 0) return 'must equal the reference'
  return `may differ from the reference by at most ${parts.join(' plus ')}`
}

function imageInWords(rule: RuleOf<'image'>): string {
  const most =
    rule.maxDelta === undefined ? '' : ` No channel may differ by more than ${rule.maxDelta}.`
  return `A share of at most ${rule.maxFraction} of the pixels may differ from the reference by more than ${rule.channelDelta} in any channel; the normalised root mean square error may be at most ${rule.maxNrmse}.${most}`
}

function regexInWords({ pattern, min, max }: RuleOf<'regex'>): Html {
  const expression = html`<code class="line">${pattern}</code>`
  if (max === 0) return html`The expression ${expression} must not match.`
  const bounds = boundsInWords(min, max)
  return html`The expression ${expression} must match
  ${bounds === '' ? 'at least once' : `${bounds} times`}.`
}

function existsInWords({ minSize, maxSize }: RuleOf<'exists'>): string {
  const bounds = boundsInWords(
    minSize === undefined ? undefined : sizeInWords(minSize),
    maxSize === undefined ? undefined : sizeInWords(maxSize),
  )
  const size = bounds === '' ? '' : `, ${bounds} in size`
  return `Must be there${size}. Presence only: the contents are not looked at.`
}

function metricInWords({ name, lower, upper, unit }: RuleOf<'metric'>): Html {
  const bounds = boundsInWords(lower, upper)
  return html`The figure <code>${name}</code> must be
    ${bounds === '' ? 'stated' : bounds}${unit === undefined ? '' : ` ${unit}`}. It never decides
    whether results agree.`
}

/** `at least 1 and at most 3`; '' when neither is given. */
export function boundsInWords(
  lower: string | number | undefined,
  upper: string | number | undefined,
): string {
  const parts = [
    ...(lower === undefined ? [] : [`at least ${lower}`]),
    ...(upper === undefined ? [] : [`at most ${upper}`]),
  ]
  return parts.join(' and ')
}
