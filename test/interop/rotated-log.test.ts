import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { deposit } from '../service/deposits.ts'
import { changeKeys, startedRegistry, stoppedRegistry } from '../service/key-changes.ts'
import { requireTlogClient, runTlogClient } from './tlog-client.ts'

describe('A tlog client in Go', requireTlogClient(), () => {
  it('follows a log from one key to the next, with either key while both sign', async () => {
    const directory = await stoppedRegistry()
    const state = join(directory, 'state-of-the-client')
    const [old = ''] = await vkeysOf(directory)
    const before = await follow(directory, [old], state)
    assert.deepEqual([before.stderr, before.report?.size], ['', 3])

    const { vkey = '', earlier } = await changeKeys(directory, (changes) => changes.rotate('log'))
    const byOld = await follow(directory, [old])
    const byNew = await follow(directory, [vkey])
    const byBoth = await follow(directory, [vkey, old], state)
    assert.deepEqual([byOld.stderr, byNew.stderr, byBoth.stderr], ['', '', ''])
    assert.equal(byBoth.report?.sizeBefore, 3)

    await changeKeys(directory, (changes) => changes.retire(earlier[0]?.kid ?? ''))
    const after = await follow(directory, [vkey], state)
    assert.deepEqual([after.stderr, after.report?.sizeBefore], ['', byBoth.report?.size])
    const byRetired = await follow(directory, [old])
    assert.equal(byRetired.exitCode, 1)
    assert.match(byRetired.stderr, /note has no verifiable signatures/)
  })
})

/** Serves the log, which grows by a record first, to the client. */
async function follow(directory: string, vkeys: readonly string[], state?: string) {
  await using registry = await startedRegistry(directory)
  await deposit(registry, `Deposited at ${process.hrtime.bigint()}`)
  const url = `http://127.0.0.1:${await registry.listen()}/log`
  return await runTlogClient({
    vkeys,
    url,
    entries: true,
    ...(state === undefined ? {} : { state }),
  })
}

async function vkeysOf(directory: string): Promise<string[]> {
  await using registry = await startedRegistry(directory)
  const answer = await fetch(`http://127.0.0.1:${await registry.listen()}/log/keys`)
  return (await answer.text()).trimEnd().split('\n')
}
