import { hash } from 'node:crypto'
import { isKeyName } from '../log/signature-line.ts'

/** A witness as the operator named it. */
export interface ListedWitness {
  /** As in its key. */
  readonly name: string
  /** Of type cosignature. */
  readonly vkey: string
  /** Submission prefix, without a slash at the end. */
  readonly url: string
}

export interface WitnessList {
  readonly witnesses: readonly ListedWitness[]
  /** What was expected instead, for everything that cannot be used. */
  readonly mistakes: readonly string[]
}

/** A reader need not take more than 16 lines on a checkpoint, and the log signs with up to two. */
const mostWitnesses = 14

// A key of 32 bytes behind its type has 44 digits in base64, and none of them is "=".
const vkeyForm = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/
const prefixForm = /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/
const keyTypes = { log: 0x01, witness: 0x04 } as const

/** Reads `VKEY=URL` pairs, separated by commas. */
export function parseWitnessList(text: string): WitnessList {
  const pairs = text.split(',').map((pair) => parsePair(pair.trim()))
  const witnesses = pairs.filter((pair) => typeof pair !== 'string')
  const mistakes = pairs.filter((pair) => typeof pair === 'string')
  for (const [at, { name, vkey }] of witnesses.entries()) {
    const isAgain = witnesses.slice(0, at).some((other) => isSame(other, { name, vkey }))
    // A witness of this name could not be told from "quorum none" in a policy.
    if (isAgain || name === 'none') mistakes.push(`a name and key of its own for ${name}`)
  }
  if (pairs.length > mostWitnesses) mistakes.push(`at most ${mostWitnesses} witnesses`)
  return { witnesses, mistakes }
}

/** What was expected instead of this verifier key; `undefined` if it is one of the kind. */
export function faultOfVerifierKey(vkey: string, owner: keyof typeof keyTypes): string | undefined {
  const [, name = '', keyId, base64 = ''] = vkeyForm.exec(vkey) ?? []
  if (!isKeyName(name)) return `a verifier key NAME+HASH+KEY, found ${JSON.stringify(vkey)}`
  const key = Buffer.from(base64, 'base64')
  if (key[0] !== keyTypes[owner]) {
    return `a ${owner}'s key (type ${keyTypes[owner]}), found type ${key[0]} in ${vkey}`
  }
  const expected = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), key])).slice(0, 8)
  return keyId === expected ? undefined : `the key id ${expected} in ${vkey}`
}

/** The witness, or what was expected instead of it. */
function parsePair(pair: string): ListedWitness | string {
  const [, vkey = '', url = ''] = /^(.*?\+.*?)=(.*)$/.exec(pair) ?? []
  if (vkey === '') return `VKEY=URL, found ${JSON.stringify(pair)}`
  const fault = faultOfVerifierKey(vkey, 'witness')
  if (fault !== undefined) return fault
  const name = vkey.slice(0, vkey.indexOf('+'))
  if (!prefixForm.test(url) || !URL.canParse(url)) {
    return `an http or https URL without query, fragment or user for ${name}`
  }
  return { name, vkey, url: url.replace(/\/+$/, '') }
}

type Named = Pick<ListedWitness, 'name' | 'vkey'>

function isSame(one: Named, other: Named): boolean {
  return one.name === other.name || one.vkey.slice(-44) === other.vkey.slice(-44)
}
