import { parsePublicKey } from '../attestation/public-keys.ts'
import type { RegistryKey, RegistryKeys } from '../catalog/registry-keys.ts'
import { parseNote } from '../log/note.ts'
import { hexOfBytes } from '../log/bytes.ts'
import { formatPolicy } from '../log/policy.ts'
import { verifierOf } from './public-key-file.ts'
import type { ListedWitness } from './witness-list.ts'

export interface PublishedKeysParts {
  readonly registryKeys: RegistryKeys
  /** Name of the log. */
  readonly origin: string
  /** URL of the registry, without a slash at the end. */
  readonly url: string
  readonly witnesses: readonly ListedWitness[]
}

/** The public keys of the registry, in the forms in which readers want them. */
export class PublishedKeys {
  readonly #parts: PublishedKeysParts

  constructor(parts: PublishedKeysParts) {
    this.#parts = parts
  }

  /** Keys that sign or signed receipts, RFC 7517, with their validity. */
  async receiptKeys(): Promise<Readonly<Record<string, string>>[]> {
    const keys = await this.#keysOf('receipt')
    return Promise.all(
      keys.map(async (key) => ({
        ...(await parsePublicKey(key.jwk)),
        role: key.role,
        ...validityOf(key),
      })),
    )
  }

  /** Verifier keys of the log, one a line; behind a retired one the size at which it ended. */
  async logKeys(): Promise<string> {
    const keys = await this.#keysOf('log')
    const lines = keys.map(async (key) => {
      const { vkey } = await verifierOf(this.#parts.origin, key)
      return key.retiredIndex === undefined ? `${vkey}\n` : `${vkey} ${key.retiredIndex}\n`
    })
    return (await Promise.all(lines)).join('')
  }

  /** The C2SP tlog-policy of those keys of the log that signed a checkpoint. */
  async policyOf(checkpoint: string): Promise<string> {
    const { origin, url } = this.#parts
    const { signatures } = parseNote(checkpoint)
    const verifiers = await Promise.all(
      (await this.#keysOf('log')).map((key) => verifierOf(origin, key)),
    )
    const signed = verifiers.filter((verifier) =>
      signatures.some(({ name, keyId }) => name === origin && keyId === hexOfBytes(verifier.keyId)),
    )
    return `${signed.map(({ vkey }) => `log ${vkey} ${url}/log\n`).join('')}quorum none\n`
  }

  /**
   * The C2SP tlog-policy of the keys that are not retired, and of the witnesses. One whose
   * private part is lost is among them until then: proofs are of the time when it signed.
   * No witness is asked for: proofs have no cosignatures, and a new checkpoint has them later.
   */
  async policy(): Promise<string> {
    const { origin, url, witnesses } = this.#parts
    const signing = (await this.#keysOf('log')).filter(({ retiredAt }) => retiredAt === undefined)
    const verifiers = await Promise.all(signing.map((key) => verifierOf(origin, key)))
    return formatPolicy({
      logs: verifiers.map(({ vkey }) => ({ vkey, url: `${url}/log` })),
      witnesses,
      groups: [],
      quorum: 'none',
    })
  }

  /** Newest first. */
  async #keysOf(role: RegistryKey['role']): Promise<RegistryKey[]> {
    const keys = await this.#parts.registryKeys.listRegistryKeys()
    return keys.filter((key) => key.role === role).toReversed()
  }
}

function validityOf({ introducedAt, retiredAt }: RegistryKey): Record<string, string> {
  return { introducedAt, ...(retiredAt === undefined ? {} : { retiredAt }) }
}
