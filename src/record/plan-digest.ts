import { canonicalBytes } from './canonical-json.ts'
import { digestOf, type Digest, type HexHash } from './digest.ts'
import type { JsonObject } from './strict-json.ts'

/**
 * Names a plan: SHA-256 of the canonical JSON of the record's `plan` member, so
 * that all runs of one plan can be found. `undefined` for a collection.
 *
 * @param document - the record as it was parsed, before any reader has touched it.
 */
export async function planDigestOf(
  document: JsonObject,
  hash?: HexHash,
): Promise<Digest | undefined> {
  const plan = document['plan']
  return plan === undefined ? undefined : digestOf(canonicalBytes(plan), hash)
}
