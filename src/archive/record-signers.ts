import type { AccessList, DepositorKey } from '../catalog/access-list.ts'
import type { LoggedRecord } from '../catalog/catalog.ts'

/** A depositor's key that signed a record, with what the log says about the key. */
export interface RecordSigner {
  /** RFC 7638 thumbprint. */
  readonly kid: string
  readonly alg: string
  /** When the key was bound to the project. */
  readonly boundAt?: string | undefined
  readonly revokedAt?: string | undefined
  /** Whether it was bound and not revoked at the record's place in the log. */
  readonly wasValid: boolean
}

/** Who signed the record. The order of the log decides what was first, not the times. */
export async function signersOf(
  { logIndex, project, signatureKeys }: LoggedRecord,
  keys: Pick<AccessList, 'findDepositorKey'>,
): Promise<RecordSigner[]> {
  return Promise.all(
    signatureKeys.map(async ({ kid, alg }) => {
      const known = await Promise.all(
        [project, '*'].map((owner) => keys.findDepositorKey(kid, owner)),
      )
      const bindings = known.filter((key) => key !== undefined)
      // The project's own binding comes first, if it was there then; so it was at the deposit.
      const binding = bindings.find((key) => key.addedIndex < logIndex) ?? bindings[0]
      const { addedAt: boundAt, revokedAt } = binding ?? {}
      return { kid, alg, boundAt, revokedAt, wasValid: wasValidAt(logIndex, binding) }
    }),
  )
}

function wasValidAt(logIndex: number, binding: DepositorKey | undefined): boolean {
  if (binding === undefined || binding.addedIndex > logIndex) return false
  return binding.revokedIndex === undefined || binding.revokedIndex > logIndex
}
