import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseDepositorSignatures } from '../../src/attestation/depositor-signature.ts'
import type { AccessList } from '../../src/catalog/access-list.ts'
import { depositorKeys } from '../../src/service/depositor-keys.ts'
import { keyEntryNumbered } from '../catalog/entries.ts'
import { openInMemory } from '../catalog/temporary-catalog.ts'
import { newDepositor, signWith } from './depositors.ts'

const record = new TextEncoder().encode('{}')
const ada = await newDepositor('ES256')

/** Verifies a good signature of Ada's on a record of a project. */
async function verifyFor(list: AccessList, project: string): Promise<number> {
  const document = new TextEncoder().encode(JSON.stringify(signWith(ada, record)))
  const findKey = depositorKeys(list)
  const { signatures } = await parseDepositorSignatures(document, record, (kid) =>
    findKey(kid, project),
  )
  return signatures.length
}

async function listWith(project: string): Promise<AccessList> {
  const { accessList } = await openInMemory()
  const jwk = { ...ada.publicKey }
  const key = { kid: jwk.kid, project, jwk, addedAt: '2026-11-20T10:00:00Z' }
  await accessList.addDepositorKey(key, keyEntryNumbered(1))
  return accessList
}

describe('a good signature', () => {
  const refusal = /InvalidSignature: signature 0: found key .* registered for this project/

  it('is accepted with a key registered for the project or for every project', async () => {
    assert.equal(await verifyFor(await listWith('rods'), 'rods'), 1)
    assert.equal(await verifyFor(await listWith('*'), 'rods'), 1)
  })

  it('is refused with a key of another project', async () => {
    await assert.rejects(verifyFor(await listWith('jets'), 'rods'), refusal)
  })

  it('is refused with a key that was revoked', async () => {
    const list = await listWith('rods')
    const { kid } = ada.publicKey
    const revocation = { kid, project: 'rods', at: '2026-11-21T10:00:00Z' }
    await list.revokeDepositorKey(revocation, keyEntryNumbered(2))
    await assert.rejects(verifyFor(list, 'rods'), refusal)
  })
})
