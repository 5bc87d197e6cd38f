import { base64url } from 'jose'
import { z } from 'zod'
import { parsePublicKey, type KeyInSet, type PublicKey } from '../attestation/public-keys.ts'
import type { AccessList } from '../catalog/access-list.ts'
import type { LoggedRecord } from '../catalog/catalog.ts'
import type { RegistryKeys } from '../catalog/registry-keys.ts'

const Receipt = z.object({ protected: z.string() })
const ReceiptHeader = z.object({ kid: z.string() })

/** Finds keys that depositors of a project may sign with now. */
export function depositorKeys(accessList: AccessList) {
  return async (kid: string, project: string): Promise<PublicKey | undefined> => {
    const key = await accessList.findDepositorKey(kid, project)
    return key === undefined || key.revokedAt !== undefined ? undefined : parsePublicKey(key.jwk)
  }
}

/**
 * Finds the public keys that go into the bundle of a record: the one that signed its
 * receipt and those of its depositors. A key that was revoked since is still among
 * them, or the bundle would change.
 */
export function keysOfRecord(registryKeys: RegistryKeys, accessList: AccessList) {
  return async (record: LoggedRecord, receipt: string): Promise<KeyInSet[]> => {
    const signedWith = kidOfReceipt(receipt)
    const known = await registryKeys.listRegistryKeys()
    const receiptKey = known.find(({ kid, role }) => kid === signedWith && role === 'receipt')
    if (receiptKey === undefined) throw new Error(`no key ${signedWith} ever signed receipts`)
    const keys: KeyInSet[] = [{ ...(await parsePublicKey(receiptKey.jwk)), role: 'receipt' }]
    for (const { kid } of record.signatureKeys) {
      const key = await accessList.findDepositorKey(kid, record.project)
      if (key === undefined) throw new Error(`the key ${kid} of record ${record.digest} is gone`)
      keys.push({ ...(await parsePublicKey(key.jwk)), role: 'depositor' })
    }
    return keys
  }
}

function kidOfReceipt(receipt: string): string {
  const header = base64url.decode(Receipt.parse(JSON.parse(receipt)).protected)
  return ReceiptHeader.parse(JSON.parse(new TextDecoder().decode(header))).kid
}
