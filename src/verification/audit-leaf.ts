import { leafKinds, type Endorsement, type LoggedSignature } from '../log/leaf.ts'
import type { LoggedDepositorKey, LoggedKey, LoggedRenewal } from '../log/leaf.ts'
import type { LoggedDocument } from '../log/renewal.ts'
import { digestOfHex, type Digest } from '../record/digest.ts'
import { eventMediaType, recordMediaType } from '../record/record-digests.ts'
import { quoted } from '../record/refusal.ts'
import { parseCanonicalJson } from './evidence.ts'

export interface DepositLeaf {
  readonly kind: 'deposit'
  readonly record: Digest
  /** The record's own bytes. */
  readonly document: LoggedDocument
  readonly signatures: readonly LoggedSignature[]
  /** RFC 3339 in UTC, whole seconds. */
  readonly receivedAt: string
}

export interface EventLeaf {
  readonly kind: 'event' | 'withdrawal'
  /** What the event is about. */
  readonly record: Digest
  /** The event's own bytes. */
  readonly document: LoggedDocument
  readonly signatures: readonly LoggedSignature[]
  /** RFC 3339 in UTC, whole seconds. */
  readonly receivedAt: string
}

export interface RegistryKeyLeaf extends LoggedKey {
  readonly kind: 'key'
  readonly endorsement: Endorsement | undefined
}

export interface DepositorKeyLeaf extends LoggedDepositorKey {
  readonly kind: 'depositor-key'
}

export interface RenewalLeaf extends LoggedRenewal {
  readonly kind: 'renewal'
}

/** What an entry of a log says, or why that cannot be told. */
export type AuditedLeaf =
  | DepositLeaf
  | EventLeaf
  | RegistryKeyLeaf
  | DepositorKeyLeaf
  | RenewalLeaf
  /** Of a later version of the format: no fault. */
  | { readonly kind: 'unknown'; readonly name: string }
  | { readonly kind: 'malformed'; readonly why: string }

// Canonical JSON of known members has one spelling, so that a pattern tells all about
// it; reading a million entries as JSON, and writing them again, would take minutes.
const sha256 = '[0-9a-f]{64}'
const sha512 = '[0-9a-f]{128}'
// Less than 10^15, so that every number is exact; nothing that is counted here is as many.
const count = '(?:0|[1-9]\\d{0,14})'
const digests = `"sha256":"(?<sha256>${sha256})","sha512":"(?<sha512>${sha512})","size":(?<size>${count})`
const time = '\\d{4}-[01]\\d-[0-3]\\dT[0-2]\\d:[0-5]\\d:[0-6]\\dZ'
const kid = '[A-Za-z0-9_-]{43}'
const base64url = '[A-Za-z0-9_-]+'
const signature = `{"alg":"(?:ES256|EdDSA|Ed25519)","kid":"${kid}","sha256":"${sha256}"}`
const signatures = `\\[(?<signatures>(?:${signature}(?:,${signature}){0,15})?)\\]`
const receivedAt = `"receivedAt":"(?<at>${time})"`
const endorsement =
  `{"kid":"(?<by>${kid})","protected":"(?<header>${base64url})",` +
  `"signature":"(?<signature>${base64url})"}`

const depositForm = formOf(
  'deposit',
  `${receivedAt},"record":{"mediaType":"${literal(recordMediaType)}",${digests}},"signatures":${signatures}`,
)
const eventSpec = (reason: string) =>
  `"event":{"mediaType":"${literal(eventMediaType)}",${digests}},${reason}${receivedAt},` +
  `"record":{"sha256":"(?<record>${sha256})"},"signatures":${signatures}`
const eventForm = formOf('event', eventSpec(''))
const withdrawalForm = formOf('withdrawal', eventSpec('"reason":"[a-z-]{1,40}",'))
const keyForm = formOf(
  'key',
  `"action":"(?<action>introduced|retired)","at":"(?<at>${time})",` +
    `(?:"endorsement":${endorsement},)?"kid":"(?<kid>${kid})","role":"(?<role>log|receipt)"`,
)
const depositorKeyForm = formOf(
  'depositor-key',
  `"action":"(?<action>bound|revoked)","at":"(?<at>${time})","kid":"(?<kid>${kid})",` +
    `"project":{"sha256":"(?<project>${sha256})"}`,
)
const renewalForm = formOf(
  'renewal',
  `"at":"(?<at>${time})","covers":{"root":"(?<root>${sha256})","size":(?<size>${count})},` +
    `"sha512":{"documents":(?<documents>${count}),"root":"(?<sha512>${sha512})"}`,
)
const eachSignature = new RegExp(signature, 'g')

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * What a log entry says. Never throws: the entry may be anything.
 *
 * @see docs/format.md, section 6
 */
