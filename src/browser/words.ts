import {
  isGoodReport,
  recordChecks,
  type CheckId,
  type Finding,
  type Outcome,
} from '../verification/finding.ts'

/** What a check asks; a record that is not in a bundle has no other checks. */
export const checkInWords: Readonly<Partial<Record<CheckId, string>>> = {
  'record-digest': 'It is the record of this address',
  'record-form': 'It has one digest, whoever writes it down',
  'depositor-signatures': 'Its depositor signed it',
  'receipt-signature': 'The registry signed a receipt',
  'receipt-record': 'The receipt is for this record',
  'receipt-log': 'Receipt, log entry and proof name one place in one log',
  leaf: 'The log entry is that of this record',
  inclusion: 'The entry is in the log',
  checkpoint: 'The log signed its head, and only grows',
  'checkpoint-copy': 'The copy of the checkpoint is the one in the proof',
  witnesses: 'Others have seen the log with this head',
  trust: 'The keys are those you trust',
}

export const outcomeInWords: Readonly<Record<Outcome, string>> = {
  good: 'good',
  unpinned: 'its own word',
  unknown: 'undecided',
  absent: 'not there',
  bad: 'bad',
}

/** Findings of checks that are made without a bundle, in the order of checks. */
export function linesOf(findings: readonly Finding[]): Finding[] {
  return recordChecks
    .filter((check) => check !== 'checkpoint-copy')
    .flatMap((check) => findings.filter((finding) => finding.check === check))
    .map((finding) => ({ ...finding, detail: visible(finding.detail) }))
}

/** Parts of it come from the registry: nothing that hides, or turns the direction of writing. */
function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
}

/** The report in a sentence, and how good that is. */
export function conclusionOf(findings: readonly Finding[]): { text: string; outcome: Outcome } {
  const has = (outcome: Outcome) => findings.some((finding) => finding.outcome === outcome)
  if (has('bad')) {
    return { outcome: 'bad', text: 'Not verified: something contradicts what this page says.' }
  }
  if (!isGoodReport(findings)) {
    return { outcome: 'unknown', text: 'Not verified: not everything could be checked.' }
  }
  if (has('unpinned')) {
    return { outcome: 'unpinned', text: 'Verified, by keys that the registry itself names.' }
  }
  return { outcome: 'good', text: 'Verified, by keys that this browser knew before.' }
}
