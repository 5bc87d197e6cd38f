import { join } from 'node:path'
import { parseCheckpointText } from '../../src/log/checkpoint.ts'
import { parseNote, parseVerifierKey, verifyNote } from '../../src/log/note.ts'
import { WitnessClient, type WitnessClientParts } from '../../src/publication/witness-client.ts'
import { findContradiction, Witnesses, type WitnessFact } from '../../src/publication/witnesses.ts'
import { witnessVerifier } from '../log/signing-keys.ts'
import { temporaryData } from '../service/temporary-data.ts'
import { startWitnessUnderTest, type WitnessUnderTest } from '../service/witness-under-test.ts'
import { fillLog } from './fill-log.ts'
import {
  newLogKey,
  openPublishedLog,
  origin,
  type LogKey,
  type PublishedLog,
} from './published-log.ts'

/** A published log on real stores whose checkpoints are cosigned. */
export interface WitnessedLog extends AsyncDisposable {
  readonly log: PublishedLog
  readonly facts: readonly WitnessFact[]
  /** Enters what a log of that size lacks, and has it published. */
  growTo(size: number): Promise<void>
  /** Who has lines under the published checkpoint. */
  shown(): Promise<Shown>
}

export interface Shown {
  readonly size: number
  /** Names on the lines. */
  readonly signers: readonly string[]
  /** How many of the lines are bad. */
  readonly forged: number
}

export interface WitnessedLogChoices {
  readonly key: LogKey
  readonly clientsOf: (log: WitnessClientParts['log']) => readonly WitnessClient[]
  /** How long witnesses are waited for at the start. */
  readonly answerMs?: number
}

const limitsMs = { answer: 20_000, look: 5, firstPause: 5, longestPause: 20 }

export async function openWitnessedLog(
  directory: string,
  { key, clientsOf, answerMs = limitsMs.answer }: WitnessedLogChoices,
): Promise<WitnessedLog> {
  await using opened = new AsyncDisposableStack()
  let clients: readonly WitnessClient[] = []
  const log = opened.use(
    await openPublishedLog(directory, {
      key,
      change: (parts) => {
        clients = clientsOf(parts.log)
        const asking = { findContradiction: () => findContradiction(clients, answerMs) }
        return Object.assign(asking, parts)
      },
    }),
  )
  const facts: WitnessFact[] = []
  const { publisher } = log
  const report = (fact: WitnessFact) => void facts.push(fact)
  const witnesses = new Witnesses({ clients, publisher, report, limitsMs })
  opened.defer(() => witnesses.stop())
  const all = opened.move()
  return {
    log,
    facts,
    growTo: async (size) => {
      fillLog(join(directory, 'catalog.sqlite'), size)
      await publisher.covered(size - 1)
    },
    shown: async () => {
      const note = parseNote((await log.parts.log.read('checkpoint')) ?? '')
      const signers = note.signatures.map(({ name }) => name)
      const { failed } = await verifyNote(note, [...log.parts.verifiers, witnessVerifier])
      return { size: parseCheckpointText(note.text).size, signers, forged: failed.length }
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

/** A place for a log, its key, and a witness that follows the protocol. */
export interface WitnessedPlace extends AsyncDisposable {
  readonly path: string
  readonly key: LogKey
  readonly witness: WitnessUnderTest
  readonly clientsOf: WitnessedLogChoices['clientsOf']
}

export async function openPlace(): Promise<WitnessedPlace> {
  await using opened = new AsyncDisposableStack()
  const data = opened.use(await temporaryData())
  const key = await newLogKey()
  const logs = [{ origin, verifiers: [await parseVerifierKey(key.vkey)], url: undefined }]
  const witness = opened.use(await startWitnessUnderTest(join(data.path, 'witness'), { logs }))
  const verifier = await parseVerifierKey(witness.vkey)
  const all = opened.move()
  return {
    path: data.path,
    key,
    witness,
    clientsOf: (log) => [
      new WitnessClient({ witness: { verifier, url: witness.url }, log, fetch }),
    ],
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
