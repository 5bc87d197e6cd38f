import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import request from 'supertest'
import { runStele, startService } from '../service/service-process.ts'
import { temporaryData } from '../service/temporary-data.ts'

const kidForm = '[A-Za-z0-9_-]{43}'

describe('stele keys list', () => {
  it('shows the keys of the registry, with role, state, time and log index', async () => {
    await using data = await startedOnce()
    const { output } = await runStele(['keys', 'list'], data.settings)
    const [log, receipt, ...others] = output.trimEnd().split('\n')
    assert.match(log ?? '', formOf('log    ', 'introduced TIME \\(entry 0\\)  signs'))
    assert.match(receipt ?? '', formOf('receipt', 'introduced TIME \\(entry 1\\)  signs'))
    assert.deepEqual(others, [])
  })

  it('works while the service runs', async () => {
    await using data = await temporaryData()
    await using service = await startService(data.path)
    assert.equal((await runStele(['keys', 'list'], { STELE_DATA: data.path })).code, 0)
    assert.equal((await request(service.url).get('/readyz')).status, 200)
  })
})

describe('stele keys rotate log', () => {
  it('says whose word the new key has, its verifier key, and what comes then', async () => {
    await using data = await startedOnce()
    const [old = ''] = await kidsOf(data.settings)
    const rotated = await runStele(['keys', 'rotate', 'log'], data.settings)
    assert.deepEqual([rotated.code, rotated.errors], [0, ''])
    const [first, second, , last] = rotated.output.split('\n')
    const ending = `is introduced \\(entry 2\\), endorsed by ${old}`
    assert.match(first ?? '', new RegExp(`^log key ${kidForm} ${ending}$`))
    assert.match(
      second ?? '',
      /^verifier key: 127\.0\.0\.1:\d+\/log\+[0-9a-f]{8}\+A[A-Za-z0-9+/]{43}$/,
    )
    assert.equal(last, `When they have it: stele keys retire ${old}`)
    const { output } = await runStele(['keys', 'list'], data.settings)
    assert.match(output, formOf('log    ', 'introduced TIME \\(entry 0\\)  gives way'))

    const retired = await runStele(['keys', 'retire', old], data.settings)
    const done = 'its private key is not here any more; its public one stays'
    assert.match(
      retired.output,
      new RegExp(`^log key ${old} is retired since [^ ]+ \\(entry 3\\); ${done}\n$`),
    )
    const ended = 'introduced TIME \\(entry 0\\)  retired TIME \\(entry 3\\)'
    const listed = await runStele(['keys', 'list'], data.settings)
    assert.match(listed.output, formOf('log    ', ended))
  })

  it('warns loudly when the key before it is lost, and the service goes on', async () => {
    await using data = await startedOnce()
    const [old = ''] = await kidsOf(data.settings)
    await rm(join(data.path, 'keys/log.jwk'))
    const { code, errors, output } = await runStele(['keys', 'rotate', 'log'], data.settings)
    assert.equal(code, 0)
    assert.match(errors, new RegExp(`^WARNING: the private key of ${old} was not there, so no key`))
    assert.match(output, /, endorsed by no key\n/)
    const retired = await runStele(['keys', 'retire', old], data.settings)
    assert.match(retired.output, /; its private key is not here any more; its public one stays\n$/)
    assert.doesNotMatch(retired.output, /deleted/)
    await using service = await startService(data.path)
    assert.equal((await request(service.url).get('/readyz')).status, 200)
  })

  it('is refused while the service runs, and so is the end of a key', async () => {
    await using data = await startedOnce()
    await using service = await startService(data.path)
    const [kid = ''] = await kidsOf(data.settings)
    const expected = `stele: another process already serves from ${data.path}; stop it first\n`
    for (const args of [
      ['keys', 'rotate', 'log'],
      ['keys', 'rotate', 'receipt'],
      ['keys', 'retire', kid],
    ]) {
      const { code, errors } = await runStele(args, data.settings)
      assert.deepEqual([code, errors], [1, expected])
    }
    assert.equal((await request(service.url).get('/readyz')).status, 200)
  })
})

describe('stele keys rotate receipt', () => {
  it('says that the key before it is retired', async () => {
    await using data = await startedOnce()
    const [, old = ''] = await kidsOf(data.settings)
    const { code, output, errors } = await runStele(['keys', 'rotate', 'receipt'], data.settings)
    assert.deepEqual([code, errors], [0, ''])
    assert.match(
      output,
      new RegExp(
        `^receipt key ${kidForm} is introduced \\(entry 2\\), endorsed by ${old}\n` +
          `${old} is retired; its private key is not here any more\n$`,
      ),
    )
  })
})

describe('stele keys', () => {
  for (const args of [['rotate'], ['rotate', 'token'], ['rotate', 'log', 'receipt'], ['retire']]) {
    it(`says what it expects instead of ${args.join(' ')}`, async () => {
      await using data = await temporaryData()
      const { code, errors } = await runStele(['keys', ...args], { STELE_DATA: data.path })
      assert.equal(code, 2)
      assert.match(errors, /^stele: expected: stele keys /)
    })
  }

  it('says in one line that there is no such key', async () => {
    await using data = await startedOnce()
    const { code, errors } = await runStele(['keys', 'retire', 'none'], data.settings)
    assert.equal(code, 1)
    assert.equal(errors, 'stele: no key none of the registry; see "stele keys list"\n')
  })
})

/** The data of a registry that was started once and stopped, with the settings it had. */
async function startedOnce() {
  const data = await temporaryData()
  const settings = { STELE_DATA: data.path }
  await using service = await startService(data.path)
  await service.process.end('SIGTERM')
  return { ...data, settings }
}

/** Thumbprints of the registry's keys, in the order of their introduction. */
async function kidsOf(settings: Readonly<Record<string, string>>): Promise<string[]> {
  const { output } = await runStele(['keys', 'list'], settings)
  return [...output.matchAll(new RegExp(`^(?:log|receipt) +(${kidForm})`, 'gm'))].map(
    ([, kid = '']) => kid,
  )
}

function formOf(role: string, state: string): RegExp {
  const times = state.replaceAll('TIME', '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ')
  return new RegExp(`^${role}  ${kidForm}  ${times}$`, 'm')
}
