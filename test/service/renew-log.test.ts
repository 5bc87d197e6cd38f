import assert from 'node:assert/strict'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import request from 'supertest'
import { depositorKeyEntry } from '../../src/archive/key-entries.ts'
import { leafHashOf } from '../../src/log/leaf.ts'
import { parseCheckpointText } from '../../src/log/checkpoint.ts'
import { parseNote } from '../../src/log/note.ts'
import { renewLog } from '../../src/service/renew-log.ts'
import { publishStopped, type StoppedRegistry } from '../../src/service/stopped-registry.ts'
import { exampleKey } from '../catalog/access-list-contract.ts'
import { temporaryDirectory } from '../vault/temporary-vault.ts'
import { depositAndStop } from './deposits.ts'
import {
  changeKeys,
  keyStateOf,
  startedRegistry,
  stoppedRegistry,
  withCatalog,
  withMethods,
  withStopped,
} from './key-changes.ts'
import { fillRegistry, leavesOf, renewalByDefinition, renewalsIn } from './renewals.ts'

describe('A renewal', () => {
  it('covers every entry, and all records, events and withdrawals among them', async () => {
    const directory = await stoppedRegistry()
    await fillRegistry(directory)
    const { renewed, leaf, wasThere } = await withStopped(directory, renewLog)
    const leaves = await leavesOf(directory)
    assert.equal(leaves.length, 7)
    const { at, ...spec } = leaves[6]?.json.spec ?? {}
    assert.deepEqual(spec, renewalByDefinition(leaves, 6))
    assert.equal(renewed.sha512.documents, 4)
    assert.match(at ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    assert.deepEqual([renewed, wasThere], [spec, false])
    assert.deepEqual(Buffer.from(leaf), leaves[6]?.bytes)
  })

  it('is published at once, and the registry goes on behind it', async () => {
    const directory = await stoppedRegistry()
    await withStopped(directory, renewLog)
    const { checkpoints } = await keyStateOf(directory)
    assert.equal(checkpoints[0]?.size, 3)
    await using registry = await startedRegistry(directory)
    const { text } = await request(registry.app).get('/log/checkpoint')
    assert.equal(parseCheckpointText(parseNote(text).text).size, 3)
    assert.deepEqual((await request(registry.app).get('/readyz')).body, { status: 'ready' })
  })

  it('is not appended again before something else is', async () => {
    const directory = await stoppedRegistry()
    const first = await withStopped(directory, renewLog)
    const again = await withStopped(directory, renewLog)
    assert.deepEqual(again, { ...first, wasThere: true })
    assert.deepEqual(await renewalsIn(directory), [2])
    await depositAndStop(directory)
    await withStopped(directory, renewLog)
    assert.deepEqual(await renewalsIn(directory), [2, 4])
    const leaves = await leavesOf(directory)
    const { at: _at, ...spec } = leaves[4]?.json.spec ?? {}
    assert.deepEqual(spec, renewalByDefinition(leaves, 4))
  })

  it('is appended behind one that is wrong', async () => {
    const directory = await stoppedRegistry()
    const wrong = renewalByDefinition(await leavesOf(directory), 1)
    await appendLeaf(directory, { kind: 'renewal', spec: { at: '2026-11-22T19:00:00Z', ...wrong } })
    assert.equal((await withStopped(directory, renewLog)).renewed.covers.size, 3)
  })

  it('covers also what another command appends meanwhile', async () => {
    const directory = await stoppedRegistry()
    const { renewed } = await withStopped(directory, (registry) =>
      renewLog({ ...registry, entries: overtaken(registry, directory) }),
    )
    assert.equal(renewed.covers.size, 3)
    const leaves = await leavesOf(directory)
    assert.deepEqual(
      leaves.map(({ json }) => json.kind),
      ['key', 'key', 'depositor-key', 'renewal'],
    )
    assert.deepEqual(renewed, renewalByDefinition(leaves, 3))
  })
})

describe('A renewal that ends', () => {
  for (const step of ['addEntryAt', 'addCheckpoint'] as const) {
    for (const when of ['before', 'after'] as const) {
      it(`${when} ${step} is finished by the same call, or by the next start`, async () => {
        const directory = await stoppedRegistry()
        await assert.rejects(
          withStopped(directory, (registry) => renewLog(dying(registry, step, when))),
          /ends here/,
        )
        const copy = await temporaryDirectory()
        await cp(directory, copy, { recursive: true })
        await withStopped(directory, renewLog)
        assert.deepEqual(await renewalsIn(directory), [2])
        assert.equal((await keyStateOf(directory)).checkpoints[0]?.size, 3)

        await depositAndStop(copy)
        const entries = await leavesOf(copy)
        assert.equal((await keyStateOf(copy)).checkpoints[0]?.size, entries.length)
      })
    }
  }
})

describe('A renewal is refused, and nothing is appended,', () => {
  it('before the first start of the registry', async () => {
    const directory = await temporaryDirectory()
    await assert.rejects(withStopped(directory, renewLog), /the registry has no keys yet/)
    assert.deepEqual(await leavesOf(directory), [])
  })

  it('without the private key of the log', async () => {
    const directory = await stoppedRegistry()
    await rm(join(directory, 'keys', 'log.jwk'))
    await assert.rejects(withStopped(directory, renewLog), /does not hold the log key/)
    assert.equal((await leavesOf(directory)).length, 2)
  })

  it('behind an entry whose kind is not known', async () => {
    const directory = await stoppedRegistry()
    await appendLeaf(directory, { kind: 'rumour', spec: {} })
    const expected = /^Error: entry 2 is of a kind that is not known here: "rumour"/
    await assert.rejects(withStopped(directory, renewLog), expected)
    assert.equal((await leavesOf(directory)).length, 3)
  })

  it('behind an entry that has not its form', async () => {
    const directory = await stoppedRegistry()
    await appendLeaf(directory, { kind: 'deposit', spec: {} })
    const expected = /^Error: entry 2 cannot be read: the entry has not the form/
    await assert.rejects(withStopped(directory, renewLog), expected)
    assert.equal((await leavesOf(directory)).length, 3)
  })

  it('when the store is from an old backup', async () => {
    const [directory, backup] = [await stoppedRegistry(), await temporaryDirectory()]
    await cp(join(directory, 'blobs'), backup, { recursive: true })
    await depositAndStop(directory)
    await depositAndStop(directory)
    await restore(join(directory, 'blobs'), backup)
    await assert.rejects(withStopped(directory, renewLog), /was the store restored/)
    assert.equal((await leavesOf(directory)).length, 4)
  })

  it('when catalog and store are from one old backup, and so is a change of keys', async () => {
    const [directory, backup] = [await stoppedRegistry(), await temporaryDirectory()]
    await cp(directory, backup, { recursive: true })
    await depositAndStop(directory)
    for (const name of ['blobs', 'catalog.sqlite']) {
      await restore(join(directory, name), join(backup, name))
    }
    const expected = /log\.signed says that a checkpoint of 3 entries was signed/
    await assert.rejects(withStopped(directory, renewLog), expected)
    await assert.rejects(
      changeKeys(directory, (changes) => changes.rotate('log')),
      expected,
    )
    assert.equal((await leavesOf(directory)).length, 2)
  })
})

describe('What an operator’s command has signed', () => {
  it('is remembered beside the keys', async () => {
    const [directory, backup] = [await stoppedRegistry(), await temporaryDirectory()]
    await cp(directory, backup, { recursive: true })
    await withStopped(directory, renewLog)
    for (const name of ['blobs', 'catalog.sqlite']) {
      await restore(join(directory, name), join(backup, name))
    }
    await using registry = await startedRegistry(directory)
    assert.equal((await request(registry.app).get('/readyz')).status, 503)
  })
})

/** Appends an entry, published like any other. */
async function appendLeaf(directory: string, content: Readonly<Record<string, unknown>>) {
  const leaf = Buffer.from(JSON.stringify({ apiVersion: '1', ...content }))
  const leafHash = await leafHashOf(leaf)
  await withStopped(directory, async (registry) => {
    const size = await registry.entries.size()
    await registry.entries.addEntryAt(size, { kind: 'renewal', leaf, leafHash })
    await publishStopped(registry)
  })
}

/** Entries to which a depositor's key is always added first, once. */
function overtaken({ entries }: StoppedRegistry, directory: string): StoppedRegistry['entries'] {
  const addEntryAt: typeof entries.addEntryAt = async (...args) => {
    const { addedAt: at, ...key } = exampleKey()
    const bound = await depositorKeyEntry({ action: 'bound', at, ...key })
    await withCatalog(directory, ({ accessList }) =>
      accessList.addDepositorKey({ ...key, addedAt: at }, bound),
    )
    return entries.addEntryAt(...args)
  }
  return withMethods(entries, { addEntryAt })
}

function dying(
  registry: StoppedRegistry,
  step: 'addEntryAt' | 'addCheckpoint',
  when: 'before' | 'after',
): StoppedRegistry {
  const { entries } = registry
  const end = () => {
    throw new Error('the process ends here')
  }
  const die =
    <Args extends unknown[]>(work: (...args: Args) => Promise<unknown>) =>
    async (...args: Args) => {
      if (when === 'after') await work(...args)
      return end()
    }
  const methods = {
    addEntryAt: {
      addEntryAt: die((...args: Parameters<typeof entries.addEntryAt>) =>
        entries.addEntryAt(...args),
      ),
    },
    addCheckpoint: {
      addCheckpoint: die((...args: Parameters<typeof entries.addCheckpoint>) =>
        entries.addCheckpoint(...args),
      ),
    },
  }
  return { ...registry, entries: withMethods(entries, methods[step]) }
}

async function restore(place: string, backup: string): Promise<void> {
  await rm(place, { recursive: true })
  await cp(backup, place, { recursive: true })
}
