import { isEndorsedBy } from '../attestation/key-endorsement.ts'
import type { ListedKey, PublicKey } from '../attestation/public-keys.ts'
import { MalformedJws, parseKeySet } from '../attestation/strict-jws.ts'
import { statementOfKey } from '../log/leaf.ts'
import { canonicalBytes } from '../record/canonical-json.ts'
import { quoted } from '../record/refusal.ts'
import { InvalidJson, parseStrictJson } from '../record/strict-json.ts'
import type { DepositorKeyLeaf, RegistryKeyLeaf } from './audit-leaf.ts'
import type { ReadLogFile } from './log-of-size.ts'

/** A key of the registry as its log tells it. */
export interface RegistryKeyHistory {
  readonly role: 'log' | 'receipt'
  /** RFC 7638 thumbprint. */
  readonly kid: string
  /** RFC 3339 in UTC. */
  readonly introducedAt: string
  readonly introducedIndex: number
  readonly retiredAt?: string | undefined
  readonly retiredIndex?: number | undefined
  /** Whether a key before it gave its word for it; the first of a role has none before it. */
  readonly vouchedBy?: string | undefined
}

/** A depositor's key and one project, as the log tells it. */
export interface DepositorKeyHistory {
  readonly kid: string
  /** Hex SHA-256 of the project's name. */
  readonly projectSha256: string
  readonly boundIndex: number
  readonly revokedAt?: string | undefined
}

/** Something in the history of keys that cannot be, or that nobody vouches for. */
export interface KeyFault {
  readonly outcome: 'unknown' | 'bad'
  readonly detail: string
}

/** Time between the check of a signature and the entry of the deposit, when a key may be revoked. */
const slackMs = 60_000

/** The keys that a log introduces, binds and takes back, in the order of its entries. */
export class KeyHistory {
  readonly #registryKeys: Map<string, RegistryKeyHistory>
  readonly #depositorKeys: Map<string, DepositorKeyHistory[]>
  readonly #publicKeys = new Map<string, PublicKey>()
  readonly #readLogFile: ReadLogFile

  constructor(
    readLogFile: ReadLogFile,
    registryKeys: readonly RegistryKeyHistory[],
    depositorKeys: readonly DepositorKeyHistory[],
  ) {
    this.#readLogFile = readLogFile
    this.#registryKeys = new Map(registryKeys.map((key) => [key.kid, key]))
    this.#depositorKeys = Map.groupBy(depositorKeys, ({ kid }) => kid)
  }

