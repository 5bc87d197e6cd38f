import assert from 'node:assert/strict'
import { cp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parseCheckpointText } from '../../src/log/checkpoint.ts'
import { parseNote } from '../../src/log/note.ts'
import { freePort } from '../../src/service/server.ts'
import { nameOfLog } from '../../src/service/witness-state.ts'
import { eventually } from '../http/eventually.ts'
import { runStele } from '../service/service-process.ts'
import {
  cosignedBy,
  deposit,
  openPlace,
  textAt,
  type RunningWitness,
  type WitnessedPlace,
} from './witness-process.ts'

describe('A witness that is killed as soon as it has stored a checkpoint', () => {
  it('has forgotten nothing, and signs for what comes next', async () => {
    await using place = await openPlace()
    const port = await freePort('127.0.0.1')
    const { vkey } = await place.stoppedWitness()
    const pair = `${vkey}=http://127.0.0.1:${port}`
    await using service = await place.start({ STELE_WITNESSES: pair })
    for (const size of [3, 4, 5]) {
      await using witness = await place.startWitness(port)
      assert.equal((await deposit(service, place, `Record ${size}`)).status, 201)
      await storedBy(place, size)
      await witness.process.end('SIGKILL')
    }
    await using last = await place.startWitness(port)
    await cosignedBy(last.vkey, 5, service)
    assert.equal((await deposit(service, place, 'Last')).status, 201)
    await cosignedBy(last.vkey, 6, service)
  })
})

describe('A registry that was restored from an old backup', () => {
  it('says so, takes nothing, and can be read, because its witness knows better', async () => {
    await using place = await openPlace()
    await using witness = await place.startWitness()
    const record = await restoreOldBackup(place, witness)
    await using restored = await place.start({ STELE_WITNESSES: witness.pair })
    const ready = await fetch(`${restored.url}/readyz`)
    assert.equal(ready.status, 503)
    assert.match(await ready.text(), contradiction)
    const refused = await deposit(restored, place, 'Third')
    assert.equal(refused.status, 503)
    assert.equal(JSON.parse(refused.text).code, 'log-stopped')
    const [, size] = (await textAt(restored, '/log/checkpoint')).split('\n')
    assert.equal(size, '3')
    await textAt(restored, new URL(record).pathname)
  })

  it('gets no new key either', async () => {
    await using place = await openPlace()
    await using witness = await place.startWitness()
    await restoreOldBackup(place, witness)
    const settings = { STELE_DATA: place.data, STELE_WITNESSES: witness.pair }
    const { code, errors } = await runStele(['keys', 'rotate', 'log'], settings)
    assert.equal(code, 1)
    assert.match(errors, contradiction)
  })
})

const contradiction =
  /the witness witness\.example\.org\/w1 has cosigned 4 entries of this log, 3 are published/

/**
 * Has a record cosigned that the data, restored from a backup, lack afterwards.
 *
 * @returns the URL of the record before it.
 */
async function restoreOldBackup(place: WitnessedPlace, witness: RunningWitness): Promise<string> {
  const backup = `${place.data}.backup`
  const first = await depositAndStop(place, 'First', witness)
  await cp(place.data, backup, { recursive: true })
  await depositAndStop(place, 'Second', witness)
  await rm(place.data, { recursive: true })
  await cp(backup, place.data, { recursive: true })
  return first
}

/** Waits until the witness has stored the checkpoint of that size. */
async function storedBy({ witnessData, vkey }: WitnessedPlace, size: number): Promise<void> {
  const [origin = ''] = vkey.split('+')
  const file = join(witnessData, 'logs', nameOfLog(origin), 'checkpoint')
  await eventually(async () => {
    const { text } = parseNote(await readFile(file, 'utf8'))
    assert.equal(parseCheckpointText(text).size, size)
  })
}

/** @returns the URL of the record, once its checkpoint is cosigned and the registry stopped. */
async function depositAndStop(
  place: WitnessedPlace,
  title: string,
  { pair, vkey }: RunningWitness,
): Promise<string> {
  await using service = await place.start({ STELE_WITNESSES: pair })
  const { status, text } = await deposit(service, place, title)
  assert.equal(status, 201)
  const { url, logIndex } = JSON.parse(text)
  await cosignedBy(vkey, logIndex + 1, service)
  await service.process.end('SIGTERM')
  return url
}
