import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type {
  AccessList,
  DepositorKey,
  NewDepositorKey,
  Token,
} from '../../src/catalog/access-list.ts'
import { keyEntryNumbered } from './entries.ts'

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

export function exampleKey(changes: Partial<NewDepositorKey> = {}): NewDepositorKey {
  return {
    kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    project: 'rods',
    jwk: { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
    addedAt: '2026-11-20T10:00:00Z',
    ...changes,
  }
}

/** The example key as it is found: added by the first entry of the log. */
export function exampleKeyFound(changes: Partial<DepositorKey> = {}): DepositorKey {
  const added = { ...exampleKey(), addedIndex: 0 }
  return { ...added, revokedAt: undefined, revokedIndex: undefined, ...changes }
}

const monday = '2026-11-23T08:00:00Z'
const tuesday = '2026-11-24T08:00:00Z'

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
    const entry = keyEntryNumbered

    it('finds a key for its own project only', async () => {
      const list = await openEmpty()
      await list.addDepositorKey(exampleKey(), entry(1))
      assert.deepEqual(await list.findDepositorKey(kid, 'rods'), exampleKeyFound())
      assert.equal(await list.findDepositorKey(kid, 'jets'), undefined)
      assert.equal(await list.findDepositorKey(kid, '*'), undefined)
      assert.equal(await list.findDepositorKey('other', 'rods'), undefined)
    })

    it('finds a key that was registered for every project', async () => {
      const list = await openEmpty()
      await list.addDepositorKey(exampleKey({ project: '*' }), entry(1))
      assert.equal((await list.findDepositorKey(kid, 'jets'))?.project, '*')
    })

    // A project that revoked a key must not get it back through the general registration.
    for (const project of ['rods', '!rods', '\u00e9']) {
      it(`prefers the registration of ${project} to that for every project`, async () => {
        const list = await openEmpty()
        await list.addDepositorKey(exampleKey({ project: '*' }), entry(1))
        await list.addDepositorKey(exampleKey({ project }), entry(2))
        await list.revokeDepositorKey({ kid, project, at: monday }, entry(3))
        assert.equal((await list.findDepositorKey(kid, project))?.revokedAt, monday)
        assert.equal((await list.findDepositorKey(kid, 'jets'))?.revokedAt, undefined)
      })
    }

    it('adds a key once a project, and takes an index only then', async () => {
      const list = await openEmpty()
      const again = exampleKey({ addedAt: tuesday })
      const elsewhere = exampleKey({ project: 'jets' })
      assert.equal(await list.addDepositorKey(exampleKey(), entry(1)), 'added')
      assert.equal(await list.addDepositorKey(again, entry(2)), 'already-there')
      assert.equal(await list.addDepositorKey(elsewhere, entry(3)), 'added')
      assert.deepEqual(await list.listDepositorKeys(), [
        exampleKeyFound(),
        exampleKeyFound({ project: 'jets', addedIndex: 1 }),
      ])
    })

    it('lists the keys of one thumbprint, one for each of its projects', async () => {
      const list = await openEmpty()
      await list.addDepositorKey(exampleKey(), entry(1))
      await list.addDepositorKey(exampleKey({ kid: 'other' }), entry(2))
      await list.addDepositorKey(exampleKey({ project: 'jets' }), entry(3))
      assert.deepEqual(await list.listDepositorKeys({ kid }), [
        exampleKeyFound(),
        exampleKeyFound({ project: 'jets', addedIndex: 2 }),
      ])
      assert.deepEqual(await list.listDepositorKeys({ kid: 'nobody' }), [])
    })

    it('revokes a key for one project, with the index of that', async () => {
      const list = await openEmpty()
      await list.addDepositorKey(exampleKey(), entry(1))
      await list.addDepositorKey(exampleKey({ project: 'jets' }), entry(2))
      const revocation = { kid, project: 'rods', at: monday }
      assert.equal(await list.revokeDepositorKey(revocation, entry(3)), 'revoked')
      assert.deepEqual(await list.listDepositorKeys(), [
        exampleKeyFound({ revokedAt: monday, revokedIndex: 2 }),
        exampleKeyFound({ project: 'jets', addedIndex: 1 }),
      ])
    })

    it('keeps the time and index of the first revocation, and takes no index for another', async () => {
      const list = await openEmpty()
      const revocation = { kid, project: 'rods', at: monday }
      const again = { ...revocation, at: tuesday }
      await list.addDepositorKey(exampleKey(), entry(1))
      await list.revokeDepositorKey(revocation, entry(2))
      assert.equal(await list.revokeDepositorKey(again, entry(3)), 'already-revoked')
      await list.addDepositorKey(exampleKey({ project: 'jets' }), entry(4))
      assert.deepEqual(await list.listDepositorKeys(), [
        exampleKeyFound({ revokedAt: monday, revokedIndex: 1 }),
        exampleKeyFound({ project: 'jets', addedIndex: 2 }),
      ])
    })

    it('does not bring a revoked key back when it is added again', async () => {
      const list = await openEmpty()
      const again = exampleKey({ addedAt: tuesday })
      await list.addDepositorKey(exampleKey(), entry(1))
      await list.revokeDepositorKey({ kid, project: 'rods', at: monday }, entry(2))
      assert.equal(await list.addDepositorKey(again, entry(3)), 'already-there')
      const revoked = exampleKeyFound({ revokedAt: monday, revokedIndex: 1 })
      assert.deepEqual(await list.findDepositorKey(kid, 'rods'), revoked)
    })

    it('revokes no key that is unknown, and takes no index for it', async () => {
      const list = await openEmpty()
      const elsewhere = { kid, project: 'jets', at: monday }
      const unknown = { kid: 'other', project: 'rods', at: monday }
      await list.addDepositorKey(exampleKey(), entry(1))
      assert.equal(await list.revokeDepositorKey(elsewhere, entry(2)), 'unknown')
      assert.equal(await list.revokeDepositorKey(unknown, entry(3)), 'unknown')
      await list.addDepositorKey(exampleKey({ project: 'jets' }), entry(4))
      assert.deepEqual(await list.listDepositorKeys(), [
        exampleKeyFound(),
        exampleKeyFound({ project: 'jets', addedIndex: 1 }),
      ])
    })
  })
}
