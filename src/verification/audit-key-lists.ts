import { parseKeySet } from '../attestation/strict-jws.ts'
import type { JsonObject, JsonValue } from '../record/strict-json.ts'
import { parseStrictJson } from '../record/strict-json.ts'
import { readVerifiers, thumbprintOf, whyRefused } from './audit-head.ts'
import type { KeyFault, KeyHistory, RegistryKeyHistory } from './audit-keys.ts'

/** The lists of keys that a registry shows beside its log. */
export interface KeyLists {
  /** Verifier keys of the log, one a line; behind a retired one the index of the entry that says so. */
  readonly log: Uint8Array
  /** A JWK Set; each key with `introducedAt` and perhaps `retiredAt`. */
  readonly receipt: Uint8Array
}

/** By thumbprint: what a list says about the end of the key, as text. */
type Listed = ReadonlyMap<string, string | undefined>

/**
 * Compares the lists with the log: no key may be in one of them alone.
 *
 * @param before - read before the checkpoint, so that the log has all of it.
 * @param after - read after the log, so that it has all of the log.
 */
export async function compareKeyLists(
  keys: KeyHistory,
  { before, after }: { before: KeyLists; after: KeyLists },
): Promise<KeyFault[]> {
  try {
    return [
      ...faultsOf(keys.registryKeys('log'), {
        name: '/log/keys',
        before: await listedInLog(before.log),
        after: await listedInLog(after.log),
        endOf: ({ retiredIndex }) => retiredIndex?.toString(),
      }),
      ...faultsOf(keys.registryKeys('receipt'), {
        name: 'jwks.json',
        before: await listedInKeySet(before.receipt),
        after: await listedInKeySet(after.receipt),
        endOf: ({ retiredAt }) => retiredAt,
      }),
    ]
  } catch (error) {
    return [bad(`the list of keys cannot be read: ${whyRefused(error)}`)]
  }
}

interface Comparison {
  readonly name: string
  readonly before: Listed
  readonly after: Listed
  readonly endOf: (key: RegistryKeyHistory) => string | undefined
}

function faultsOf(
  history: readonly RegistryKeyHistory[],
  { name, before, after, endOf }: Comparison,
): KeyFault[] {
  const introduced = new Set(history.map(({ kid }) => kid))
  const strange = [...before.keys()].filter((kid) => !introduced.has(kid))
  return [
    ...strange.map((kid) => bad(`${name} has the key ${kid}, which the log has not introduced`)),
    ...history.flatMap((key) => {
      if (!after.has(key.kid)) return [bad(`${name} lacks the key ${key.kid} of the log`)]
      const [listed, logged] = [after.get(key.kid), endOf(key)]
      if (listed === logged) return []
      const says = `${name} says that ${key.kid} ended at ${listed ?? 'no time'}`
      return [bad(`${says}, the log says at ${logged ?? 'no time'}`)]
    }),
  ]
}

async function listedInLog(list: Uint8Array): Promise<Listed> {
  const lines = new TextDecoder().decode(list).split('\n')
  const listed = new Map<string, string | undefined>()
  for (const line of lines) {
    const [vkey = '', end] = line.trim().split(/\s+/)
    const [verifier] = vkey === '' ? [] : await readVerifiers([vkey])
    if (verifier === undefined) continue
    const kid = await thumbprintOf(verifier)
    if (kid !== undefined) listed.set(kid, end)
  }
  return listed
}

async function listedInKeySet(bytes: Uint8Array): Promise<Listed> {
  const listed = new Map<string, string | undefined>()
  const members = parseStrictJson(bytes)['keys']
  for (const kid of (await parseKeySet(bytes)).keys()) {
    const { retiredAt } = memberOf(members, kid)
    listed.set(kid, typeof retiredAt === 'string' ? retiredAt : undefined)
  }
  return listed
}

function memberOf(members: JsonValue | undefined, kid: string): JsonObject {
  for (const member of Array.isArray(members) ? members : []) {
    const isObject = member !== null && typeof member === 'object' && !Array.isArray(member)
    if (isObject && member['kid'] === kid) return member
  }
  return {}
}

function bad(detail: string): KeyFault {
  return { outcome: 'bad', detail }
}
