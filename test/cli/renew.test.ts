import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, it } from 'node:test'
import request from 'supertest'
import { leafHashOf } from '../../src/log/leaf.ts'
import { publishStopped } from '../../src/service/stopped-registry.ts'
import { fillRegistry, leavesOf, renewalByDefinition } from '../service/renewals.ts'
import { stoppedRegistry, withStopped } from '../service/key-changes.ts'
import { runStele, startService } from '../service/service-process.ts'
import { temporaryDirectory } from '../vault/temporary-vault.ts'

const named = { STELE_ORIGIN: 'registry.example.org/log' }

describe('stele renew', () => {
  it('appends a renewal, prints it, and says so when there is nothing new', async () => {
    const directory = await filledRegistry()
    const { code, output, errors } = await renew(directory)
    assert.deepEqual([code, errors], [0, ''])
    const leaf = (await leavesOf(directory))[6]?.bytes.toString()
    const advice =
      'Have the next line stamped with a hash that is not SHA-256, and keep it outside the registry:'
    const first = 'entry 6 renews the log: 4 records and events, and the 6 entries before it'
    assert.equal(output, `${first}\n${advice}\n${leaf}\n`)
    const again = await renew(directory)
    const nothing = 'entry 6 renews the log already; nothing was appended'
    assert.deepEqual(again.output.split('\n').slice(0, 1), [
      `${nothing}: 4 records and events, and the 6 entries before it`,
    ])
    assert.equal(again.output.split('\n')[2], leaf)
    assert.equal((await leavesOf(directory)).length, 7)
  })

  it('makes a log that an audit computes again, from the files and over the network', async () => {
    const directory = await filledRegistry()
    const state = path.join(await temporaryDirectory(), 'state')
    assert.equal((await audit(directory, '--state', state)).code, 0)
    assert.equal((await renew(directory)).code, 0)
    const followed = await audit(directory, '--state', state)
    assert.equal(followed.code, 0, followed.output)
    assert.match(followed.output, /^good +renewals +1, as computed from the entries before$/m)
    assert.match(followed.output, /^Good: 1 entries, /m)

    await using service = await startService(directory, { ...named, STELE_EXAMPLES: 'off' })
    const shown = await audit(service.url, '--records')
    assert.equal(shown.code, 0, shown.output)
    assert.match(shown.output, /^good +renewals +1, as computed from the entries before$/m)
    assert.equal((await request(service.url).get('/readyz')).status, 200)
  })

  it('is held against what is in the log: an audit finds another one', async () => {
    const directory = await filledRegistry()
    const renewal = renewalByDefinition(await leavesOf(directory), 6)
    const sha512 = { ...renewal.sha512, root: '0'.repeat(128) }
    const spec = { at: '2046-11-22T19:00:00Z', covers: renewal.covers, sha512 }
    await appendRenewal(directory, 6, { apiVersion: '1', kind: 'renewal', spec })
    const { code, output } = await audit(directory)
    assert.equal(code, 1)
    assert.match(output, /^bad +renewals +entry 6 has another SHA-512 root of the records and /m)
    assert.match(output, /^BAD: renewals; /m)
  })

  it('is refused while the service runs', async () => {
    const directory = await stoppedRegistry()
    await using service = await startService(directory, { ...named, STELE_EXAMPLES: 'off' })
    const { code, errors } = await renew(directory)
    const expected = `stele: another process already serves from ${directory}; stop it first\n`
    assert.deepEqual([code, errors], [1, expected])
    assert.equal((await request(service.url).get('/readyz')).status, 200)
  })

  it('is refused in one line where there is no registry yet', async () => {
    const { code, output, errors } = await renew(await temporaryDirectory())
    assert.deepEqual([code, output], [1, ''])
    assert.match(errors, /^stele: the registry has no keys yet; [^\n]+\n$/)
  })

  it('takes no arguments', async () => {
    const { code, errors } = await runStele(['renew', 'log'], {})
    assert.deepEqual([code, errors], [2, 'stele: stele renew takes no arguments\n'])
  })
})

/** A registry of six entries, stopped. */
async function filledRegistry(): Promise<string> {
  const directory = await stoppedRegistry()
  await fillRegistry(directory)
  return directory
}

async function appendRenewal(directory: string, index: number, content: object): Promise<void> {
  const leaf = Buffer.from(JSON.stringify(content))
  const leafHash = await leafHashOf(leaf)
  await withStopped(directory, async (registry) => {
    await registry.entries.addEntryAt(index, { kind: 'renewal', leaf, leafHash })
    await publishStopped(registry)
  })
}

function renew(directory: string) {
  return runStele(['renew'], { STELE_DATA: directory, ...named })
}

function audit(...args: string[]) {
  return runStele(['audit', ...args], {})
}
