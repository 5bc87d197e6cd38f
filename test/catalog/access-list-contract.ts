import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AccessList, DepositorKey, Token } from '../../src/catalog/access-list.ts'

export function exampleToken(changes: Partial<Token> = {}): Token {
  return {
    id: 'a1b2c3',
    tokenSha256: 'a'.repeat(64),
    project: 'rods',
    scope: 'deposit',
    createdAt: '2026-11-20T10:00:00.000Z',
    expiresAt: '2027-02-18T10:00:00.000Z',
    revokedAt: undefined,
    lastUsedAt: undefined,
    ...changes,
  }
}

export function exampleKey(changes: Partial<DepositorKey> = {}): DepositorKey {
  return {
    kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    project: 'rods',
    jwk: { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
    addedAt: '2026-11-20T10:00:00.000Z',
    revokedAt: undefined,
    ...changes,
  }
}

const monday = '2026-11-23T08:00:00.000Z'
const tuesday = '2026-11-24T08:00:00.000Z'

/** What every AccessList promises. `openEmpty` gives each test one of its own. */
export function accessListContract(name: string, openEmpty: () => Promise<AccessList>): void {
  describe(`${name} keeps the AccessList contract: tokens`, () => {
    it('finds a token by its hash, and not by its id', async () => {
      const list = await openEmpty()
      await list.addToken(exampleToken())
      assert.deepEqual(await list.findTokenByHash('a'.repeat(64)), exampleToken())
      assert.equal(await list.findTokenByHash('b'.repeat(64)), undefined)
      assert.equal(await list.findTokenByHash('a1b2c3'), undefined)
    })

    it('refuses a second token with the same hash or id', async () => {
      const list = await openEmpty()
      await list.addToken(exampleToken())
      await assert.rejects(list.addToken(exampleToken({ id: 'other' })))
      await assert.rejects(list.addToken(exampleToken({ tokenSha256: 'b'.repeat(64) })))
      assert.deepEqual(await list.listTokens(), [exampleToken()])
    })

    it('lists tokens, the oldest first', async () => {
      const list = await openEmpty()
      const older = exampleToken({ id: 'b', tokenSha256: 'b'.repeat(64) })
      const newer = exampleToken({ createdAt: monday })
      await list.addToken(newer)
      await list.addToken(older)
      assert.deepEqual(await list.listTokens(), [older, newer])
    })

    it('keeps a revoked token, with the time it was revoked first', async () => {
      const list = await openEmpty()
      await list.addToken(exampleToken())
      assert.equal(await list.revokeToken('a1b2c3', monday), true)
      assert.equal(await list.revokeToken('a1b2c3', tuesday), true)
      const token = await list.findTokenByHash('a'.repeat(64))
      assert.deepEqual(token, exampleToken({ revokedAt: monday }))
    })

    it('revokes one token only, and says when there is none', async () => {
      const list = await openEmpty()
      const other = exampleToken({ id: 'b', tokenSha256: 'b'.repeat(64) })
      await list.addToken(exampleToken())
      await list.addToken(other)
      assert.equal(await list.revokeToken('nobody', monday), false)
      await list.revokeToken('a1b2c3', monday)
      assert.deepEqual(await list.findTokenByHash('b'.repeat(64)), other)
    })

    it('notes the last use', async () => {
      const list = await openEmpty()
      await list.addToken(exampleToken())
      await list.noteTokenUse('a1b2c3', monday)
      await list.noteTokenUse('a1b2c3', tuesday)
      await list.noteTokenUse('nobody', tuesday)
      assert.deepEqual(await list.listTokens(), [exampleToken({ lastUsedAt: tuesday })])
    })
  })

  describe(`${name} keeps the AccessList contract: keys`, () => {
    const { kid } = exampleKey()

    it('finds a key for its own project only', async () => {
      const list = await openEmpty()
      await list.addDepositorKey(exampleKey())
      assert.deepEqual(await list.findDepositorKey(kid, 'rods'), exampleKey())
      assert.equal(await list.findDepositorKey(kid, 'jets'), undefined)
      assert.equal(await list.findDepositorKey(kid, '*'), undefined)
      assert.equal(await list.findDepositorKey('other', 'rods'), undefined)
    })

    it('finds a key that was registered for every project', async () => {
      const list = await openEmpty()
      await list.addDepositorKey(exampleKey({ project: '*' }))
      assert.equal((await list.findDepositorKey(kid, 'jets'))?.project, '*')
    })

    // A project that revoked a key must not get it back through the general registration.
    for (const project of ['rods', '!rods', '\u00e9']) {
      it(`prefers the registration of ${project} to that for every project`, async () => {
        const list = await openEmpty()
        await list.addDepositorKey(exampleKey({ project: '*' }))
        await list.addDepositorKey(exampleKey({ project }))
        await list.revokeDepositorKey(kid, project, monday)
        assert.equal((await list.findDepositorKey(kid, project))?.revokedAt, monday)
        assert.equal((await list.findDepositorKey(kid, 'jets'))?.revokedAt, undefined)
      })
    }

    it('adds a key once a project', async () => {
      const list = await openEmpty()
      const again = exampleKey({ addedAt: tuesday })
      assert.equal(await list.addDepositorKey(exampleKey()), 'added')
      assert.equal(await list.addDepositorKey(again), 'already-there')
      assert.equal(await list.addDepositorKey(exampleKey({ project: 'jets' })), 'added')
      assert.equal((await list.findDepositorKey(kid, 'rods'))?.addedAt, exampleKey().addedAt)
      assert.equal((await list.listDepositorKeys()).length, 2)
    })

    it('does not bring a revoked key back when it is added again', async () => {
      const list = await openEmpty()
      await list.addDepositorKey(exampleKey())
      assert.equal(await list.revokeDepositorKey(kid, 'rods', monday), true)
      assert.equal(await list.revokeDepositorKey(kid, 'rods', tuesday), true)
      assert.equal(await list.addDepositorKey(exampleKey({ addedAt: tuesday })), 'already-there')
      const revoked = exampleKey({ revokedAt: monday })
      assert.deepEqual(await list.findDepositorKey(kid, 'rods'), revoked)
      assert.deepEqual(await list.listDepositorKeys(), [revoked])
    })

    it('says when there is no such key to revoke', async () => {
      const list = await openEmpty()
      await list.addDepositorKey(exampleKey())
      assert.equal(await list.revokeDepositorKey(kid, 'jets', monday), false)
      assert.equal(await list.revokeDepositorKey('other', 'rods', monday), false)
      assert.deepEqual(await list.listDepositorKeys(), [exampleKey()])
    })
  })
}
