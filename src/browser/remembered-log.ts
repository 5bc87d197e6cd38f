import { canonicalText } from '../record/canonical-json.ts'
import type { JsonObject } from '../record/strict-json.ts'
import type { EndedLogKey } from '../verification/listed-log-keys.ts'
import { parseTrust, type Trust } from '../verification/trust.ts'

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

  /** `undefined` when nothing was kept, or nothing that can be read. */
  find(): RememberedLog | undefined {
    const text = this.#storage.getItem(itemName)
    return text === null ? undefined : parseRemembered(text)
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

function parseRemembered(text: string): RememberedLog | undefined {
  try {
    const kept = JSON.parse(text) as Partial<RememberedLog>
    const texts = [kept.origin, kept.firstSeenAt, kept.lastSeenAt, kept.checkpoint]
    const isWhole = texts.every((member) => typeof member === 'string')
    const hasLists = Array.isArray(kept.vkeys) && Array.isArray(kept.receiptKeys)
    return isWhole && hasLists ? ({ endedKeys: [], ...kept } as RememberedLog) : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
