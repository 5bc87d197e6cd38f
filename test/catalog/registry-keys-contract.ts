import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { LogEntries } from '../../src/catalog/log-entries.ts'
import type { NewRegistryKey, RegistryKey, RegistryKeys } from '../../src/catalog/registry-keys.ts'
import { logEntryNumbered } from './entries.ts'

export interface RegistryKeysUnderTest {
  readonly registryKeys: RegistryKeys
  readonly entries: LogEntries
}

const monday = '2026-11-23T08:00:00Z'
const tuesday = '2026-11-24T08:00:00Z'

/** A key of the registry as it is introduced. */
export function registryKey(changes: Partial<NewRegistryKey> = {}): NewRegistryKey {
  return {
    kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    role: 'log',
    jwk: { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
    introducedAt: monday,
    ...changes,
  }
}

function found(changes: Partial<RegistryKey>): RegistryKey {
  return {
    ...registryKey(),
    introducedIndex: 0,
    retiredAt: undefined,
    retiredIndex: undefined,
    ...changes,
  }
}

/** What every RegistryKeys promises. `openEmpty` gives each test one of its own. */
export function registryKeysContract(
  name: string,
  openEmpty: () => Promise<RegistryKeysUnderTest>,
): void {
  const first = { key: registryKey(), entry: logEntryNumbered(1) }
  const receiptKey = registryKey({ kid: 'receipts', role: 'receipt' })
  const second = { key: receiptKey, entry: logEntryNumbered(2) }

  describe(`${name} keeps the RegistryKeys contract`, () => {
    it('has no keys at first', async () => {
      const { registryKeys } = await openEmpty()
      assert.deepEqual(await registryKeys.listRegistryKeys(), [])
      assert.deepEqual(await registryKeys.addRegistryKeys([]), [])
    })

    it('introduces keys in the order of the call, each with an entry', async () => {
      const { registryKeys, entries } = await openEmpty()
      const added = await registryKeys.addRegistryKeys([second, first])
      assert.deepEqual(
        added.map(({ kid, introducedIndex }) => [kid, introducedIndex]),
        [
          [receiptKey.kid, 0],
          [registryKey().kid, 1],
        ],
      )
      assert.deepEqual(await registryKeys.listRegistryKeys(), [
        found({ ...receiptKey, introducedIndex: 0 }),
        found({ introducedIndex: 1 }),
      ])
      const logged = await entries.listEntries({ from: 0, limit: 9 })
      assert.deepEqual(
        logged.map(({ leafHash }) => leafHash),
        [second.entry.leafHash, first.entry.leafHash],
      )
    })

    it('lists keys in the order of their introduction, whatever their times say', async () => {
      const { registryKeys } = await openEmpty()
      const later = { ...second, key: { ...receiptKey, introducedAt: '2020-01-01T00:00:00Z' } }
      await registryKeys.addRegistryKeys([first])
      await registryKeys.addRegistryKeys([later])
      const kids = (await registryKeys.listRegistryKeys()).map(({ kid }) => kid)
      assert.deepEqual(kids, [registryKey().kid, receiptKey.kid])
    })

    it('introduces none of a call in which one is there already, and takes no index', async () => {
      const { registryKeys, entries } = await openEmpty()
      await registryKeys.addRegistryKeys([first])
      await assert.rejects(registryKeys.addRegistryKeys([second, first]), /registry_key\.kid/)
      assert.deepEqual(await registryKeys.listRegistryKeys(), [found({})])
      assert.equal(await entries.size(), 1)
    })

    it('keeps a retired key, with the time and index of that', async () => {
      const { registryKeys } = await openEmpty()
      await registryKeys.addRegistryKeys([first, second])
      const { kid } = registryKey()
      const retired = await registryKeys.retireRegistryKey(kid, tuesday, logEntryNumbered(3))
      assert.deepEqual(retired, found({ retiredAt: tuesday, retiredIndex: 2 }))
      assert.deepEqual(await registryKeys.listRegistryKeys(), [
        retired,
        found({ ...receiptKey, introducedIndex: 1 }),
      ])
    })

    it('introduces a key and retires the one it replaces, both or neither', async () => {
      const { registryKeys, entries } = await openEmpty()
      await registryKeys.addRegistryKeys([first])
      const { kid } = registryKey()
      const replaced = [{ kid, at: tuesday, entry: logEntryNumbered(3) }]
      await registryKeys.addRegistryKeys([second], replaced)
      const third = { key: registryKey({ kid: 'third' }), entry: logEntryNumbered(4) }
      await assert.rejects(registryKeys.addRegistryKeys([third], replaced), /to be retired/)
      assert.deepEqual(await registryKeys.listRegistryKeys(), [
        found({ retiredAt: tuesday, retiredIndex: 2 }),
        found({ ...receiptKey, introducedIndex: 1 }),
      ])
      assert.equal(await entries.size(), 3)
    })

    it('retires a key once, and takes no index for another time', async () => {
      const { registryKeys, entries } = await openEmpty()
      const { kid } = registryKey()
      await registryKeys.addRegistryKeys([first])
      await registryKeys.retireRegistryKey(kid, monday, logEntryNumbered(2))
      const again = registryKeys.retireRegistryKey(kid, tuesday, logEntryNumbered(3))
      await assert.rejects(again, { message: `no key ${kid} is there to be retired` })
      const retired = found({ retiredAt: monday, retiredIndex: 1 })
      assert.deepEqual(await registryKeys.listRegistryKeys(), [retired])
      assert.equal(await entries.size(), 2)
    })

    it('retires no key that is unknown, and takes no index for it', async () => {
      const { registryKeys, entries } = await openEmpty()
      await registryKeys.addRegistryKeys([first])
      const unknown = registryKeys.retireRegistryKey('other', tuesday, logEntryNumbered(2))
      await assert.rejects(unknown, /no key other is there to be retired/)
      assert.equal(await entries.size(), 1)
    })
  })
}
