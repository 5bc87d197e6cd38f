import { allGood, ownWord, type Case, type Expected, type ReaderTrust } from './cases.ts'
import {
  evidenceFor,
  logKey,
  origin,
  otherLogKey,
  policyOf,
  strangeLog,
  type Deviations,
} from './evidence.ts'
import { digest, good, pinned, record, without } from './record-cases.ts'

const undecided: Expected = { checkpoint: 'unknown', witnesses: 'unknown' }

export function readBy(
  name: string,
  trust: ReaderTrust,
  deviations: Deviations,
  is: Expected,
): Case {
  const expected = { ...allGood, ...is }
  return { name, files: evidenceFor(record, deviations), digest, trust, expected }
}

export const policyCases: readonly Case[] = [
  readBy('a log of the name that the reader expects', { ...pinned, origin }, {}, {}),
  readBy(
    'a log of another name than the reader expects',
    { ...pinned, origin: strangeLog.name },
    {},
    { checkpoint: 'bad' },
  ),
  readBy(
    'a reader who knows another key of that name',
    { ...pinned, policy: policyOf([otherLogKey]) },
    {},
    { checkpoint: 'bad' },
  ),
  readBy(
    'a reader who knows another log',
    { ...pinned, policy: policyOf([strangeLog]) },
    {},
    { checkpoint: 'bad' },
  ),
  ownPolicy('a policy of its own with another key', policyOf([otherLogKey]), { checkpoint: 'bad' }),
  ownPolicy(
    'a policy of its own with a key id that is wrong',
    policyOf([logKey]).replace(/\+[0-9a-f]{8}\+/, '+00000000+'),
    undecided,
  ),
  ownPolicy('a policy of its own that is not readable', 'trust me\n', undecided),
  ownPolicy('a policy of its own of no bytes', '', undecided),
  ownPolicy(
    'a policy of its own without its last newline',
    policyOf([logKey]).trimEnd(),
    undecided,
  ),
  ownPolicy('a policy of its own with two quorums', policyOf([logKey]).repeat(2), undecided),
  ownPolicy(
    'a policy of its own behind a byte order mark',
    `\ufeff${policyOf([logKey])}`,
    undecided,
  ),
  ownPolicy(
    'a policy of its own with the line ends of Windows',
    windows(policyOf([logKey])),
    undecided,
  ),
  ownPolicy(
    'a policy of its own with a comment in UTF-8',
    `# d\u00e9p\u00f4t\n${policyOf([logKey])}`,
    {},
  ),
  ownPolicyOf(
    'a policy of its own with a comment that is not UTF-8',
    Buffer.concat([Buffer.from('# d\xe9p\xf4t\n', 'latin1'), Buffer.from(policyOf([logKey]))]),
    undecided,
  ),
  ownPolicyOf(
    'a policy of its own with half a character in UTF-8',
    Buffer.concat([Buffer.from('23eda0800a', 'hex'), Buffer.from(policyOf([logKey]))]),
    undecided,
  ),
  {
    name: 'no policy',
    files: without(good, 'policy'),
    trust: {},
    expected: { ...ownWord, ...undecided },
  },
  {
    name: 'no policy, and a log of another name than the reader expects',
    files: without(good, 'policy'),
    trust: { origin: strangeLog.name },
    expected: { ...ownWord, ...undecided },
  },
  {
    name: 'no policy that is readable, and a log of another name than the reader expects',
    files: { ...good, policy: Buffer.from('trust me\n') },
    trust: { origin: strangeLog.name },
    expected: { ...ownWord, ...undecided },
  },
]

export function ownPolicy(
  name: string,
  policy: string,
  differences: Expected,
  deviations: Deviations = {},
): Case {
  const files = evidenceFor(record, { ...deviations, policy })
  return { name, files, trust: {}, expected: { ...ownWord, ...differences } }
}

function ownPolicyOf(name: string, policy: Uint8Array, differences: Expected): Case {
  return { name, files: { ...good, policy }, trust: {}, expected: { ...ownWord, ...differences } }
}

function windows(text: string): string {
  return text.replaceAll('\n', '\r\n')
}
