import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { originOf } from '../../src/service/log-origin.ts'
import { openDirectoryVault } from '../../src/vault/directory-vault.ts'
import { temporaryDirectory } from '../vault/temporary-vault.ts'

const url = 'https://registry.example.org:8443/archive'
const begun = new TextEncoder().encode('elsewhere.example.org/log\n0\nroot\n')

describe('The name of the log', () => {
  it('is that of the host of the registry at the first start', async () => {
    await using vault = await openDirectoryVault(await temporaryDirectory())
    const origin = await originOf(vault.log, { url, origin: undefined })
    assert.equal(origin, 'registry.example.org:8443/log')
  })

  it('stays what it was when the registry moves to another address', async () => {
    await using vault = await openDirectoryVault(await temporaryDirectory())
    await vault.log.publish(begun, [])
    const origin = await originOf(vault.log, { url, origin: undefined })
    assert.equal(origin, 'elsewhere.example.org/log')
  })

  it('is what the operator set, also where the log was begun with another', async () => {
    await using vault = await openDirectoryVault(await temporaryDirectory())
    await vault.log.publish(begun, [])
    const origin = await originOf(vault.log, { url, origin: 'log.example.org/2026' })
    assert.equal(origin, 'log.example.org/2026')
  })
})
