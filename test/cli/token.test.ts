import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import request from 'supertest'
import { minimalRun } from '../record-fixtures.ts'
import { runStele, startService } from '../service/service-process.ts'
import { temporaryData } from '../service/temporary-data.ts'

describe('stele token', () => {
  it('makes a token of one project that the running service knows at once', async () => {
    await using data = await temporaryData()
    await using service = await startService(data.path)
    const settings = { STELE_DATA: data.path }
    const made = await runStele(['token', 'create', '--project', 'Example project'], settings)
    assert.equal(made.code, 0)
    assert.match(made.output, /^stele_[A-Za-z0-9_-]{43}\n$/)
    assert.match(made.errors, /^token [0-9a-f]{12} for Example project, valid until \d{4}-/)
    const token = made.output.trim()
    assert.equal(await deposit(service.url, token, 'Example project'), 201)
    assert.equal(await deposit(service.url, token, 'Another project'), 403)

    const [id = ''] = /[0-9a-f]{12}/.exec(made.errors) ?? []
    const revoked = await runStele(['token', 'revoke', id], settings)
    assert.deepEqual(revoked, { code: 0, output: `token ${id} is revoked\n`, errors: '' })
    assert.equal(await deposit(service.url, token, 'Example project'), 401)
  })

  it('lists tokens with their last use, and never their text', async () => {
    await using data = await temporaryData()
    await using service = await startService(data.path)
    const settings = { STELE_DATA: data.path }
    const { output } = await runStele(['token', 'create', '--project', 'Example project'], settings)
    const before = await runStele(['token', 'list'], settings)
    await deposit(service.url, output.trim(), 'Example project')
    const after = await runStele(['token', 'list'], settings)
    assert.match(
      lineOf(before.output, 'Example project'),
      / deposit {2}expires .* last used never$/,
    )
    assert.match(lineOf(after.output, 'Example project'), / last used \d{4}-\d\d-\d\dT[\d:.]+Z$/)
    assert.match(lineOf(after.output, '  *  '), / last used never$/)
    assert.doesNotMatch(after.output, /stele_/)
  })

  it('makes tokens before the first start, which then makes none', async () => {
    await using data = await temporaryData()
    const settings = { STELE_DATA: join(data.path, 'not/there/yet') }
    const made = await runStele(['token', 'create', '--project', '*', '--expires', '1d'], settings)
    await using service = await startService(settings.STELE_DATA)
    assert.equal(await deposit(service.url, made.output.trim(), 'Any project'), 201)
    await assert.rejects(readFile(join(settings.STELE_DATA, 'deposit-token')), { code: 'ENOENT' })
  })

  it('says when a token is to live too long, and when there is no such token', async () => {
    await using data = await temporaryData()
    const settings = { STELE_DATA: data.path }
    const days = ['token', 'create', '--project', 'P', '--expires', '366d']
    const tooLong = await runStele(days, settings)
    assert.equal(tooLong.code, 2)
    assert.match(tooLong.errors, /expected 1 to 365/)
    const unknown = await runStele(['token', 'revoke', 'abc'], settings)
    assert.equal(unknown.code, 2)
    assert.match(unknown.errors, /^stele: no token "abc"; see "stele token list"\n$/)
  })
})

async function deposit(url: string, token: string, project: string): Promise<number> {
  const record = minimalRun({ project: { name: project } })
  const sent = request(url).post('/records').set('authorization', `Bearer ${token}`)
  return (await sent.send(record)).status
}

function lineOf(output: string, part: string): string {
  return output.split('\n').find((line) => line.includes(part)) ?? ''
}
