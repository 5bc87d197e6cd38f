import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseNote } from '../../src/log/note.ts'
import { parsePolicy } from '../../src/log/policy.ts'
import { freePort } from '../../src/service/server.ts'
import { requireTlogClient, runTlogClient } from '../interop/tlog-client.ts'
import { listen } from '../publication/stamped-log.ts'
import { runStele } from '../service/service-process.ts'
import { cosignedBy, deposit, openPlace, runWitness, textAt } from './witness-process.ts'

describe('stele witness', () => {
  it('cosigns what a registry publishes, for readers with programs of others', async () => {
    await using place = await openPlace()
    await using witness = await place.startWitness()
    await using service = await place.start({ STELE_WITNESSES: witness.pair })
    assert.equal((await deposit(service, place, 'First')).status, 201)
    const checkpoint = await cosignedBy(witness.vkey, 3, service)
    assert.equal(parseNote(checkpoint).signatures.length, 2)
    const policy = await parsePolicy(await textAt(service, '/log/policy'))
    assert.deepEqual(policy.logs, [{ vkey: place.vkey, url: 'https://a.example.org/log' }])
    assert.deepEqual(policy.witnesses, [
      { name: 'witness.example.org/w1', vkey: witness.vkey, url: witness.url },
    ])
  })

  it('leaves the checkpoint readable for tlog clients', requireTlogClient(), async () => {
    await using place = await openPlace()
    await using witness = await place.startWitness()
    await using service = await place.start({ STELE_WITNESSES: witness.pair })
    await cosignedBy(witness.vkey, 2, service)
    const url = `${service.url}/log`
    const { report, stderr } = await runTlogClient({ vkeys: [place.vkey], url, entries: true })
    assert.equal(stderr, '')
    assert.equal(report?.size, 2)
  })

  it('watches two registries, each with its own history', async () => {
    await using one = await openPlace()
    await using other = await openPlace('https://b.example.org')
    await using witness = await runWitness({
      data: one.witnessData,
      logs: [`${one.vkey}=https://a.example.org/log`, other.vkey],
    })
    await using first = await one.start({ STELE_WITNESSES: witness.pair })
    await using second = await other.start({ STELE_WITNESSES: witness.pair })
    await deposit(first, one, 'First')
    await cosignedBy(witness.vkey, 3, first)
    await cosignedBy(witness.vkey, 2, second)
    const page = await (await fetch(witness.url)).text()
    assert.match(page, /a\.example\.org\/log {2}https:\/\/a\.example\.org\/log\n +3 entries/)
    assert.match(page, /b\.example\.org\/log\n +2 entries/)
  })

  it('ends in order when it is asked to', async () => {
    await using place = await openPlace()
    await using witness = await place.startWitness()
    const { code } = await witness.process.end('SIGTERM')
    assert.equal(code, 0)
    assert.match(witness.process.output, /Stopped\.\n$/)
  })

  for (const [what, changed, why] of [
    ['no log', [], /--log is missing/],
    ['the key of a witness', ['--log', `w+20324abe+${'BCms'.padEnd(44, 'A')}`], /a log's key/],
    ['two words that are none', ['--log', 'one', '--log', 'two'], /found "one"\n.*found "two"/],
    ['a name of two words', ['--log', 'x', '--name', 'a witness'], /found --name "a witness"/],
    ['no port', ['--log', 'x', '--listen', 'localhost'], /expected HOST:PORT/],
    ['another option', ['--tree', 'x'], /Unknown option '--tree'/],
  ] as const) {
    it(`does not start with ${what}`, async () => {
      const options = ['--data', '/nowhere', '--listen', '127.0.0.1:0', '--name', 'w/1']
      const { code, errors } = await runStele(['witness', ...options, ...changed], {})
      assert.equal(code, 2)
      assert.match(errors, why)
    })
  }
})

describe('A registry whose witness', () => {
  it('never answers takes deposits, and stops when it is asked to', async () => {
    await using place = await openPlace()
    await using silent = await listen(() => undefined)
    const { vkey } = await place.stoppedWitness()
    await using service = await place.start({ STELE_WITNESSES: `${vkey}=${silent.url}` })
    assert.equal((await deposit(service, place, 'First')).status, 201)
    assert.equal((await service.process.end('SIGTERM')).code, 0)
  })

  it('is not there takes deposits, and has them cosigned when it is', async () => {
    await using place = await openPlace()
    const { vkey } = await place.stoppedWitness()
    const port = await freePort('127.0.0.1')
    const pair = `${vkey}=http://127.0.0.1:${port}`
    await using service = await place.start({ STELE_WITNESSES: pair })
    assert.equal((await deposit(service, place, 'First')).status, 201)
    assert.match(service.process.errors, /checkpoint not cosigned; tried again later/)
    await using witness = await place.startWitness(port)
    assert.equal(witness.pair, pair)
    await cosignedBy(vkey, 3, service)
  })
})
