import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { depositorKeyEntry } from '../../src/archive/key-entries.ts'
import { signersOf, type RecordSigner } from '../../src/archive/record-signers.ts'
import type { OpenCatalog } from '../../src/catalog/open-catalog.ts'
import { entryNumbered } from '../catalog/entries.ts'
import { openInMemory } from '../catalog/temporary-catalog.ts'

const kid = 'key-of-ada'
const [before, after] = ['2026-11-20T10:00:00Z', '2026-11-21T10:00:00Z']

describe('The signer of a record', () => {
  it('has the times of the key, which was valid at the deposit', async () => {
    const stores = await openInMemory()
    await bind(stores, 'rods')
    const signer = await signerOfDeposit(stores)
    const [boundAt, revokedAt] = [before, undefined]
    assert.deepEqual(signer, { kid, alg: 'EdDSA', boundAt, revokedAt, wasValid: true })
  })

  it('stays valid when the key is revoked after the deposit', async () => {
    const stores = await openInMemory()
    await bind(stores, 'rods')
    const record = await deposit(stores)
    await revoke(stores, 'rods')
    const [signer] = await signersOf(record, stores.accessList)
    assert.deepEqual([signer?.wasValid, signer?.revokedAt], [true, after])
  })

  it('was not valid when the key was revoked before the deposit', async () => {
    const stores = await openInMemory()
    await bind(stores, 'rods')
    await revoke(stores, 'rods')
    assert.equal((await signerOfDeposit(stores))?.wasValid, false)
  })

  it('was not valid when the key was bound after the deposit', async () => {
    const stores = await openInMemory()
    const record = await deposit(stores)
    await bind(stores, 'rods')
    const [signer] = await signersOf(record, stores.accessList)
    assert.deepEqual([signer?.wasValid, signer?.boundAt], [false, before])
  })

  it('may have a key that is bound for every project', async () => {
    const stores = await openInMemory()
    await bind(stores, '*')
    assert.equal((await signerOfDeposit(stores))?.wasValid, true)
  })

  it('is not judged by a binding that the project made later', async () => {
    const stores = await openInMemory()
    await bind(stores, '*')
    const record = await deposit(stores)
    await bind(stores, 'rods')
    await revoke(stores, 'rods')
    const [signer] = await signersOf(record, stores.accessList)
    assert.deepEqual([signer?.wasValid, signer?.revokedAt], [true, undefined])
  })

  it('is judged by what the project itself said first', async () => {
    const stores = await openInMemory()
    await bind(stores, '*')
    await bind(stores, 'rods')
    await revoke(stores, 'rods')
    assert.equal((await signerOfDeposit(stores))?.wasValid, false)
  })

  it('is unknown when nobody knows the key', async () => {
    const stores = await openInMemory()
    await bind(stores, 'jets')
    const signer = await signerOfDeposit(stores)
    assert.deepEqual([signer?.wasValid, signer?.boundAt], [false, undefined])
  })
})

async function bind({ accessList }: OpenCatalog, project: string): Promise<void> {
  const entry = await depositorKeyEntry({ action: 'bound', kid, project, at: before })
  await accessList.addDepositorKey({ kid, project, jwk: { kty: 'OKP' }, addedAt: before }, entry)
}

async function revoke({ accessList }: OpenCatalog, project: string): Promise<void> {
  const entry = await depositorKeyEntry({ action: 'revoked', kid, project, at: after })
  await accessList.revokeDepositorKey({ kid, project, at: after }, entry)
}

/** A record of the project `rods` that was signed with the key. */
async function deposit({ catalog }: OpenCatalog) {
  const signed = entryNumbered(1, { signatureKeys: [{ kid, alg: 'EdDSA' }] })
  const [added] = await catalog.addRecords([signed])
  assert.ok(added)
  return added.record
}

async function signerOfDeposit(stores: OpenCatalog): Promise<RecordSigner | undefined> {
  const [signer] = await signersOf(await deposit(stores), stores.accessList)
  return signer
}
