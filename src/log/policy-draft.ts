import { quoted, Refusal } from '../record/refusal.ts'
import { hexOfBytes } from './bytes.ts'
import { parseVerifierKey, signatureTypes } from './note.ts'
import type { Policy, PolicyGroup, PolicyLog, PolicyWitness } from './policy.ts'

export class MalformedPolicy extends Refusal {
  override readonly code = 'malformed-policy'
  constructor(found: string, expected: string) {
    super(`found a policy with ${found}, expected ${expected}`)
  }
}

type Role = 'log' | 'witness'

/** A policy as far as its lines have been read. */
export class PolicyDraft {
  readonly #logs: PolicyLog[] = []
  readonly #witnesses: PolicyWitness[] = []
  readonly #groups: PolicyGroup[] = []
  #quorum: string | undefined
  /** Public keys, each behind its role: one key under two names would count twice. */
  readonly #keys = new Set<string>()
  /** Names of witnesses and groups. */
  readonly #names = new Set<string>()
  /** Names that are members of a group: each may contribute in one way only. */
  readonly #members = new Set<string>()

  /** @throws MalformedPolicy, MalformedVerifierKey */
  async add(words: readonly string[]): Promise<void> {
    const [kind, ...rest] = words
    if (kind === 'log') return this.#addLog(rest)
    if (kind === 'witness') return this.#addWitness(rest)
    if (kind === 'group') return this.#addGroup(rest)
    if (kind === 'quorum') return this.#setQuorum(rest)
    throw malformed(words, 'log, witness, group or quorum')
  }

  /** @throws MalformedPolicy when no line names the quorum. */
  finish(): Policy {
    if (this.#quorum === undefined) throw new MalformedPolicy('no quorum', 'exactly one')
    return {
      logs: this.#logs,
      witnesses: this.#witnesses,
      groups: this.#groups,
      quorum: this.#quorum,
    }
  }

  async #addLog(words: readonly string[]): Promise<void> {
    const [vkey, url, ...others] = words
    if (vkey === undefined || others.length > 0) throw malformed(words, 'log <vkey> [<url>]')
    await this.#claimKey(vkey, 'log')
    this.#logs.push({ vkey, ...(url === undefined ? {} : { url }) })
  }

  async #addWitness(words: readonly string[]): Promise<void> {
    const [name, vkey, url, ...others] = words
    if (name === undefined || vkey === undefined || others.length > 0) {
      throw malformed(words, 'witness <name> <vkey> [<url>]')
    }
    this.#claimName(name)
    await this.#claimKey(vkey, 'witness')
    this.#witnesses.push({ name, vkey, ...(url === undefined ? {} : { url }) })
  }

  #addGroup(words: readonly string[]): void {
    const [name, word, ...members] = words
    const threshold = word === undefined ? undefined : thresholdOf(word, members.length)
    if (name === undefined || threshold === undefined) {
      throw malformed(words, 'group <name> <k|any|all> <members>')
    }
    for (const member of members) {
      if (!this.#names.has(member)) throw malformed([member], 'a witness or group named before')
      if (this.#members.has(member)) throw malformed([member], 'each member in one group, once')
      this.#members.add(member)
    }
    this.#claimName(name)
    this.#groups.push({ name, threshold, members })
  }

  #setQuorum(words: readonly string[]): void {
    const [name, ...others] = words
    if (name === undefined || others.length > 0) throw malformed(words, 'quorum <name>')
    if (this.#quorum !== undefined) throw new MalformedPolicy('two quorums', 'exactly one')
    if (name !== 'none' && !this.#names.has(name)) {
      throw malformed([name], 'a witness or group named before, or none')
    }
    this.#quorum = name
  }

  #claimName(name: string): void {
    if (name === 'none' || this.#names.has(name)) throw malformed([name], 'a name of its own')
    this.#names.add(name)
  }

  async #claimKey(vkey: string, role: Role): Promise<void> {
    const { type, publicKey } = await parseVerifierKey(vkey)
    const expected = role === 'log' ? signatureTypes.ed25519 : signatureTypes.cosignature
    if (type !== expected) throw malformed([vkey], `a key of type ${expected} for a ${role}`)
    const key = `${role} ${hexOfBytes(publicKey)}`
    if (this.#keys.has(key)) throw malformed([vkey], `each key for one ${role}`)
    this.#keys.add(key)
  }
}

/** `undefined` when a group of so many members cannot have this threshold. */
function thresholdOf(word: string, members: number): number | undefined {
  if (members === 0) return undefined
  if (word === 'all') return members
  if (word === 'any') return 1
  const threshold = /^[1-9]\d{0,8}$/.test(word) ? Number(word) : Infinity
  return threshold <= members ? threshold : undefined
}

function malformed(words: readonly string[], expected: string): MalformedPolicy {
  return new MalformedPolicy(quoted(words.join(' ')), expected)
}