export function readLeaf(entry: Uint8Array): AuditedLeaf {
  const text = findText(entry)
  if (text === undefined) return { kind: 'malformed', why: 'the entry is not UTF-8' }
  const deposit = depositForm.exec(text)?.groups
  if (deposit !== undefined) {
    return { kind: 'deposit', record: digestIn(deposit, 'sha256'), ...statedIn(deposit) }
  }
  return readRarerLeaf(text) ?? readForeignLeaf(entry)
}

function readRarerLeaf(text: string): AuditedLeaf | undefined {
  const event = eventForm.exec(text)?.groups
  if (event !== undefined) {
    return { kind: 'event', record: digestIn(event, 'record'), ...statedIn(event) }
  }
  const withdrawal = withdrawalForm.exec(text)?.groups
  if (withdrawal !== undefined) {
    return { kind: 'withdrawal', record: digestIn(withdrawal, 'record'), ...statedIn(withdrawal) }
  }
  const key = keyForm.exec(text)?.groups
  if (key !== undefined) return keyLeafOf(key)
  const renewal = renewalForm.exec(text)?.groups
  if (renewal !== undefined) return renewalLeafOf(renewal)
  const { action, kid = '', at = '', project } = depositorKeyForm.exec(text)?.groups ?? {}
  if (project === undefined) return undefined
  const isBound = action === 'bound'
  const leaf = { action: isBound ? 'bound' : 'revoked', kid, at, projectSha256: project } as const
  return { kind: 'depositor-key', ...leaf }
}

type Groups = Readonly<Record<string, string | undefined>>

function keyLeafOf({ action, role, kid = '', at = '', by, header, signature }: Groups) {
  const isEndorsed = by !== undefined && header !== undefined && signature !== undefined
  return {
    kind: 'key',
    role: role === 'log' ? 'log' : 'receipt',
    action: action === 'introduced' ? 'introduced' : 'retired',
    kid,
    at,
    endorsement: isEndorsed ? { kid: by, protected: header, signature } : undefined,
  } as const
}

function renewalLeafOf({ at = '', root = '', size, documents, sha512 = '' }: Groups): RenewalLeaf {
  const covers = { size: Number(size), root }
  return { kind: 'renewal', covers, sha512: { documents: Number(documents), root: sha512 }, at }
}

function statedIn({ signatures = '', at = '', sha512 = '', size }: Groups) {
  return {
    document: { sha512, byteLength: Number(size) },
    receivedAt: at,
    signatures: signatures === '' ? [] : signaturesIn(signatures),
  }
}

function signaturesIn(text: string): LoggedSignature[] {
  return (text.match(eachSignature) ?? []).map((one) => {
    const [, alg = '', kid = '', sha256 = ''] =
      /"alg":"(.+)","kid":"(.+)","sha256":"(.+)"/.exec(one) ?? []
    return { alg, kid, sha256 }
  })
}

function digestIn(groups: Groups, name: string): Digest {
  return digestOfHex(groups[name] ?? '')
}

/** An entry that no pattern fits: of a later version, or none of ours. */
function readForeignLeaf(entry: Uint8Array): AuditedLeaf {
  try {
    const { apiVersion, kind } = parseCanonicalJson(entry)
    if (typeof kind !== 'string' || typeof apiVersion !== 'string') {
      return { kind: 'malformed', why: 'the entry has no kind or no version' }
    }
    const isKnown = apiVersion === '1' && leafKinds.some((k) => k === kind)
    if (!isKnown) return { kind: 'unknown', name: `${quoted(kind)}, version ${quoted(apiVersion)}` }
    return { kind: 'malformed', why: `the entry has not the form of the kind ${quoted(kind)}` }
  } catch (error) {
    return { kind: 'malformed', why: error instanceof Error ? error.message : String(error) }
  }
}

function findText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

function formOf(kind: string, spec: string): RegExp {
  // A brace that begins no count stands for itself; ECMA-262, section B.1.2.
  return new RegExp(`^{"apiVersion":"1","kind":"${kind}","spec":{${spec}}}$`)
}

function literal(text: string): string {
  return text.replaceAll(/[.+]/g, '\\$&')
}
