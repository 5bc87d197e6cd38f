import assert from 'node:assert/strict'
import { join } from 'node:path'
import { parseCheckpointText } from '../../src/log/checkpoint.ts'
import { parseNote, parseVerifierKey, verifyNote } from '../../src/log/note.ts'
import { canonicalBytes } from '../../src/record/canonical-json.ts'
import { freePort } from '../../src/service/server.ts'
import { eventually } from '../http/eventually.ts'
import { minimalRun } from '../record-fixtures.ts'
import {
  firstBearer,
  startService,
  SteleProcess,
  type RunningService,
} from '../service/service-process.ts'
import { temporaryData } from '../service/temporary-data.ts'

export interface RunningWitness extends AsyncDisposable {
  readonly url: string
  readonly vkey: string
  /** A value of STELE_WITNESSES. */
  readonly pair: string
  readonly process: SteleProcess
}

export interface WitnessChoices {
  readonly data: string
  /** Verifier keys of the logs that it follows, with or without an address. */
  readonly logs: readonly string[]
  readonly port?: number
}

/** `stele witness` as a process of its own. */
export async function runWitness(choices: WitnessChoices): Promise<RunningWitness> {
  const { data, logs, port = 0 } = choices
  const name = 'witness.example.org/w1'
  const followed = logs.flatMap((vkey) => ['--log', vkey])
  const options = ['--data', data, '--listen', `127.0.0.1:${port}`, '--name', name, ...followed]
  const process = new SteleProcess(['witness', ...options], {})
  const [, pair = ''] = await process.outputMatch(/STELE_WITNESSES='([^']+)'/)
  const at = pair.lastIndexOf('=')
  return {
    url: pair.slice(at + 1),
    vkey: pair.slice(0, at),
    pair,
    process,
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  }
}

/** Data of a registry whose log was begun, and of a witness; both are stopped. */
export interface WitnessedPlace extends AsyncDisposable {
  readonly data: string
  readonly witnessData: string
  /** Of the log. */
  readonly vkey: string
  start(settings?: Readonly<Record<string, string>>): Promise<RunningService>
  startWitness(port?: number): Promise<RunningWitness>
  /** The witness's key alone. */
  stoppedWitness(): Promise<{ readonly vkey: string }>
}

export async function openPlace(url = 'https://a.example.org'): Promise<WitnessedPlace> {
  const directory = await temporaryData()
  const data = join(directory.path, 'registry')
  const witnessData = join(directory.path, 'witness')
  const STELE_PORT = String(await freePort('127.0.0.1'))
  const start: WitnessedPlace['start'] = (settings = {}) =>
    startService(data, { STELE_URL: url, STELE_PORT, ...settings })
  const vkey = await begunWith(start)
  const startWitness = (port = 0) => runWitness({ data: witnessData, logs: [vkey], port })
  return {
    data,
    witnessData,
    vkey,
    start,
    startWitness,
    stoppedWitness: async () => {
      await using witness = await startWitness()
      return { vkey: witness.vkey }
    },
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  }
}

/** @returns the key of the log that the first start has begun. */
async function begunWith(start: WitnessedPlace['start']): Promise<string> {
  await using service = await start()
  const vkey = (await textAt(service, '/log/keys')).trimEnd()
  await service.process.end('SIGTERM')
  return vkey
}

/** @returns the answer to the deposit of a record with this title. */
export async function deposit(
  service: RunningService,
  { data }: WitnessedPlace,
  title: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(`${service.url}/records`, {
    method: 'POST',
    headers: { authorization: await firstBearer(data), 'content-type': 'application/json' },
    body: new Uint8Array(canonicalBytes(minimalRun({ title }))),
  })
  return { status: answer.status, text: await answer.text() }
}

export async function textAt(service: RunningService, path: string): Promise<string> {
  const answer = await fetch(service.url + path)
  assert.equal(answer.status, 200)
  return answer.text()
}

/** Waits for a checkpoint of that size with the line of the witness, and returns it. */
export async function cosignedBy(
  vkey: string,
  size: number,
  service: RunningService,
): Promise<string> {
  return eventually(async () => {
    const checkpoint = await textAt(service, '/log/checkpoint')
    const { verified, failed } = await verifyNote(checkpoint, [await parseVerifierKey(vkey)])
    assert.deepEqual([verified.length, failed.length], [1, 0], service.process.errors)
    assert.equal(parseCheckpointText(parseNote(checkpoint).text).size, size)
    return checkpoint
  })
}
