import assert from 'node:assert/strict'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parseNote } from '../../src/log/note.ts'
import { LogStopped } from '../../src/publication/log-publisher.ts'
import { eventually } from '../http/eventually.ts'
import { witnessVerifier } from '../log/signing-keys.ts'
import { witnessName } from '../service/witness-under-test.ts'
import { fillLog } from './fill-log.ts'
import { origin } from './published-log.ts'
import { answers, clientOf, cosigns, inTurn, isAt, serveScript } from './scripted-witness.ts'
import { openPlace, openWitnessedLog, type WitnessedLog } from './witnessed-log.ts'

const scripted = witnessVerifier.name

describe('The published checkpoint', () => {
  it('gets the lines of all witnesses, and so does each that follows', async () => {
    await using place = await openPlace()
    await using other = await serveScript(cosigns)
    const clientsOf: typeof place.clientsOf = (log) => [
      ...place.clientsOf(log),
      clientOf(log, other.url),
    ]
    await using log = await openWitnessedLog(place.path, { ...place, clientsOf })
    await isShown(log, 0, [origin, witnessName, scripted])
    await log.growTo(5)
    await isShown(log, 5, [origin, witnessName, scripted])
    await log.growTo(300)
    await isShown(log, 300, [origin, witnessName, scripted])
  })

  it('has them alone: the one that is remembered is signed by the log only', async () => {
    await using place = await openPlace()
    await using log = await openWitnessedLog(place.path, place)
    await log.growTo(5)
    await isShown(log, 5, [origin, witnessName])
    const [remembered] = await log.log.parts.entries.newestCheckpoints(1)
    const { signatures } = parseNote(remembered?.note ?? '')
    assert.deepEqual(
      signatures.map(({ name }) => name),
      [origin],
    )
  })

  it('keeps them after a restart, and stays as it is', async () => {
    await using place = await openPlace()
    const before = await cosignedAt(5, place)
    await using log = await openWitnessedLog(place.path, place)
    await eventually(async () => assert.equal(log.facts.length, 1))
    assert.equal(log.log.publisher.stoppedBecause, undefined)
    assert.deepEqual(await log.log.parts.log.read('checkpoint'), before)
    await log.growTo(7)
    await isShown(log, 7, [origin, witnessName])
  })

  it('gets no line for one that was published before', async () => {
    await using place = await openPlace()
    const held = Promise.withResolvers<void>()
    await using slow = await serveScript(
      inTurn(async (body) => {
        await held.promise
        return cosigns(body)
      }, cosigns),
    )
    const clientsOf: typeof place.clientsOf = (log) => [clientOf(log, slow.url)]
    await using log = await openWitnessedLog(place.path, { ...place, clientsOf, answerMs: 1 })
    await log.growTo(5)
    await log.growTo(6)
    held.resolve()
    await isShown(log, 6, [origin, scripted])
  })
})

describe('A witness that does not do its work', () => {
  it('delays nothing when it never answers, and keeps no other from signing', async () => {
    await using place = await openPlace()
    await using silent = await serveScript(() => new Promise(() => {}))
    const clientsOf: typeof place.clientsOf = (log) => [
      clientOf(log, silent.url),
      ...place.clientsOf(log),
    ]
    await using log = await openWitnessedLog(place.path, { ...place, clientsOf, answerMs: 1 })
    await log.growTo(5)
    await isShown(log, 5, [origin, witnessName])
    assert.equal(silent.bodies.length, 1)
  })

  it('is asked again after it failed', async () => {
    await using place = await openPlace()
    await using failing = await serveScript(
      inTurn(answers({ status: 503 }), answers({ status: 500 }), async () => undefined, cosigns),
    )
    const clientsOf: typeof place.clientsOf = (log) => [clientOf(log, failing.url)]
    await using log = await openWitnessedLog(place.path, { ...place, clientsOf })
    await isShown(log, 0, [origin, scripted])
    assert.deepEqual(
      log.facts.map(({ kind }) => kind),
      ['not-cosigned', 'not-cosigned', 'not-cosigned', 'cosigned'],
    )
  })
})

describe('A log that was restored from an old backup', () => {
  it('signs nothing more once a witness says so at the start', async () => {
    await using place = await openPlace()
    await cosignedAt(5, place)
    const backup = join(place.path, 'backup')
    await cp(join(place.path, 'blobs'), join(backup, 'blobs'), { recursive: true })
    await cp(join(place.path, 'catalog.sqlite'), join(backup, 'catalog.sqlite'))
    await cosignedAt(7, place)
    // Entered before the backup was taken, and published only after.
    fillLog(join(backup, 'catalog.sqlite'), 6)
    await using restored = await openWitnessedLog(backup, place)
    assert.match(restored.log.publisher.stoppedBecause ?? '', /7 entries of this log, 5 are/)
    const [newest] = await restored.log.parts.entries.newestCheckpoints(1)
    assert.equal(newest?.size, 5)
    await assert.rejects(restored.log.publisher.covered(5), LogStopped)
  })

  it('stops when a witness that was away knows other entries', async () => {
    await using place = await openPlace()
    const back = Promise.withResolvers<void>()
    const knowsOther = inTurn(isAt(4), answers({ status: 422 }))
    await using away = await serveScript(async (body) => {
      await back.promise
      return knowsOther(body)
    })
    const clientsOf: typeof place.clientsOf = (log) => [clientOf(log, away.url)]
    await using log = await openWitnessedLog(place.path, { ...place, clientsOf })
    await log.growTo(5)
    back.resolve()
    await eventually(async () => assert.ok(log.log.publisher.stoppedBecause))
    assert.match(log.log.publisher.stoppedBecause ?? '', /other entries of this log than the/)
    assert.throws(() => log.log.publisher.refuseIfStopped(), LogStopped)
    await assert.rejects(log.growTo(6), LogStopped)
    assert.deepEqual(await log.shown(), { size: 5, signers: [origin], forged: 0 })
  })
})

async function isShown(log: WitnessedLog, size: number, signers: readonly string[]): Promise<void> {
  await eventually(async () => {
    const shown = await log.shown()
    const sorted = [...shown.signers].sort((one, other) => (one < other ? -1 : 1))
    assert.deepEqual({ ...shown, signers: sorted }, { size, signers, forged: 0 })
  })
}

/** @returns the published checkpoint, with the line of the witness. */
async function cosignedAt(
  size: number,
  place: Awaited<ReturnType<typeof openPlace>>,
): Promise<Uint8Array | undefined> {
  await using log = await openWitnessedLog(place.path, place)
  await log.growTo(size)
  await isShown(log, size, [origin, witnessName])
  return log.log.parts.log.read('checkpoint')
}
