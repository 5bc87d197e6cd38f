import type { Verdict } from '../record/expectation.ts'
import type { RecordState, WithdrawalReason } from '../record/record-event.ts'
import type { GapCode } from '../record/run.ts'
import type { RecordKind } from '../record/workflow-record.ts'
import { html, type Html } from './html.ts'
import type { Referrer } from './views.ts'

/** The words of the format in plain English, each in one place. */

export const kindInWords: Readonly<Record<RecordKind, string>> = {
  run: 'Executed workflow',
  plan: 'Workflow plan',
  collection: 'Collection',
}

export const verdictInWords: Readonly<Record<Verdict, string>> = {
  identical: 'identical',
  equivalent: 'equivalent',
  'within-tolerance': 'within tolerance',
  different: 'different',
  missing: 'missing',
  error: 'error',
  'not-compared': 'not compared',
}

export const verdictMeaning: Readonly<Record<Verdict, string>> = {
  identical: 'every required output has the same bytes as its reference',
  equivalent: 'the contents are equal, though some bytes are not',
  'within-tolerance': 'every difference is within the tolerance stated in the plan',
  different: 'at least one required output differs by more than its tolerance',
  missing: 'a required output was not made',
  error: 'a comparison could not be carried out',
  'not-compared': 'a required output was not compared, or nothing is required',
}

export function verdictBadge(verdict: Verdict): Html {
  return html`<span class="badge ${verdict}">${verdictInWords[verdict]}</span>`
}

/** The words of the format are plain English already. */
export function stateBadge(state: RecordState): Html {
  return html`<span class="badge state">${state}</span>`
}

export function withdrawnBadge(): Html {
  return html`<span class="badge withdrawn">withdrawn</span>`
}

export const withdrawalReasonInWords: Readonly<Record<WithdrawalReason, string>> = {
  erroneous: 'something in it is wrong',
  'personal-data': 'it holds personal data',
  rights: 'it holds what its depositor had no right to publish',
  security: 'to give it out would endanger the security of somebody',
  superseded: 'another record takes its place',
  other: 'for another reason',
}

/** The figures the runner's comparison writes; others are shown by the name they have. */
const measurementNames: ReadonlyMap<string, string> = new Map([
  ['values', 'values compared'],
  ['beyond', 'values beyond tolerance'],
  ['maxAbs', 'largest absolute difference'],
  ['maxRel', 'largest relative difference'],
  ['unequalTexts', 'texts that differ'],
  ['unequalLines', 'lines that differ'],
  ['size', 'size in bytes'],
])

export function measurementInWords(name: string): string {
  return measurementNames.get(name) ?? name
}

type RelationName = Referrer['relation']

/** What this record is to the one it names. */
export const relationInWords: Readonly<Record<RelationName, string>> = {
  replayOf: 'Replay of',
  derivedFrom: 'Derived from',
  supersedes: 'Supersedes',
  partOf: 'Part of',
  importedFrom: 'Imported from',
  hasMember: 'Has the member',
}

/** What the record that names this one is to it. */
export const referrerInWords: Readonly<Record<RelationName, string>> = {
  replayOf: 'Replayed by',
  derivedFrom: 'Source of',
  supersedes: 'Superseded by',
  partOf: 'Has the part',
  importedFrom: 'Imported as',
  hasMember: 'In the collection',
}

export const gapInWords: Readonly<Record<GapCode, string>> = {
  'moving-reference':
    'Something is named by a branch or a development version, which may mean other code later.',
  'missing-input': 'An input is not in the archive.',
  'external-only': 'Something is kept elsewhere only; if it goes there, it is gone.',
  'not-retained-binary': 'Binaries that ran are not kept; they would have to be built again.',
  'no-lockfile': 'There is no lockfile, so the exact versions of the packages are not known.',
  'module-environment':
    'Software came from the modules of one site; it cannot be installed elsewhere from this record.',
  'unbound-marker': 'A template has a place that no parameter fills.',
  'no-expectation': 'Nothing says what a right result looks like, so no replay can be judged.',
  'vacuous-expectation': 'An expectation accepts wrong results too; that it holds says little.',
  'log-truncated': 'A log was cut off at its size limit.',
  redacted: 'Something private was taken out before the deposit.',
  'unknown-exit': 'It is not known how a stage ended.',
}
