import { z } from 'zod'
import { registryKeyEntry } from '../archive/key-entries.ts'
import { secondsText } from '../archive/clock.ts'
import { endorse, type KeyEndorsement } from '../attestation/key-endorsement.ts'
import type { KeyRole, NewRegistryKey, RegistryKey } from '../catalog/registry-keys.ts'
import { statementOfKey, type LoggedKey } from '../log/leaf.ts'
import { checkLog } from '../publication/check-log.ts'
import { parseStrictJson } from '../record/strict-json.ts'
import { CannotServe } from './cannot-serve.ts'
import {
  activeKeysOf,
  findInterruptedRotation,
  heldKeysOf,
  keyFilesOf,
  refuseUnknownKey,
  settleKeyFiles,
} from './key-files.ts'
import { makeSigningKey, readSigningKey, type SigningKey } from './private-key-file.ts'
import { publicKeyFile, verifierOf } from './public-key-file.ts'
import { refuseUnfinishedReceipts } from './unfinished-receipts.ts'
import { readSigningKeys, signerOf } from './signing-keys.ts'
import {
  forOperator,
  publishStopped,
  refuseForgotten,
  refuseWithoutKeys,
  type StoppedRegistry,
} from './stopped-registry.ts'

export interface Rotation {
  readonly introduced: RegistryKey
  /** The log knew of the key already: an earlier call was interrupted. */
  readonly wasInterrupted: boolean
  /** Thumbprint of the key that gave its word for the new one, if one did. */
  readonly endorsedBy: string | undefined
  /** Keys of the role before it, the newest first, as they are now. */
  readonly earlier: readonly RegistryKey[]
  /** Verifier key of the new key, if it is one of the log. */
  readonly vkey: string | undefined
}

/**
 * Changes the keys with which the registry signs. The log has one writer, so no
 * other process may serve from the directory. Whatever is interrupted is finished
 * by the next start of the service, or by the same call.
 */
export class KeyChanges {
  readonly #parts: StoppedRegistry

  constructor(parts: StoppedRegistry) {
    this.#parts = parts
  }

  /**
   * Introduces a new key. One for receipts takes the place of the one before at
   * once; one of the log signs beside it until that is retired.
   *
   * @throws CannotServe when the log is not in order, or a key still gives way.
   */
  async rotate(role: KeyRole): Promise<Rotation> {
    const { directory } = this.#parts
    await this.#refuseIfUnsound(role)
    const before = await this.#known()
    const interrupted = await findInterruptedRotation(directory, role, before)
    if (interrupted === undefined) await this.#introduce(role, before)
    await publishStopped(this.#parts)
    const known = await this.#known()
    await settleKeyFiles(directory, role, known)
    return this.#rotationOf(role, known, { wasInterrupted: interrupted !== undefined })
  }

  /**
   * Ends a key of the log that gives way to a newer one.
   *
   * @throws CannotServe when there is no such key, or it is the newest.
   */
  async retire(kid: string): Promise<RegistryKey> {
    const { directory, registryKeys } = this.#parts
    const key = (await this.#known()).find((candidate) => candidate.kid === kid)
    if (key === undefined)
      throw new CannotServe(`no key ${kid} of the registry; see "stele keys list"`)
    await this.#refuseIfUnsound(undefined)
    if (key.retiredAt === undefined) {
      const [newest] = activeKeysOf(key.role, await this.#known())
      if (newest?.kid === kid) {
        const advice = `introduce another with "stele keys rotate ${key.role}" first`
        throw new CannotServe(`${kid} is the newest ${key.role} key; ${advice}`)
      }
      const { at, entry } = await this.#retirementOf(key, secondsText(this.#parts.clock()))
      await registryKeys.retireRegistryKey(kid, at, entry)
    }
    await publishStopped(this.#parts)
    const known = await this.#known()
    await settleKeyFiles(directory, key.role, known)
    return known.find((candidate) => candidate.kid === kid) ?? key
  }

  async #known(): Promise<RegistryKey[]> {
    return this.#parts.registryKeys.listRegistryKeys()
  }

  /** Nothing is appended to a log that could not be published then, or that is not ours. */
  async #refuseIfUnsound(rotated: KeyRole | undefined): Promise<void> {
    await refuseWithoutKeys(this.#parts.registryKeys)
    const keys = await readSigningKeys(this.#parts)
    if (rotated !== 'log' && keys.logFault !== undefined) throw new CannotServe(keys.logFault)
    const parts = { ...this.#parts, signers: keys.logSigners, verifiers: keys.logVerifiers }
    await forOperator(() => checkLog(parts))
    await refuseForgotten(this.#parts)
  }

  async #introduce(role: KeyRole, known: readonly RegistryKey[]): Promise<void> {
    const { directory, registryKeys, log, origin, clock } = this.#parts
    await refuseUnknownKey(directory, role, known)
    const [endorser, givingWay] = await heldKeysOf(directory, role, known)
    if (givingWay !== undefined) {
      const { kid } = givingWay.key
      throw new CannotServe(`${kid} still signs too; end it with "stele keys retire ${kid}" first`)
    }
    if (role === 'receipt' && endorser !== undefined) await refuseUnfinishedReceipts(this.#parts)
    const next = keyFilesOf(directory, role).next
    const { publicKey } = (await readSigningKey(next)) ?? (await makeSigningKey(next))
    await log.putAll([await publicKeyFile({ role, publicKey, origin })])
    const { kid, alg: _alg, use: _use, ...jwk } = publicKey
    const at = secondsText(clock())
    const key: NewRegistryKey = { kid, role, jwk, introducedAt: at }
    const statement: LoggedKey = { role, action: 'introduced', kid, at }
    const endorsement = await endorsementOf(statement, endorser?.signingKey)
    const entry = await registryKeyEntry(statement, endorsement)
    const replaced = role === 'receipt' ? activeKeysOf(role, known) : []
    const retirements = replaced.map((earlier) => this.#retirementOf(earlier, at))
    await registryKeys.addRegistryKeys([{ key, entry }], await Promise.all(retirements))
  }

  async #retirementOf({ role, kid }: RegistryKey, at: string) {
    return { kid, at, entry: await registryKeyEntry({ role, action: 'retired', kid, at }) }
  }

  async #rotationOf(
    role: KeyRole,
    known: readonly RegistryKey[],
    how: Pick<Rotation, 'wasInterrupted'>,
  ): Promise<Rotation> {
    const { entries, origin } = this.#parts
    const [introduced, ...earlier] = known.filter((key) => key.role === role).toReversed()
    if (introduced === undefined) throw new Error(`the log has introduced no ${role} key`)
    const { introducedIndex: from } = introduced
    const [entry] = await entries.listEntries({ from, limit: 1 })
    const { vkey } = await verifierOf(origin, introduced)
    return {
      ...how,
      introduced,
      earlier,
      endorsedBy: entry === undefined ? undefined : endorserOf(entry.leaf),
      vkey: role === 'log' ? vkey : undefined,
    }
  }
}

const EndorsedLeaf = z.object({
  spec: z.object({ endorsement: z.object({ kid: z.string() }).optional() }),
})

function endorserOf(leaf: Uint8Array): string | undefined {
  return EndorsedLeaf.parse(parseStrictJson(leaf)).spec.endorsement?.kid
}

async function endorsementOf(
  statement: LoggedKey,
  endorser: SigningKey | undefined,
): Promise<KeyEndorsement | undefined> {
  if (endorser === undefined) return undefined
  return endorse(statementOfKey(statement), await signerOf(endorser))
}
