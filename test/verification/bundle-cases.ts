import { canonicalBytes } from '../../src/record/canonical-json.ts'
import { allGood, ownWord, type Case, type Expected } from './cases.ts'
import { fullFiles, otherRecord, richRecord, standardFiles } from './case-records.ts'
import {
  ada,
  evidenceFor,
  signDetached,
  keySetOf,
  logKey,
  policyOf,
  receiptKey,
  runner,
  type Evidence,
} from './evidence.ts'
import { digestOf } from './record-cases.ts'
import { membersOf, sealed, tarOf, type Files, type Member } from './small-tar.ts'

export const record = canonicalBytes(richRecord)
export const good = evidenceFor(record)
export const other = evidenceFor(canonicalBytes(otherRecord))
export const digest = digestOf(record)
export const top = digest.slice('sha256:'.length, 'sha256:'.length + 16)
const pinned = { policy: policyOf([logKey]), receiptKeys: keySetOf([receiptKey]) }

export const placeOf: Readonly<Record<keyof Evidence, string>> = {
  record: 'data/record.json',
  signatures: 'stele/signatures.json',
  receipt: 'stele/receipt.jws',
  leaf: 'stele/leaf.json',
  proof: 'stele/record.tlog-proof',
  checkpoint: 'stele/checkpoint',
  jwks: 'stele/jwks.json',
  policy: 'stele/policy',
}

export const bundleGood: Expected = {
  'bundle-form': 'good',
  'bundle-files': 'good',
  'bundle-completeness': 'good',
  ...allGood,
}

/** Files of a bundle before they are listed. */
export function filesOf(profile: string, evidence: Evidence, payload: Files = {}): Files {
  const placed = Object.entries(placeOf).flatMap(([name, path]) => {
    const found = Object.entries(evidence).find(([logicalName]) => logicalName === name)
    return found === undefined ? [] : [[path, found[1]]]
  })
  return {
    'bagit.txt': Buffer.from('BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n'),
    'bag-info.txt': Buffer.from(bagInfoOf(profile)),
    'verify.sh': Buffer.from(
      '#!/bin/sh\nsha256sum -c manifest-sha256.txt tagmanifest-sha256.txt\n',
    ),
    'stele/stele.pyz': runner,
    'data/README.md': Buffer.from('# A bundle for tests\n'),
    ...Object.fromEntries(placed),
    ...payload,
  }
}

function onlyForm(): Files {
  const kept = ['bagit.txt', 'bag-info.txt', 'data/record.json', 'data/inputs/heat.in']
  return Object.fromEntries(Object.entries(standard).filter(([path]) => kept.includes(path)))
}

function bagInfoOf(profile: string): string {
  return [
    'Bag-Software-Agent: stele bundle format 1',
    'Bagging-Date: 2026-11-20',
    `External-Identifier: ni:///sha-256;${Buffer.from(digest.slice(7), 'hex').toString('base64url')}`,
    'Payload-Oxum: OXUM',
    `Stele-Bundle-Profile: ${profile}`,
    '',
  ].join('\n')
}

const thinFiles = filesOf('thin', good)
export const standard = filesOf('standard', good, standardFiles)
export const standardMembers: readonly Member[] = membersOf(sealed(standard), top)

/** The fewest files that a bundle of good form can have: enough to spoil its form. */
export const fewMembers: readonly Member[] = membersOf(sealed(onlyForm()), top)

export function pinnedBundle(name: string, bundle: Uint8Array, differences: Expected): Case {
  const expected = { ...bundleGood, ...differences }
  return { name, files: { bundle }, digest, trust: pinned, expected }
}

/** A bundle whose lists are right, as a careful forger would leave them. */
export function listed(name: string, files: Files, differences: Expected): Case {
  return pinnedBundle(name, tarOf(membersOf(sealed(files), top)), differences)
}

/** A bundle of which files were changed after the lists were made. */
function tampered(name: string, change: (files: Files) => Files, differences: Expected): Case {
  return pinnedBundle(name, tarOf(membersOf(change(sealed(standard)), top)), differences)
}

export function withoutFile(files: Files, ...paths: readonly string[]): Files {
  return Object.fromEntries(Object.entries(files).filter(([path]) => !paths.includes(path)))
}

export function edited(files: Files, path: string, change: (text: string) => string): Files {
  return { ...files, [path]: Buffer.from(change(Buffer.from(files[path] ?? '').toString())) }
}

const goodBundles: readonly Case[] = [
  listed('a thin bundle', thinFiles, {}),
  listed('a standard bundle', standard, {}),
  listed('a full bundle', filesOf('full', good, fullFiles), {}),
  listed(
    'a bundle that its depositor signed',
    filesOf(
      'standard',
      evidenceFor(record, { signatures: [signDetached(record, ada)] }),
      standardFiles,
    ),
    { 'depositor-signatures': 'good' },
  ),
  {
    name: 'a bundle by its own word',
    files: { bundle: tarOf(standardMembers) },
    trust: {},
    expected: { ...bundleGood, ...ownWord },
  },
  {
    ...pinnedBundle('a bundle of another record than the cited one', tarOf(standardMembers), {
      'record-digest': 'bad',
    }),
    digest: digestOf(canonicalBytes(otherRecord)),
  },
]

const changedFiles: readonly Case[] = [
  tampered(
    'a changed byte of the payload',
    (files) => ({ ...files, 'data/inputs/heat.in': Buffer.from('cells 65\n') }),
    { 'bundle-files': 'bad' },
  ),
  tampered(
    'a changed tag file',
    (files) => ({ ...files, 'verify.sh': Buffer.from('#!/bin/sh\nexit 0\n') }),
    { 'bundle-files': 'bad' },
  ),
  tampered('a missing file', (files) => withoutFile(files, 'data/inputs/heat.in'), {
    'bundle-files': 'bad',
  }),
  tampered(
    'a file of the payload that is not listed',
    (files) => ({ ...files, 'data/more.in': Buffer.from('x') }),
    { 'bundle-files': 'bad' },
  ),
  tampered(
    'a tag file that is not listed',
    (files) => ({ ...files, 'stele/more.jws': Buffer.from('x') }),
    { 'bundle-files': 'bad', 'bundle-completeness': 'bad' },
  ),
  tampered('a missing manifest', (files) => withoutFile(files, 'manifest-sha256.txt'), {
    'bundle-files': 'bad',
    'bundle-completeness': 'unknown',
  }),
  tampered('a missing tag manifest', (files) => withoutFile(files, 'tagmanifest-sha256.txt'), {
    'bundle-files': 'bad',
  }),
  tampered(
    'a file that a manifest lists twice',
    (files) => edited(files, 'manifest-sha256.txt', (text) => `${text}${text}`),
    {
      'bundle-files': 'bad',
      'bundle-completeness': 'unknown',
    },
  ),
  tampered(
    'a manifest with a line that sha256sum would skip',
    (files) => edited(files, 'manifest-sha256.txt', (text) => `${text}${'0'.repeat(63)}  data/x\n`),
    {
      'bundle-files': 'bad',
      'bundle-completeness': 'unknown',
    },
  ),
  tampered(
    'a tag manifest without an end',
    (files) => edited(files, 'tagmanifest-sha256.txt', (text) => text.trimEnd()),
    { 'bundle-files': 'bad' },
  ),
  listed(
    'a payload that is larger than announced',
    edited(standard, 'bag-info.txt', (text) => text.replace('OXUM', '1.2')),
    { 'bundle-files': 'bad' },
  ),
]

export const bundleCases: readonly Case[] = [...goodBundles, ...changedFiles]
