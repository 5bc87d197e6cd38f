import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import request from 'supertest'
import { minimalRun } from '../record-fixtures.ts'
import { openRegistryUnderTest, type RegistryUnderTest } from './registry-under-test.ts'
import { digestOfText } from './run-with-outputs.ts'

const dayMs = 24 * 60 * 60 * 1000

let registry: RegistryUnderTest
let now = new Date('2026-11-20T10:00:00Z')

before(async () => {
  registry = await openRegistryUnderTest({ clock: () => now })
})
after(() => registry[Symbol.asyncDispose]())

describe('Depositing without a valid token', () => {
  const unknown = `stele_${'A'.repeat(43)}`
  for (const [what, authorization] of [
    ['an unknown token', `Bearer ${unknown}`],
    ['a token that is too short', `Bearer ${unknown.slice(0, -1)}`],
    ['a token that is too long', `Bearer ${unknown}A`],
    ['a token of a megabyte less than the fields may have', `Bearer stele_${'A'.repeat(8000)}`],
    ['a token without its prefix', `Bearer ${'A'.repeat(43)}`],
    ['SQL instead of a token', "Bearer ' OR '1'='1"],
    ['a JSON Web Token', 'Bearer eyJhbGciOiJub25lIn0.eyJwcm9qZWN0IjoiKiJ9.'],
    ['no token after the scheme', 'Bearer'],
    ['an empty field', ''],
  ] as const) {
    it(`is refused: ${what}`, async () => {
      const answer = await deposit(authorization)
      assert.equal(answer.status, 401)
      assert.equal(answer.body.code, 'invalid-token')
      assert.match(answer.headers['www-authenticate'] ?? '', /^Bearer .*error="invalid_token"/)
    })
  }

  it('is refused: no Authorization at all', async () => {
    const answer = await request(registry.app).post('/records').send(minimalRun())
    assert.equal(answer.status, 401)
    assert.equal(answer.body.code, 'token-required')
    assert.equal(answer.headers['www-authenticate'], 'Bearer realm="deposit"')
  })

  it('is refused: a valid token in another scheme', async () => {
    const token = await registry.makeToken()
    const basic = Buffer.from(`stele:${token}`).toString('base64')
    for (const authorization of [`Basic ${basic}`, `Token ${token}`, token]) {
      assert.equal((await deposit(authorization)).body.code, 'invalid-token')
    }
  })

  it('is refused: a valid token and more', async () => {
    const token = await registry.makeToken()
    assert.equal((await deposit(`Bearer ${token} ${token}`)).body.code, 'invalid-token')
    assert.equal((await deposit(`Bearer ${token},`)).body.code, 'invalid-token')
  })

  it('is refused: a valid token in the address', async () => {
    const token = await registry.makeToken()
    for (const query of [
      `access_token=${token}`,
      `token=${token}`,
      `authorization=Bearer+${token}`,
    ]) {
      const answer = await request(registry.app).post(`/records?${query}`).send(minimalRun())
      assert.equal(answer.body.code, 'token-required')
    }
  })

  it('is refused: a valid token in a cookie', async () => {
    const answer = await request(registry.app)
      .post('/records')
      .set('cookie', `token=${await registry.makeToken()}`)
      .send(minimalRun())
    assert.equal(answer.body.code, 'token-required')
  })

  it('is refused for blobs as for records', async () => {
    const answer = await request(registry.app)
      .put(`/blobs/${digestOfText('x')}`)
      .send('x')
    assert.equal(answer.status, 401)
  })

  it('is refused from the second in which the token expires', async () => {
    const token = await registry.makeToken({ days: 1 })
    const expiresAt = now.getTime() + dayMs
    now = new Date(expiresAt - 1)
    assert.notEqual((await deposit(`Bearer ${token}`)).status, 401)
    now = new Date(expiresAt)
    const answer = await deposit(`Bearer ${token}`)
    assert.equal(answer.status, 401)
    assert.equal(answer.body.code, 'invalid-token')
  })

  it('is refused as soon as the token is revoked', async () => {
    const before = new Set((await registry.registry.accessList.listTokens()).map(({ id }) => id))
    const token = await registry.makeToken()
    const tokens = await registry.registry.accessList.listTokens()
    const { id = '' } = tokens.find((entry) => !before.has(entry.id)) ?? {}
    assert.notEqual((await deposit(`Bearer ${token}`)).status, 401)
    await registry.registry.accessList.revokeToken(id, now.toISOString())
    const answer = await deposit(`Bearer ${token}`)
    assert.equal(answer.status, 401)
    assert.equal(answer.body.code, 'invalid-token')
  })
})

