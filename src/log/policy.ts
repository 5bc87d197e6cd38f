import { parseVerifierKey, type NoteVerifier } from './note.ts'
import { MalformedPolicy, PolicyDraft } from './policy-draft.ts'

/** A log that is trusted; each one alone suffices. */
export interface PolicyLog {
  /** Of type Ed25519; its name is the log's origin. */
  readonly vkey: string
  readonly url?: string | undefined
}

/** A witness, under a name that has no meaning outside of the policy. */
export interface PolicyWitness {
  readonly name: string
  /** Of type cosignature. */
  readonly vkey: string
  readonly url?: string | undefined
}

/** Has witnessed a checkpoint when at least `threshold` of its members have. */
export interface PolicyGroup {
  readonly name: string
  /** 1 to the number of members. */
  readonly threshold: number
  /** Names of witnesses, and of groups before this one. */
  readonly members: readonly string[]
}

/** Which checkpoints a reader believes: signed by one of the logs, cosigned by the quorum. */
export interface Policy {
  readonly logs: readonly PolicyLog[]
  readonly witnesses: readonly PolicyWitness[]
  readonly groups: readonly PolicyGroup[]
  /** Name of a witness or of a group, or `none`: no witness is needed. */
  readonly quorum: string
}

/** Most bytes of a policy that we read; one of 32 logs and 32 witnesses has some 10 000. */
const longestPolicy = 262_144

/**
 * Reads a policy file.
 *
 * @param policy - its text, or bytes that must be UTF-8.
 * @throws MalformedPolicy with the line; MalformedVerifierKey, also for a key of
 *   a type that we cannot verify.
 * @see C2SP tlog-policy
 */
export async function parsePolicy(policy: string | Uint8Array): Promise<Policy> {
  const text = typeof policy === 'string' ? policy : parseText(policy)
  if (new TextEncoder().encode(text).length > longestPolicy) {
    throw new MalformedPolicy('too many bytes', `at most ${longestPolicy}`)
  }
  if (/(?![\t\n])[\0-\x1f]|\x7f/.test(text) || !text.isWellFormed()) {
    throw new MalformedPolicy('control characters or broken text', 'tabs and newlines alone')
  }
  if (!text.endsWith('\n')) throw new MalformedPolicy('a cut last line', 'a newline at the end')
  const draft = new PolicyDraft()
  for (const line of text.split('\n')) {
    const words = line.split(/[ \t]+/).filter((word) => word !== '')
    if (words.length > 0 && words[0]?.startsWith('#') === false) await draft.add(words)
  }
  return draft.finish()
}

/**
 * The text of a policy: logs, witnesses, groups and the quorum, in this order.
 *
 * @throws MalformedPolicy, MalformedVerifierKey when a reader would refuse it.
 */
export async function formatPolicy(policy: Policy): Promise<string> {
  const lines = [
    ...policy.logs.map(({ vkey, url }) => ['log', vkey, url ?? '']),
    ...policy.witnesses.map(({ name, vkey, url }) => ['witness', name, vkey, url ?? '']),
    ...policy.groups.map(({ name, threshold, members }) => [
      'group',
      name,
      thresholdWord(threshold, members.length),
      ...members,
    ]),
    ['quorum', policy.quorum],
  ]
  const text = lines.map((words) => `${words.join(' ').trimEnd()}\n`).join('')
  const read = await parsePolicy(text)
  // A name with white space or a newline in it would say something else.
  if (JSON.stringify(ordered(read)) === JSON.stringify(ordered(policy))) return text
  throw new MalformedPolicy('names that are not single words', 'single words')
}

/** The keys of all logs and witnesses of a policy. */
export async function verifiersOf({ logs, witnesses }: Policy): Promise<NoteVerifier[]> {
  return Promise.all([...logs, ...witnesses].map(({ vkey }) => parseVerifierKey(vkey)))
}

/**
 * Whether enough witnesses have cosigned.
 *
 * @param cosigners - whose signatures on the checkpoint have been verified;
 *   others than witnesses of the policy count nothing.
 */
export function isQuorumMet(
  { witnesses, groups, quorum }: Policy,
  cosigners: Iterable<Pick<NoteVerifier, 'vkey'>>,
): boolean {
  const keys = new Set(Array.from(cosigners, ({ vkey }) => vkey))
  const cosigned = witnesses.filter(({ vkey }) => keys.has(vkey))
  const witnessed = new Set(cosigned.map(({ name }) => name))
  for (const { name, threshold, members } of groups) {
    const count = members.filter((member) => witnessed.has(member)).length
    if (count >= threshold) witnessed.add(name)
  }
  return quorum === 'none' || witnessed.has(quorum)
}

function parseText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) throw new MalformedPolicy('other bytes', 'UTF-8')
    throw error
  }
}

function thresholdWord(threshold: number, members: number): string {
  if (threshold === members) return 'all'
  return threshold === 1 ? 'any' : String(threshold)
}

/** The members of a policy in one order, to be compared. */
function ordered({ logs, witnesses, groups, quorum }: Policy): unknown {
  return [
    logs.map(({ vkey, url }) => [vkey, url]),
    witnesses.map(({ name, vkey, url }) => [name, vkey, url]),
    groups.map(({ name, threshold, members }) => [name, threshold, members]),
    quorum,
  ]
}
