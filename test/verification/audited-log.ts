import { createHash, hash } from 'node:crypto'
import type { NoteVerifier } from '../../src/log/note.ts'
import { canonicalText } from '../../src/record/canonical-json.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { parseTrustedKeys } from '../../src/verification/audit-head.ts'
import type { KeyLists } from '../../src/verification/audit-key-lists.ts'
import {
  auditRegistry,
  type AuditOptions,
  type AuditResult,
  type RegistryFiles,
} from '../../src/verification/audit-registry.ts'
import { filesOfLog, leafHashOf, rootOf } from '../interop/static-log.ts'
import { sha512 } from '../log/documents-by-definition.ts'
import { checkpointText, signatureLine, signedNote, verifierKeyOf } from './small-log.ts'
import { ed25519Key, type TestKey } from './test-keys.ts'

export const origin = 'registry.example.org/log'
export const at = '2026-11-20T10:00:00Z'
export const logKey = ed25519Key('audited log')
export const receiptKey = ed25519Key('audited receipts')

/** A log in memory whose files a test may spoil. */
export interface LogInMemory extends RegistryFiles {
  /** By path below the log's prefix. */
  readonly files: Map<string, Uint8Array>
  /** Paths that were read, in this order. */
  readonly asked: string[]
}

export interface LogChoices {
  readonly signers?: readonly TestKey[]
  /** Keys whose public halves lie beside the log, by role. */
  readonly keys?: readonly (readonly ['log' | 'receipt', TestKey])[]
  readonly lists?: KeyLists
  readonly name?: string
}

/** The files of a log with these entries, by programs that are not those under test. */
export function logOf(entries: readonly Buffer[], choices: LogChoices = {}): LogInMemory {
  const { signers = [logKey], name = origin, lists } = choices
  const {
    keys = [
      ['log', logKey],
      ['receipt', receiptKey],
    ] as const,
  } = choices
  const text = checkpointText(name, entries.length, rootOf(entries.map(leafHashOf)))
  const lines = signers.map((key) => signatureLine(text, { name, key, type: 1 }))
  const files = new Map<string, Uint8Array>([
    ...filesOfLog(entries),
    ['checkpoint', Buffer.from(signedNote(text, lines))],
    ...keys.map(([role, key]) => keyFile(role, key)),
  ])
  const asked: string[] = []
  const vkeys = keys.flatMap(([role, key]) => (role === 'log' ? [vkeyOf(key, name)] : []))
  return {
    files,
    asked,
    readLogFile: async (path) => {
      asked.push(path)
      return files.get(path)
    },
    listLogKeys: async () => vkeys,
    readKeyLists: async () => lists,
    readRecordFile: async () => undefined,
    findDepositorKey: async () => undefined,
    openBlob: async () => undefined,
  }
}

export function vkeyOf(key: TestKey, name = origin): string {
  return verifierKeyOf({ name, key, type: 1 })
}

function keyFile(role: string, key: TestKey): readonly [string, Buffer] {
  return [`keys/${key.kid}.json`, Buffer.from(JSON.stringify({ role, jwk: key.jwk }))]
}

/** The first two entries of every log, and deposits behind them. */
export function entriesUpTo(size: number, mark = ''): Buffer[] {
  const deposits = Array.from({ length: size - 2 }, (_, index) => depositEntry(`${mark}${index}`))
  return [keyEntry('log', logKey), keyEntry('receipt', receiptKey), ...deposits]
}

/** @param signers - thumbprints. */
export function depositEntry(
  name: string,
  signers: readonly string[] = [],
  receivedAt = at,
): Buffer {
  return leafOf('deposit', {
    receivedAt,
    record: {
      mediaType: 'application/vnd.stele.record+json',
      sha256: hex(name, 'sha256'),
      sha512: hex(name, 'sha512'),
      size: 1234,
    },
    signatures: signers.map((kid) => ({ alg: 'EdDSA', kid, sha256: hex(kid, 'sha256') })),
  })
}

/** @param endorser - whose word the new key has. */
export function keyEntry(role: 'log' | 'receipt', key: TestKey, endorser?: TestKey): Buffer {
  const statement = { action: 'introduced', at, kid: key.kid, role }
  const endorsed = endorser === undefined ? {} : { endorsement: endorsementOf(statement, endorser) }
  return leafOf('key', { ...statement, ...endorsed })
}

export function endorsementOf(statement: JsonObject, { kid, sign }: TestKey): JsonObject {
  const header = base64url(canonicalText({ alg: 'EdDSA', kid, typ: 'stele-key+jws' }))
  const signed = `${header}.${base64url(canonicalText(statement))}`
  return { kid, protected: header, signature: sign(Buffer.from(signed)).toString('base64url') }
}

export function retirementEntry(role: 'log' | 'receipt', { kid }: TestKey): Buffer {
  return leafOf('key', { action: 'retired', at, kid, role })
}

export function depositorKeyEntry(action: 'bound' | 'revoked', kid: string, when = at): Buffer {
  return leafOf('depositor-key', { action, at: when, kid, project: { sha256: hex('p', 'sha256') } })
}

export function leafOf(kind: string, spec: JsonObject): Buffer {
  return Buffer.from(canonicalText({ apiVersion: '1', kind, spec }))
}

/** Audits the log; without other options as one does who has never seen it. */
export async function audit(
  log: RegistryFiles,
  options: Partial<AuditOptions> = {},
): Promise<AuditResult> {
  const all = { trustedKeys: [], records: false, blobs: false, ...options }
  return auditRegistry(log, all, {
    sha256: (bytes) => hash('sha256', bytes, 'buffer'),
    sha512,
    startHash: () => {
      const running = createHash('sha256')
      return { update: (bytes) => void running.update(bytes), hex: () => running.digest('hex') }
    },
    pause: async () => undefined,
  })
}

export async function trusting(...keys: readonly TestKey[]): Promise<NoteVerifier[]> {
  return parseTrustedKeys(keys.map((key) => vkeyOf(key)))
}

/** What is not good, one a line: check, outcome and detail. */
export function faultsOf({ findings }: AuditResult): string[] {
  return findings
    .filter(({ outcome }) => outcome === 'bad' || outcome === 'unknown')
    .map(({ check, outcome, detail }) => `${outcome} ${check}: ${detail}`)
}

function hex(text: string, algorithm: 'sha256' | 'sha512'): string {
  return hash(algorithm, text, 'hex')
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}
