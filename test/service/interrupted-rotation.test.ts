import assert from 'node:assert/strict'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import request from 'supertest'
import type { KeyChanges } from '../../src/service/change-keys.ts'
import type { StoppedRegistry } from '../../src/service/stopped-registry.ts'
import { deposit } from './deposits.ts'
import {
  changeKeys,
  keyStateOf,
  kidsOf,
  startedRegistry,
  stoppedRegistry,
  withMethods,
} from './key-changes.ts'

/** A step of a change, which ends the process before or after it is done. */
interface Interruption {
  readonly step: string
  readonly parts: (parts: StoppedRegistry, die: Die) => StoppedRegistry
}

type Die = <Args extends unknown[], Result>(
  work: (...args: Args) => Promise<Result>,
) => (...args: Args) => Promise<Result>

const deaths: readonly { readonly when: string; readonly die: Die }[] = [
  {
    when: 'before',
    die: () => async () => {
      throw new Error('the process ends here')
    },
  },
  {
    when: 'after',
    die:
      (work) =>
      async (...args) => {
        await work(...args)
        throw new Error('the process ends here')
      },
  },
]

const keyFile: Interruption = {
  step: 'the public key is stored',
  parts: (parts, die) => {
    const putAll = die((files: Parameters<typeof parts.log.putAll>[0]) => parts.log.putAll(files))
    return { ...parts, log: withMethods(parts.log, { putAll }) }
  },
}
const tiles: Interruption = {
  step: 'the tiles are stored',
  parts: (parts, die) => {
    const last = die((files: Parameters<typeof parts.log.putAll>[0]) => parts.log.putAll(files))
    const putAll: typeof parts.log.putAll = (files) =>
      files.some(({ path }) => path.startsWith('tile/')) ? last(files) : parts.log.putAll(files)
    return { ...parts, log: withMethods(parts.log, { putAll }) }
  },
}
const introduction: Interruption = {
  step: 'the key is introduced',
  parts: (parts, die) => {
    const { registryKeys } = parts
    const addRegistryKeys = die((...args: Parameters<typeof registryKeys.addRegistryKeys>) =>
      registryKeys.addRegistryKeys(...args),
    )
    return { ...parts, registryKeys: withMethods(registryKeys, { addRegistryKeys }) }
  },
}
const retirement: Interruption = {
  step: 'the key is retired',
  parts: (parts, die) => {
    const { registryKeys } = parts
    const retireRegistryKey = die((...args: Parameters<typeof registryKeys.retireRegistryKey>) =>
      registryKeys.retireRegistryKey(...args),
    )
    return { ...parts, registryKeys: withMethods(registryKeys, { retireRegistryKey }) }
  },
}
const signature: Interruption = {
  step: 'the checkpoint is signed',
  parts: (parts, die) => {
    const { entries } = parts
    const addCheckpoint = die((...args: Parameters<typeof entries.addCheckpoint>) =>
      entries.addCheckpoint(...args),
    )
    return { ...parts, entries: withMethods(entries, { addCheckpoint }) }
  },
}
const publication: Interruption = {
  step: 'the checkpoint is shown',
  parts: (parts, die) => {
    const publish = die((...args: Parameters<typeof parts.log.publish>) =>
      parts.log.publish(...args),
    )
    return { ...parts, log: withMethods(parts.log, { publish }) }
  },
}

const ofRotation = [keyFile, introduction, tiles, signature, publication]
const ofRetirement = [retirement, tiles, signature, publication]

describe('A rotation of the log key that ends', () => {
  const rotate = (changes: KeyChanges) => changes.rotate('log')
  for (const { step, parts, when, die } of everyDeathOf(ofRotation)) {
    it(`${when} ${step} is finished by the same call`, async () => {
      const directory = await stoppedRegistry()
      await assert.rejects(
        changeKeys(directory, rotate, (whole) => parts(whole, die)),
        /ends here/,
      )
      await changeKeys(directory, rotate)
      const state = await keyStateOf(directory)
      assert.equal(kidsOf(state, 'log').length, 2)
      assert.equal(state.lines, 2)
      assert.deepEqual(state.files, ['log.jwk', 'log.previous.jwk', 'receipt.jwk'])
      await refusesNothing(directory)
    })

    it(`${when} ${step} leaves a registry that starts and takes deposits`, async () => {
      const directory = await stoppedRegistry()
      await assert.rejects(
        changeKeys(directory, rotate, (whole) => parts(whole, die)),
        /ends here/,
      )
      await refusesNothing(directory)
      const state = await keyStateOf(directory)
      assert.equal(state.lines, kidsOf(state, 'log').length)
    })
  }
})

