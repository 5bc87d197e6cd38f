import {
  bundleGood,
  edited,
  filesOf,
  good,
  listed,
  other,
  placeOf,
  record,
  standard,
  top,
  withoutFile,
} from './bundle-cases.ts'
import { ownWord, type Case, type Expected } from './cases.ts'
import { standardFiles } from './case-records.ts'
import { evidenceFor, policyOf, strangeLog } from './evidence.ts'
import { signatureLine } from './small-log.ts'
import { membersOf, sealed, tarOf, type Files } from './small-tar.ts'

const forgedFiles: readonly Case[] = [
  listed(
    'a payload file that the record does not name',
    { ...standard, 'data/more.in': Buffer.from('x') },
    { 'bundle-completeness': 'bad' },
  ),
  listed(
    'a changed input that is listed',
    { ...standard, 'data/inputs/heat.in': Buffer.from('cells 65\n') },
    { 'bundle-completeness': 'bad' },
  ),
  listed('an input that is neither here nor listed', withoutFile(standard, 'data/inputs/heat.in'), {
    'bundle-completeness': 'absent',
  }),
  listed('a full bundle without an output', filesOf('full', good, standardFiles), {
    'bundle-completeness': 'absent',
  }),
  listed('a profile that nobody knows', filesOf('huge', good, standardFiles), {
    'bundle-completeness': 'bad',
  }),
  listed(
    'a runner that the receipt does not name',
    { ...standard, 'stele/stele.pyz': Buffer.from('evil') },
    { 'bundle-completeness': 'bad' },
  ),
  listed('no runner', withoutFile(standard, 'stele/stele.pyz'), {
    'bundle-completeness': 'absent',
  }),
  listed(
    'a listed tag file that no bundle has',
    { ...standard, 'run-me.sh': Buffer.from('#!/bin/sh\n') },
    { 'bundle-completeness': 'bad' },
  ),
  listed('no verify.sh', withoutFile(standard, 'verify.sh'), { 'bundle-completeness': 'absent' }),
]

const twoAnnouncements: readonly Case[] = [
  listed(
    'a bundle that announces its size behind another one',
    withInfo((text) => `Payload-Oxum: 1.1\n${text}`),
    { 'bundle-files': 'bad' },
  ),
  listed(
    'a bundle that announces another size with a control character first',
    withInfo((text) => `Payload-Oxum: 1.1\u001c\n${text}`),
    { 'bundle-files': 'bad' },
  ),
  listed(
    'a bundle whose first profile is another one',
    withInfo((text) => `Stele-Bundle-Profile: thin\n${text}`),
    { 'bundle-completeness': 'bad' },
  ),
  listed(
    'a bundle that names another profile behind a line separator',
    withInfo((text) => `Note: x\u2028Stele-Bundle-Profile: thin\n${text}`),
    {},
  ),
  listed(
    'a bundle that announces another size behind a byte order mark',
    withInfo((text) => `\uFEFFPayload-Oxum: 1.1\n${text}`),
    {},
  ),
  listed(
    'a bag-info.txt with the line ends of Windows',
    withInfo((text) => text.replaceAll('\n', '\r\n')),
    { 'bundle-files': 'bad', 'bundle-completeness': 'bad' },
  ),
]

const fromBeforeTheLog: Expected = {
  'bundle-completeness': 'absent',
  'receipt-log': 'absent',
  inclusion: 'absent',
  checkpoint: 'absent',
  'checkpoint-copy': 'absent',
}
const oldFiles = withoutFile(standard, placeOf.proof, placeOf.checkpoint, placeOf.policy)

const evidenceInside: readonly Case[] = [
  listed('a bundle from before the log', oldFiles, fromBeforeTheLog),
  {
    ...listed(
      'a bundle from before the log, to a reader who allows it',
      oldFiles,
      fromBeforeTheLog,
    ),
    allow: ['bundle-completeness', 'receipt-log', 'inclusion', 'checkpoint'],
  },
  listed(
    'a bundle with the proof of another record',
    { ...standard, [placeOf.proof]: other.proof ?? record },
    {
      inclusion: 'bad',
      'checkpoint-copy': 'bad',
    },
  ),
  listed(
    'a bundle with the receipt of another record',
    { ...standard, [placeOf.receipt]: other.receipt ?? record },
    {
      'receipt-record': 'bad',
      'receipt-log': 'bad',
    },
  ),
  listed(
    'a bundle with a receipt that is not readable',
    { ...standard, [placeOf.receipt]: Buffer.from('no') },
    {
      'bundle-completeness': 'unknown',
      'receipt-signature': 'bad',
      'receipt-record': 'unknown',
      'receipt-log': 'unknown',
      leaf: 'unknown',
    },
  ),
  listed(
    'a bundle with the checkpoint of another log',
    filesOf(
      'standard',
      evidenceFor(record, {
        origin: strangeLog.name,
        lines: (text) => [signatureLine(text, strangeLog)],
      }),
      standardFiles,
    ),
    { checkpoint: 'bad' },
  ),
  {
    name: 'a bundle with the key of another log in its policy',
    files: {
      bundle: tarOf(
        membersOf(
          sealed(
            filesOf(
              'standard',
              evidenceFor(record, { policy: policyOf([strangeLog]) }),
              standardFiles,
            ),
          ),
          top,
        ),
      ),
    },
    trust: {},
    expected: { ...bundleGood, ...ownWord, checkpoint: 'bad' },
  },
]

export const forgedBundleCases: readonly Case[] = [
  ...forgedFiles,
  ...twoAnnouncements,
  ...evidenceInside,
]

function withInfo(change: (text: string) => string): Files {
  return edited(standard, 'bag-info.txt', change)
}