  registryKeys(role?: RegistryKeyHistory['role']): RegistryKeyHistory[] {
    const keys = [...this.#registryKeys.values()]
    return role === undefined ? keys : keys.filter((key) => key.role === role)
  }

  depositorKeys(): DepositorKeyHistory[] {
    return [...this.#depositorKeys.values()].flat()
  }

  /** Those that sign or signed receipts, by thumbprint, with their ends, as far as they could be read. */
  receiptKeys(): Map<string, ListedKey> {
    const keys = this.registryKeys('receipt').flatMap(({ kid, retiredAt }): ListedKey[] => {
      const key = this.#publicKeys.get(kid)
      if (key === undefined) return []
      return [retiredAt === undefined ? key : { ...key, retiredAt }]
    })
    return new Map(keys.map((key) => [key.kid, key]))
  }

  /** Those that sign or signed checkpoints, as far as their files could be read. */
  logKeys(): PublicKey[] {
    const keys = this.registryKeys('log').map(({ kid }) => this.#publicKeys.get(kid))
    return keys.filter((key) => key !== undefined)
  }

  /** Reads the public keys that are known already. */
  async readKnown(): Promise<KeyFault[]> {
    const faults: KeyFault[] = []
    for (const key of this.#registryKeys.values()) faults.push(...(await this.#readKey(key)))
    return faults
  }

  /** Takes the next entry about a key of the registry. */
  async takeRegistryKey(leaf: RegistryKeyLeaf, index: number): Promise<KeyFault[]> {
    const { role, action, kid, at } = leaf
    const known = this.#registryKeys.get(kid)
    if (action === 'retired') {
      const isThere = known?.role === role && known.retiredIndex === undefined
      if (!isThere)
        return [bad(`entry ${index} retires the ${role} key ${kid}, which is not in use`)]
      this.#registryKeys.set(kid, { ...known, retiredAt: at, retiredIndex: index })
      return []
    }
    if (known !== undefined) return [bad(`entry ${index} introduces the key ${kid} once more`)]
    const before = this.registryKeys(role)
    const introduced = { role, kid, introducedAt: at, introducedIndex: index }
    this.#registryKeys.set(kid, introduced)
    const faults = await this.#readKey(introduced)
    if (before.length === 0) return faults
    const endorsement = await this.#faultOfEndorsement(leaf, index)
    if (endorsement !== undefined) return [...faults, endorsement]
    this.#registryKeys.set(kid, { ...introduced, vouchedBy: leaf.endorsement?.kid })
    return faults
  }

  /** Takes the next entry about a depositor's key. */
  takeDepositorKey(leaf: DepositorKeyLeaf, index: number): KeyFault[] {
    const { kid, projectSha256, action, at } = leaf
    const all = this.#depositorKeys.get(kid) ?? []
    const isCurrent = (key: DepositorKeyHistory) =>
      key.projectSha256 === projectSha256 && key.revokedAt === undefined
    const current = all.find(isCurrent)
    if (action === 'bound') {
      this.#depositorKeys.set(kid, [...all, { kid, projectSha256, boundIndex: index }])
      return current === undefined ? [] : [bad(`entry ${index} binds the key ${kid} once more`)]
    }
    if (current === undefined)
      return [bad(`entry ${index} revokes the key ${kid}, which is not bound`)]
    const revoked = all.map((key) => (isCurrent(key) ? { ...key, revokedAt: at } : key))
    this.#depositorKeys.set(kid, revoked)
    return []
  }

  /**
   * Why a depositor's key could not sign what the log has at this place;
   * `undefined` when it could.
   *
   * @param signed.projects - hex SHA-256 of the names whose keys may sign; without
   *   them, those of any project.
   */
  faultOfDepositor(
    kid: string,
    signed: { index: number; at: string; projects?: readonly string[] | undefined },
  ): string | undefined {
    const { index, at, projects } = signed
    const bound = (this.#depositorKeys.get(kid) ?? [])
      .filter((key) => key.boundIndex < index)
      .filter((key) => projects?.includes(key.projectSha256) ?? true)
    const wasValid = ({ revokedAt }: DepositorKeyHistory) =>
      revokedAt === undefined || Date.parse(revokedAt) + slackMs >= Date.parse(at)
    if (bound.some(wasValid)) return undefined
    const last = bound.at(-1)
    if (last === undefined) return `the key ${kid} was not bound then`
    return `the key ${kid} was revoked at ${last.revokedAt}`
  }

  async #readKey({ kid, role }: RegistryKeyHistory): Promise<KeyFault[]> {
    const file = `keys/${kid}.json`
    const bytes = await this.#readLogFile(file)
    if (bytes === undefined) return [bad(`${file} is not there, and the log has introduced it`)]
    const found = await findKeyFile(bytes)
    const key = found?.keys.get(kid)
    if (found?.role !== role || key === undefined) {
      return [bad(`${file} does not hold the ${role} key of that thumbprint`)]
    }
    this.#publicKeys.set(kid, key)
    return []
  }

  async #faultOfEndorsement(leaf: RegistryKeyLeaf, index: number): Promise<KeyFault | undefined> {
    const { role, kid, endorsement } = leaf
    const introduced = `entry ${index} introduces the ${role} key ${kid}`
    if (endorsement === undefined) {
      const detail = `${introduced} without the word of the one before; ask the registry about it`
      return { outcome: 'unknown', detail }
    }
    const by = this.#registryKeys.get(endorsement.kid)
    const key = this.#publicKeys.get(endorsement.kid)
    const isInUse = by?.role === role && by.retiredIndex === undefined && by.kid !== kid
    if (!isInUse || key === undefined) {
      return bad(`${introduced} with the word of ${quoted(endorsement.kid)}, no ${role} key in use`)
    }
    const isGood = await isEndorsed(leaf, endorsement, key)
    return isGood ? undefined : bad(`${introduced} with a forged word of ${by.kid}`)
  }
}

async function isEndorsed(
  leaf: RegistryKeyLeaf,
  endorsement: NonNullable<RegistryKeyLeaf['endorsement']>,
  key: PublicKey,
): Promise<boolean> {
  try {
    return await isEndorsedBy(endorsement, statementOfKey(leaf), key)
  } catch (error) {
    if (error instanceof MalformedJws || error instanceof InvalidJson) return false
    throw error
  }
}

async function findKeyFile(bytes: Uint8Array) {
  try {
    const { role, jwk } = parseStrictJson(bytes)
    return {
      role,
      keys: await parseKeySet(canonicalBytes({ keys: jwk === undefined ? [] : [jwk] })),
    }
  } catch (error) {
    if (error instanceof MalformedJws || error instanceof InvalidJson) return undefined
    throw error
  }
}

function bad(detail: string): KeyFault {
  return { outcome: 'bad', detail }
}