describe('A rotation of the receipt key that ends', () => {
  const rotate = (changes: KeyChanges) => changes.rotate('receipt')
  for (const { step, parts, when, die } of everyDeathOf(ofRotation)) {
    it(`${when} ${step} is finished by the same call`, async () => {
      const directory = await stoppedRegistry()
      await assert.rejects(
        changeKeys(directory, rotate, (whole) => parts(whole, die)),
        /ends here/,
      )
      await changeKeys(directory, rotate)
      const state = await keyStateOf(directory)
      const [, newest, ...others] = kidsOf(state, 'receipt')
      assert.deepEqual(others, [])
      assert.deepEqual(state.files, ['log.jwk', 'receipt.jwk'])
      assert.equal(await refusesNothing(directory), newest)
    })

    it(`${when} ${step} leaves a registry that signs with one key only`, async () => {
      const directory = await stoppedRegistry()
      await assert.rejects(
        changeKeys(directory, rotate, (whole) => parts(whole, die)),
        /ends here/,
      )
      const signedBy = await refusesNothing(directory)
      const { keys } = await keyStateOf(directory)
      const active = keys.filter((key) => key.role === 'receipt' && key.retiredAt === undefined)
      assert.deepEqual(
        active.map(({ kid }) => kid),
        [signedBy],
      )
    })
  }
})

describe('A retirement that ends', () => {
  for (const { step, parts, when, die } of everyDeathOf(ofRetirement)) {
    it(`${when} ${step} is finished by the same call`, async () => {
      const directory = await stoppedRegistry()
      const { earlier } = await changeKeys(directory, (changes) => changes.rotate('log'))
      const retire = (changes: KeyChanges) => changes.retire(earlier[0]?.kid ?? '')
      await assert.rejects(
        changeKeys(directory, retire, (whole) => parts(whole, die)),
        /ends here/,
      )
      await changeKeys(directory, retire)
      const state = await keyStateOf(directory)
      assert.equal(state.lines, 1)
      assert.deepEqual(state.files, ['log.jwk', 'receipt.jwk'])
      await refusesNothing(directory)
    })
  }
})

describe('Files of a rotation that ended between two renames', () => {
  it('are put into their places by the next start', async () => {
    const directory = await stoppedRegistry()
    await changeKeys(directory, (changes) => changes.rotate('log'))
    const before = await privateFilesOf(directory)
    const keys = join(directory, 'keys')
    await rename(join(keys, 'log.jwk'), join(keys, 'log.next.jwk'))
    await refusesNothing(directory)
    assert.deepEqual(await privateFilesOf(directory), before)
    await rename(join(keys, 'log.jwk'), join(keys, 'log.next.jwk'))
    await rename(join(keys, 'log.previous.jwk'), join(keys, 'log.jwk'))
    await refusesNothing(directory)
    assert.deepEqual(await privateFilesOf(directory), before)
  })

  it('with a retired key are removed', async () => {
    const directory = await stoppedRegistry()
    const { earlier } = await changeKeys(directory, (changes) => changes.rotate('log'))
    const file = join(directory, 'keys/log.previous.jwk')
    const old = await readFile(file)
    await changeKeys(directory, (changes) => changes.retire(earlier[0]?.kid ?? ''))
    await writeFile(file, old)
    await refusesNothing(directory)
    assert.deepEqual((await keyStateOf(directory)).files, ['log.jwk', 'receipt.jwk'])
  })

  it('that are only half written are made again', async () => {
    const directory = await stoppedRegistry()
    await writeFile(join(directory, 'keys/log.next.jwk.draft'), '{"kty":')
    await changeKeys(directory, (changes) => changes.rotate('log'))
    const files = ['log.jwk', 'log.previous.jwk', 'receipt.jwk']
    assert.deepEqual((await keyStateOf(directory)).files, files)
  })
})

function everyDeathOf(interruptions: readonly Interruption[]) {
  return interruptions.flatMap((interruption) =>
    deaths.map((death) => ({ ...interruption, ...death })),
  )
}

/** Starts, deposits and stops. @returns the key of the receipt */
async function refusesNothing(directory: string): Promise<string> {
  await using registry = await startedRegistry(directory)
  assert.deepEqual((await request(registry.app).get('/readyz')).body, { status: 'ready' })
  return (await deposit(registry, `Deposited at ${process.hrtime.bigint()}`)).kid
}

function privateFilesOf(directory: string): Promise<string[]> {
  const names = ['log.jwk', 'log.previous.jwk', 'receipt.jwk']
  return Promise.all(names.map((name) => readFile(join(directory, 'keys', name), 'utf8')))
}
