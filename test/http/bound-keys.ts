import { depositorKeyEntry } from '../../src/archive/key-entries.ts'
import type { Depositor } from '../attestation/depositors.ts'
import type { RegistryUnderTest } from './registry-under-test.ts'

type Registry = Pick<RegistryUnderTest, 'registry'>

/** Binds the key of a depositor to a project, with its entry in the log. */
export async function bindKey(
  { registry }: Registry,
  { publicKey }: Depositor,
  { project, at = now() }: { project: string; at?: string },
): Promise<void> {
  const { kid, alg: _alg, use: _use, ...jwk } = publicKey
  await registry.accessList.addDepositorKey(
    { kid, project, jwk, addedAt: at },
    await depositorKeyEntry({ action: 'bound', kid, project, at }),
  )
}

/** Revokes it, with its entry in the log. */
export async function revokeKey(
  { registry }: Registry,
  { publicKey: { kid } }: Depositor,
  { project, at = now() }: { project: string; at?: string },
): Promise<void> {
  await registry.accessList.revokeDepositorKey(
    { kid, project, at },
    await depositorKeyEntry({ action: 'revoked', kid, project, at }),
  )
}

function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`
}
