import { parsePublicKey, type PublicKey } from '../attestation/public-keys.ts'
import type { AccessList } from '../catalog/access-list.ts'
import type { LoggedRecord } from '../catalog/catalog.ts'

/** Finds keys that depositors of a project may sign with now. */
export function depositorKeys(accessList: AccessList) {
  return async (kid: string, project: string): Promise<PublicKey | undefined> => {
    const key = await accessList.findDepositorKey(kid, project)
    return key === undefined || key.revokedAt !== undefined ? undefined : parsePublicKey(key.jwk)
  }
}

/**
 * Finds the public keys that go into the bundle of a record: those of its receipt
 * and of its depositors. A key that was revoked since is still among them, or the
 * bundle would change.
 */
export function keysOfRecord(receiptKey: PublicKey, accessList: AccessList) {
  return async (record: LoggedRecord): Promise<PublicKey[]> => {
    const keys = [receiptKey]
    for (const { kid } of record.signatureKeys) {
      const key = await accessList.findDepositorKey(kid, record.project)
      if (key === undefined) throw new Error(`the key ${kid} of record ${record.digest} is gone`)
      keys.push(await parsePublicKey(key.jwk))
    }
    return keys
  }
}
