import type { Case } from './cases.ts'
import {
  evidenceFor,
  logKey,
  newLogKey,
  otherLogKey,
  policyOf,
  strangeLog,
  stranger,
  type Evidence,
} from './evidence.ts'
import { good, pinned, pinnedCase, record, without } from './record-cases.ts'
import { cosignatureLine, lineOf, signatureLine, verifierKeyOf, type NoteKey } from './small-log.ts'
import { ed25519Key } from './test-keys.ts'
import { ownPolicy, readBy } from './policy-cases.ts'
import { changed, made, other, proofWith, unreadable } from './proof-cases.ts'

const otherLog = evidenceFor(record, {
  origin: strangeLog.name,
  lines: (text) => [signatureLine(text, strangeLog)],
})
function checkpointWith(change: (text: string) => string): Evidence {
  return { ...proofWith(change), checkpoint: changed(good.checkpoint, change) }
}

const checkpoints: readonly Case[] = [
  made(
    'a checkpoint signed by a key that is not the log\u2019s',
    { lines: (text) => [signatureLine(text, otherLogKey)] },
    { checkpoint: 'bad' },
  ),
  pinnedCase('a checkpoint of another log', otherLog, { checkpoint: 'bad' }),
  made(
    'a checkpoint with the signature of another text',
    { lines: () => [signatureLine('other\n', logKey)] },
    { checkpoint: 'bad' },
  ),
  pinnedCase(
    'a checkpoint with another size',
    checkpointWith((text) => text.replace('\n7\n', '\n8\n')),
    {
      checkpoint: 'bad',
    },
  ),
  made('a checkpoint with a line more', { checkpointText: (text) => `${text}more\n` }, unreadable),
  made(
    'a checkpoint whose size has a leading zero',
    { checkpointText: (text) => text.replace('\n7\n', '\n07\n') },
    unreadable,
  ),
  made('a checkpoint that nobody signed', { lines: () => [] }, unreadable),
  made(
    'a checkpoint with lines of keys that nobody knows',
    {
      lines: (text) => [
        signatureLine(text, strangeLog),
        signatureLine(text, logKey),
        signatureLine(text, otherLogKey),
      ],
    },
    {},
  ),
  made(
    'a checkpoint of the time when the log key changes, to a reader of the old key',
    { lines: bothKeys },
    {},
  ),
  readBy(
    'a checkpoint of the time when the log key changes',
    { ...pinned, policy: policyOf([logKey, newLogKey]) },
    { lines: bothKeys },
    {},
  ),
  readBy(
    'a checkpoint with one good and one forged line of the log',
    { ...pinned, policy: policyOf([logKey, newLogKey]) },
    {
      lines: (text) => [
        signatureLine(text, logKey),
        lineOf(newLogKey, stranger.sign(Buffer.from(text))),
      ],
    },
    { checkpoint: 'bad' },
  ),
  pinnedCase(
    'a checkpoint that is not the one in the proof',
    { ...good, checkpoint: other.checkpoint ?? record },
    { 'checkpoint-copy': 'bad' },
  ),
  pinnedCase('no checkpoint but the one in the proof', without(good, 'checkpoint'), {
    'checkpoint-copy': 'absent',
  }),
]

const witness: NoteKey = { name: 'witness.example.edu', key: ed25519Key('witness'), type: 4 }
const secondWitness: NoteKey = {
  name: 'other.example.edu',
  key: ed25519Key('second witness'),
  type: 4,
}
const bothWitnesses = `witness one ${verifierKeyOf(witness)}\nwitness two ${verifierKeyOf(secondWitness)}\n`
const asksForOne = policyOf([logKey], `witness one ${verifierKeyOf(witness)}\nquorum one\n`)
const asksForAny = policyOf([logKey], `${bothWitnesses}group some any one two\nquorum some\n`)
const asksForAll = policyOf([logKey], `${bothWitnesses}group each all one two\nquorum each\n`)
const cosigned = {
  lines: (text: string) => [
    signatureLine(text, logKey),
    cosignatureLine(text, witness, 1795168810),
  ],
}
const forged = {
  lines: (text: string) => [
    signatureLine(text, logKey),
    cosignatureLine(text, { ...witness, key: stranger }, 1795168810),
    lineOf(witness, Buffer.concat([Buffer.alloc(8), stranger.sign(Buffer.from(text))])),
  ],
}

const oneForged = {
  lines: (text: string) => [
    ...cosigned.lines(text),
    lineOf(secondWitness, Buffer.concat([Buffer.alloc(8), stranger.sign(Buffer.from(text))])),
  ],
}

const witnesses: readonly Case[] = [
  readBy(
    'a forged line of a witness beside enough good ones',
    { ...pinned, policy: asksForAny },
    oneForged,
    { witnesses: 'bad' },
  ),
  readBy('the witness that the reader asks for', { ...pinned, policy: asksForOne }, cosigned, {
    witnesses: 'good',
  }),
  readBy('one of two witnesses when any will do', { ...pinned, policy: asksForAny }, cosigned, {
    witnesses: 'good',
  }),
  readBy(
    'one of two witnesses when the reader asks for both',
    { ...pinned, policy: asksForAll },
    cosigned,
    { witnesses: 'bad' },
  ),
  readBy(
    'no witness where the reader asks for one',
    { ...pinned, policy: asksForOne },
    {},
    { witnesses: 'bad' },
  ),
  readBy('a forged line of a witness', { ...pinned, policy: asksForOne }, forged, {
    witnesses: 'bad',
  }),
  readBy(
    'a witness that signed beyond the last second that can be told',
    { ...pinned, policy: asksForOne },
    {
      lines: (text) => [signatureLine(text, logKey), cosignatureLine(text, witness, 2 ** 53)],
    },
    { witnesses: 'bad' },
  ),
  readBy('a witness that the reader does not ask for', pinned, cosigned, {}),
  ownPolicy('a witness of its own choice', asksForOne, { witnesses: 'unpinned' }, cosigned),
]

export const checkpointCases: readonly Case[] = [...checkpoints, ...witnesses]

function bothKeys(text: string): string[] {
  return [signatureLine(text, logKey), signatureLine(text, newLogKey)]
}
