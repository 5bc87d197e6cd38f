import {
  InvalidKeyProof,
  parseKeyPossession,
  type KeyPossession,
} from '../attestation/key-possession.ts'
import { parsePublicKey } from '../attestation/public-keys.ts'
import type { AccessList, DepositorKey } from '../catalog/access-list.ts'
import type { LogPublisher } from '../publication/log-publisher.ts'
import { Line } from '../record/fields.ts'
import { quoted, Refusal } from '../record/refusal.ts'
import { parseStrictJson, type JsonObject, type JsonValue } from '../record/strict-json.ts'
import { secondsText, type Clock } from './clock.ts'
import { depositorKeyEntry } from './key-entries.ts'
import type { IssuedNonce, KeyNonces } from './key-nonces.ts'

/** The key is for another project than the token. */
export class KeyOfOtherProject extends Refusal {
  override readonly code = 'wrong-project'
  constructor(found: string, expected: string) {
    super(`the key is for ${quoted(found)}, the token for ${quoted(expected)}`)
  }
}

export class UnknownKey extends Refusal {
  override readonly code = 'unknown-key'
  constructor(kid: string) {
    super(`no depositor's key ${quoted(kid)} here`)
  }
}

/** The key was registered and then revoked: it never signs again. */
export class RevokedKey extends Refusal {
  override readonly code = 'revoked-key'
  constructor(kid: string, revokedAt: string) {
    super(`the key ${kid} was revoked at ${revokedAt}, expected another one`)
  }
}

export interface KeyRegisterParts {
  readonly accessList: AccessList
  readonly publisher: LogPublisher
  readonly nonces: KeyNonces
  /** URL of the registry, without a slash at the end. */
  readonly registryUrl: string
  readonly clock: Clock
}

/** Who asks: a token, and the project it is for. */
export interface KeyRequester {
  readonly tokenId: string
  /** `*` stands for every project. */
  readonly project: string
}

export interface KeyChange {
  readonly outcome: 'changed' | 'as-before'
  readonly key: DepositorKey
}

const ProjectName = Line(200)

/**
 * Takes in the public keys with which depositors sign. A key is bound to a project
 * by an entry of the log, and so is its end; both are answered when a published
 * checkpoint covers them.
 */
export class KeyRegister {
  readonly #parts: KeyRegisterParts

  constructor(parts: KeyRegisterParts) {
    this.#parts = parts
  }

  /** What a proof must hold to be one of now. */
  issueNonce(requester: KeyRequester): IssuedNonce {
    return this.#parts.nonces.issue(requester.tokenId)
  }

  /**
   * @param body - `{jwk, proof}`; see docs/format.md, section 14.
   * @throws InvalidJson, UnusableKey, InvalidKeyProof, InvalidNonce, KeyOfOtherProject,
   *   RevokedKey, LogStopped, PublicationDelayed, CatalogFull
   */
  async register(body: Uint8Array, requester: KeyRequester): Promise<KeyChange> {
    const { accessList, publisher, clock } = this.#parts
    publisher.refuseIfStopped()
    const { jwk: found, proof } = parseRegistration(body)
    const publicKey = await parsePublicKey(found)
    const stated = await parseKeyPossession(proof, publicKey)
    this.#refuseOtherPurpose(stated, requester)
    const { kid, alg: _alg, use: _use, ...jwk } = publicKey
    const { project } = stated
    const addedAt = secondsText(clock())
    const entry = await depositorKeyEntry({ action: 'bound', kid, project, at: addedAt })
    const outcome = await accessList.addDepositorKey({ kid, project, jwk, addedAt }, entry)
    const key = await this.#find(kid, project)
    if (key.revokedAt !== undefined) throw new RevokedKey(kid, key.revokedAt)
    await publisher.covered(key.addedIndex)
    return { outcome: outcome === 'added' ? 'changed' : 'as-before', key }
  }

  /**
   * @param project - whose key it is to be no longer.
   * @throws KeyOfOtherProject, UnknownKey, LogStopped, PublicationDelayed, CatalogFull
   */
  async revoke(kid: string, project: string, requester: KeyRequester): Promise<KeyChange> {
    const { accessList, publisher, clock } = this.#parts
    publisher.refuseIfStopped()
    refuseOtherProject(project, requester)
    const at = secondsText(clock())
    const entry = await depositorKeyEntry({ action: 'revoked', kid, project, at })
    const outcome = await accessList.revokeDepositorKey({ kid, project, at }, entry)
    if (outcome === 'unknown') throw new UnknownKey(kid)
    const key = await this.#find(kid, project)
    if (key.revokedIndex !== undefined) await publisher.covered(key.revokedIndex)
    return { outcome: outcome === 'revoked' ? 'changed' : 'as-before', key }
  }

  /**
   * What is known of a key, once for each of its projects.
   *
   * @throws UnknownKey
   */
  async find(kid: string): Promise<readonly [DepositorKey, ...DepositorKey[]]> {
    const [first, ...others] = await this.#parts.accessList.listDepositorKeys({ kid })
    if (first === undefined) throw new UnknownKey(kid)
    return [first, ...others]
  }

  #refuseOtherPurpose({ registry, project, nonce }: KeyPossession, requester: KeyRequester): void {
    const { registryUrl, nonces } = this.#parts
    if (registry !== registryUrl) {
      throw new InvalidKeyProof(`a proof for the registry ${quoted(registry)}`, registryUrl)
    }
    nonces.refuseOther(nonce, requester.tokenId)
    refuseOtherProject(project, requester)
    if (!ProjectName.safeParse(project).success) {
      throw new InvalidKeyProof(`the project ${quoted(project)}`, 'the name of a project')
    }
  }

  async #find(kid: string, project: string): Promise<DepositorKey> {
    const key = await this.#parts.accessList.findDepositorKey(kid, project)
    if (key?.project !== project) throw new Error(`the key ${kid} of ${project} is gone`)
    return key
  }
}

function refuseOtherProject(project: string, requester: KeyRequester): void {
  if (requester.project === '*' || requester.project === project) return
  throw new KeyOfOtherProject(project, requester.project)
}

function parseRegistration(body: Uint8Array): { jwk: JsonObject; proof: JsonObject } {
  const { jwk, proof, ...others } = parseStrictJson(body)
  if (isObject(jwk) && isObject(proof) && Object.keys(others).length === 0) return { jwk, proof }
  throw new InvalidKeyProof('a body of another form', 'the objects jwk and proof alone')
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
