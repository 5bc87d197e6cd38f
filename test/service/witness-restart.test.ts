import assert from 'node:assert/strict'
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { CannotServe } from '../../src/service/cannot-serve.ts'
import { nameOfLog } from '../../src/service/witness-state.ts'
import { origin } from '../log/signing-keys.ts'
import { forkOfSize, requestOf } from '../log/witness-requests.ts'
import { temporaryData } from './temporary-data.ts'
import { startWitnessUnderTest } from './witness-under-test.ts'

describe('A witness that was stopped and started again', () => {
  it('has the same key, which only its owner can read', async () => {
    await using data = await temporaryData()
    const before = await vkeyOf(data.path)
    assert.equal(await vkeyOf(data.path), before)
    assert.equal(await readFile(join(data.path, 'witness.vkey'), 'utf8'), `${before}\n`)
    const { mode } = await stat(join(data.path, 'witness.jwk'))
    assert.equal(mode & 0o777, 0o600)
  })

  it('knows what it has cosigned', async () => {
    await using data = await temporaryData()
    const before = await cosignFive(data.path)
    await using witness = await startWitnessUnderTest(data.path)
    assert.equal((await witness.lastCheckpoint()).text, before)
    assert.equal((await witness.addCheckpoint(await requestOf(0, 7))).text, '5\n')
    assert.equal((await witness.addCheckpoint(`old 5\n\n${await forkOfSize(5)}`)).status, 422)
    assert.equal((await witness.addCheckpoint(await requestOf(5, 7))).status, 200)
  })

  it('knows it also when it was interrupted while it wrote the next', async () => {
    await using data = await temporaryData()
    const before = await cosignFive(data.path)
    await writeFile(`${checkpointFile(data.path)}.draft`, before.slice(0, 40))
    await using witness = await startWitnessUnderTest(data.path)
    assert.equal((await witness.lastCheckpoint()).text, before)
    assert.equal((await witness.addCheckpoint(await requestOf(5, 7))).status, 200)
  })
})

describe('A witness does not start', () => {
  it('beside another on the same directory', async () => {
    await using data = await temporaryData()
    await using first = await startWitnessUnderTest(data.path)
    await refusesToStart(data.path, /another process already serves .* give another --data/)
    assert.equal((await first.addCheckpoint(await requestOf(0, 5))).status, 200)
  })

  it('with the key of another name', async () => {
    await using data = await temporaryData()
    await vkeyOf(data.path)
    await assert.rejects(
      startWitnessUnderTest(data.path, { name: 'witness.example.org/w2' }),
      /is that of witness\.example\.org\/w1\+.*, and not of witness\.example\.org\/w2/,
    )
  })

  it('without the key with which it has cosigned', async () => {
    await using data = await temporaryData()
    await cosignFive(data.path)
    await rm(join(data.path, 'witness.jwk'))
    await rm(join(data.path, 'witness.vkey'))
    await refusesToStart(data.path, /witness\.jwk is gone/)
    assert.ok(!(await readdir(data.path)).includes('witness.jwk'))
  })

  it('with a checkpoint that it has not cosigned', async () => {
    await using data = await temporaryData()
    const cosigned = await cosignFive(data.path)
    await writeFile(checkpointFile(data.path), cosigned.replace('\n5\n', '\n4\n'))
    await refusesToStart(data.path, /does not hold a checkpoint that .*w1 has cosigned/)
  })

  it('with the checkpoint of one log in the place of another', async () => {
    await using data = await temporaryData()
    await cosignFive(data.path)
    const logs = join(data.path, 'logs')
    await rename(join(logs, nameOfLog(origin)), join(logs, nameOfLog('other.example/log')))
    await refusesToStart(data.path, /does not hold a checkpoint/)
  })

  it('with an empty file in the place of one', async () => {
    await using data = await temporaryData()
    await cosignFive(data.path)
    await writeFile(checkpointFile(data.path), '')
    await refusesToStart(data.path, /does not hold a checkpoint/)
  })
})

async function vkeyOf(directory: string): Promise<string> {
  await using witness = await startWitnessUnderTest(directory)
  return witness.vkey
}

/** @returns the checkpoint as monitors are given it. */
async function cosignFive(directory: string): Promise<string> {
  await using witness = await startWitnessUnderTest(directory)
  assert.equal((await witness.addCheckpoint(await requestOf(0, 5))).status, 200)
  return (await witness.lastCheckpoint()).text
}

function checkpointFile(directory: string): string {
  return join(directory, 'logs', nameOfLog(origin), 'checkpoint')
}

async function refusesToStart(directory: string, why: RegExp): Promise<void> {
  const starting = startWitnessUnderTest(directory).then((witness) =>
    witness[Symbol.asyncDispose](),
  )
  await assert.rejects(starting, (error: unknown) => {
    assert.ok(error instanceof CannotServe)
    assert.match(error.message, why)
    return true
  })
}
