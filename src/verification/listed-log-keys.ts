import { findDecimal } from '../log/bytes.ts'

/** A line of a registry's `/log/keys`. */
export interface ListedLogKey {
  /** Verifier key of the log. */
  readonly vkey: string
  /** Entries of the largest tree that it may have signed; `undefined` while it signs. */
  readonly endSize?: number | undefined
}

/** One that signs no more. */
export interface EndedLogKey extends ListedLogKey {
  readonly endSize: number
}

/**
 * Reads `/log/keys`: a verifier key on each line, behind a retired one the size at
 * which it ended. Of a size that cannot be read only that the key has ended is taken.
 *
 * @param text - attacker-controlled; the keys are not looked at.
 * @see docs/format.md, "Keys"
 */
export function parseLogKeys(text: string): ListedLogKey[] {
  return text.split('\n').flatMap((line) => {
    const [vkey = '', end] = line.trim().split(/\s+/)
    if (vkey === '') return []
    return [end === undefined ? { vkey } : { vkey, endSize: findDecimal(end) ?? 0 }]
  })
}

/** Those of some keys that have ended, each at the smallest size that is listed for it. */
export function endedKeysAmong(
  vkeys: readonly string[],
  listed: readonly ListedLogKey[],
): EndedLogKey[] {
  return [...new Set(vkeys)].flatMap((vkey) => {
    const ends = listed.flatMap((key) => (key.vkey === vkey ? (key.endSize ?? []) : []))
    return ends.length === 0 ? [] : [{ vkey, endSize: Math.min(...ends) }]
  })
}
