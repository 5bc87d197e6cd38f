import { canonicalText } from '../record/canonical-json.ts'
import { Refusal } from '../record/refusal.ts'
import type { JsonObject } from '../record/strict-json.ts'
import type { EndedLogKey } from '../verification/listed-log-keys.ts'
import { parseTrust, type Trust } from '../verification/trust.ts'
import { headOf } from './check-growth.ts'

/** What a reader's browser knows of a registry from an earlier check. */
export interface RememberedLog {
  /** Name of the log. */
  readonly origin: string
  /** When its keys were seen first, and its newest head last; RFC 3339 in UTC. */
  readonly firstSeenAt: string
  readonly lastSeenAt: string
  /** Verifier keys of the log. */
  readonly vkeys: readonly string[]
  /** Those of them that were listed as retired. */
  readonly endedKeys: readonly EndedLogKey[]
  /** Public keys that sign receipts, as JWKs. */
  readonly receiptKeys: readonly JsonObject[]
  /** The newest signed head that was seen. */
  readonly checkpoint: string
}

/** The part of the web's Storage that is needed. */
export interface TextStorage {
  getItem(name: string): string | null
  setItem(name: string, text: string): void
  removeItem(name: string): void
}

const itemName = 'stele-log-1'

/** Keeps one log for each origin of the web, as the browser separates its storages. */
export class LogMemory {
  readonly #storage: TextStorage

  constructor(storage: TextStorage) {
    this.#storage = storage
  }

  /** Whether nothing was kept, not even something that cannot be used. */
  isEmpty(): boolean {
    return this.#storage.getItem(itemName) === null
  }

  /** `undefined` when nothing was kept, or nothing that can be used. */
  async find(): Promise<RememberedLog | undefined> {
    const text = this.#storage.getItem(itemName)
    const log = text === null ? undefined : parseRemembered(text)
    return log !== undefined && (await isUsable(log)) ? log : undefined
  }

  keep(log: RememberedLog): void {
    const { vkeys, endedKeys, receiptKeys, ...others } = log
    const ended = endedKeys.map(({ vkey, endSize }) => ({ vkey, endSize }))
    const lists = { vkeys: [...vkeys], endedKeys: ended, receiptKeys: [...receiptKeys] }
    const plain = { ...others, ...lists }
    this.#storage.setItem(itemName, canonicalText(plain))
  }

  forget(): void {
    this.#storage.removeItem(itemName)
  }
}

/** What was remembered, as what the reader trusts. */
export async function trustIn({ origin, vkeys, receiptKeys }: RememberedLog): Promise<Trust> {
  const keys = new TextEncoder().encode(canonicalText({ keys: [...receiptKeys] }))
  return parseTrust({ origin, policy: policyOf(vkeys), receiptKeys: keys })
}

/** The C2SP tlog-policy that believes these keys, and asks for no witness. */
export function policyOf(vkeys: readonly string[]): string {
  return `${vkeys.map((vkey) => `log ${vkey}\n`).join('')}quorum none\n`
}

async function isUsable(log: RememberedLog): Promise<boolean> {
  try {
    headOf(log.checkpoint)
    await trustIn(log)
    return true
  } catch (error) {
    if (error instanceof Refusal) return false
    // A browser without Ed25519 cannot tell; its checks trust no key.
    if (error instanceof DOMException) return true
    throw error
  }
}

function parseRemembered(text: string): RememberedLog | undefined {
  try {
    const kept: unknown = JSON.parse(text)
    if (!isObject(kept)) return undefined
    const log = { endedKeys: [], ...kept } as Record<keyof RememberedLog, unknown>
    const texts = [log.origin, log.firstSeenAt, log.lastSeenAt, log.checkpoint]
    const isWhole =
      texts.every(isText) &&
      isListOf(log.vkeys, isText) &&
      isListOf(log.endedKeys, isEndedKey) &&
      isListOf(log.receiptKeys, isObject)
    return isWhole ? (log as RememberedLog) : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function isText(kept: unknown): kept is string {
  return typeof kept === 'string'
}

function isObject(kept: unknown): kept is object {
  return typeof kept === 'object' && kept !== null
}

function isEndedKey(kept: unknown): boolean {
  return isObject(kept) && 'endSize' in kept && Number.isSafeInteger(kept.endSize)
}

function isListOf(kept: unknown, isOne: (kept: unknown) => boolean): boolean {
  return Array.isArray(kept) && kept.every(isOne)
}