describe('A token of one project', () => {
  it('deposits for this project', async () => {
    const token = await registry.makeToken({ project: 'Example project' })
    const answer = await deposit(`Bearer ${token}`, { title: 'Of the project' })
    assert.equal(answer.status, 201)
  })

  it('deposits for no other project, not even one whose name differs by case', async () => {
    for (const project of ['Another project', 'example project', 'Example', 'Example project ']) {
      const answer = await deposit(`Bearer ${await registry.makeToken({ project })}`)
      assert.equal(answer.status, 403)
      assert.equal(answer.body.code, 'wrong-project')
    }
  })

  it('does not deposit for a project that is named like the sign for all of them', async () => {
    const token = await registry.makeToken({ project: 'Example project' })
    const answer = await deposit(`Bearer ${token}`, { project: { name: '*' } })
    assert.equal(answer.status, 403)
  })
})

describe('A token', () => {
  it('is named in any case of the scheme', async () => {
    const token = await registry.makeToken()
    assert.equal((await deposit(`bearer ${token}`, { title: 'In lower case' })).status, 201)
    assert.equal((await deposit(`BEARER   ${token}`, { title: 'In upper case' })).status, 201)
  })

  it('is not needed to read', async () => {
    const answer = await request(registry.app).get('/records').set('authorization', 'Bearer wrong')
    assert.equal(answer.status, 200)
  })

  it('has the time of its last use noted, once a minute', async () => {
    const token = await registry.makeToken()
    const usedAt = new Date(now)
    await deposit(`Bearer ${token}`)
    now = new Date(usedAt.getTime() + 59_000)
    await deposit(`Bearer ${token}`)
    assert.equal(await lastUse(), usedAt.toISOString())
    now = new Date(usedAt.getTime() + 60_000)
    await deposit(`Bearer ${token}`)
    assert.equal(await lastUse(), now.toISOString())
  })

  it('is never in the log nor in the answer to a refusal', async () => {
    const token = await registry.makeToken({ project: 'Another project' })
    const answers = [
      await deposit(`Bearer ${token}`),
      await deposit(`Bearer ${token}x`),
      await deposit(`Basic ${token}`),
      await request(registry.app).post(`/records?token=${token}`).send(minimalRun()),
      await deposit(`Bearer ${token}`, { title: token }),
    ]
    for (const { text, headers } of answers) {
      assert.doesNotMatch(text + JSON.stringify(headers), /stele_[A-Za-z0-9_-]{20}/)
    }
    assert.doesNotMatch(registry.log(), /stele_/)
  })

  it('is stored nowhere, only its hash is', async () => {
    const token = await registry.makeToken()
    const tokens = await registry.registry.accessList.listTokens()
    assert.doesNotMatch(JSON.stringify(tokens), new RegExp(token.slice('stele_'.length)))
  })

  it('that was refused leaves the reason in the log', async () => {
    await deposit(`Bearer stele_${'B'.repeat(43)}`)
    assert.match(registry.log(), /"reason":"unknown","method":"POST","path":"\/records"/)
  })
})

function deposit(authorization: string, changes = {}) {
  return request(registry.app)
    .post('/records')
    .set('authorization', authorization)
    .send(minimalRun(changes))
}

/** The newest time at which any token was used. */
async function lastUse(): Promise<string | undefined> {
  const tokens = await registry.registry.accessList.listTokens()
  return tokens
    .flatMap(({ lastUsedAt }) => lastUsedAt ?? [])
    .sort()
    .at(-1)
}
