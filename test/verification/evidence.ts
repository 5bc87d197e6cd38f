import { createHash } from 'node:crypto'
import { canonicalBytes, canonicalText } from '../../src/record/canonical-json.ts'
import type { JsonObject, JsonValue } from '../../src/record/strict-json.ts'
import {
  checkpointText,
  inclusionProofOf,
  leafHashOf,
  proofFileOf,
  rootOf,
  signatureLine,
  signedNote,
  verifierKeyOf,
  type NoteKey,
} from './small-log.ts'
import { ed25519Key, p256Key, sha256, type TestKey } from './test-keys.ts'

export const origin = 'registry.example.org/log'
export const issuer = 'https://registry.example.org'
/** 2026-11-20T10:00:00Z */
export const issuedAt = 1795168800
export const receivedAt = '2026-11-20T10:00:00Z'
export const recordMediaType = 'application/vnd.stele.record+json'

export const receiptKey = ed25519Key('receipt')
export const ada = ed25519Key('ada')
export const ben = p256Key('ben')
export const stranger = ed25519Key('stranger')
export const logKey: NoteKey = { name: origin, key: ed25519Key('log'), type: 1 }
export const newLogKey: NoteKey = {
  name: origin,
  key: ed25519Key('log, after a rotation'),
  type: 1,
}
export const otherLogKey: NoteKey = { name: origin, key: ed25519Key('another log'), type: 1 }
export const strangeLog: NoteKey = { ...otherLogKey, name: 'elsewhere.example.net/log' }

/** The runner in the bundles of the cases; nothing executes it. */
export const runner = Buffer.from('#!/usr/bin/env python3\nprint("a runner")\n')

/** One detached signature, as it stands in a document of signatures. */
export interface Signature {
  readonly protected: string
  readonly signature: string
}

/** Evidence by logical name; `undefined` is left out. */
export interface Evidence {
  readonly record?: Uint8Array
  readonly signatures?: Uint8Array
  readonly receipt?: Uint8Array
  readonly leaf?: Uint8Array
  readonly proof?: Uint8Array
  readonly checkpoint?: Uint8Array
  readonly jwks?: Uint8Array
  readonly policy?: Uint8Array
}

/** What a forger, or a faulty registry, may do otherwise; everything else then follows from it. */
export interface Deviations {
  readonly signatures?: readonly Signature[]
  readonly leaf?: (leaf: JsonObject) => JsonValue
  readonly leafBytes?: (leaf: Uint8Array) => Uint8Array
  readonly payload?: (payload: JsonObject) => JsonObject
  readonly payloadBytes?: (payload: Uint8Array) => Uint8Array
  readonly header?: (header: JsonObject) => JsonObject | string
  readonly receiptKey?: TestKey
  readonly origin?: string
  readonly checkpointText?: (text: string) => string
  /** Signature lines of the checkpoint. */
  readonly lines?: (text: string) => string[]
  /** Keys of depositors in the key set, beside that of the receipt. */
  readonly depositorKeys?: readonly TestKey[]
  readonly policy?: string
}

const indexInLog = 3

/** Evidence for one record, in agreement with itself but for the deviations. */
export function evidenceFor(record: Uint8Array, deviations: Deviations = {}): Evidence {
  const { signatures = [] } = deviations
  const leaf = leafFor(record, deviations)
  const logged = logOf(leaf, deviations)
  const { depositorKeys = [ada, ben], receiptKey: key = receiptKey } = deviations
  return {
    record,
    ...(signatures.length === 0 ? {} : { signatures: signaturesDocument(signatures) }),
    receipt: receiptFor(record, leaf, deviations),
    leaf,
    ...logged,
    jwks: ownKeySetOf([key], depositorKeys),
    policy: Buffer.from(deviations.policy ?? policyOf([logKey])),
  }
}

export function keySetOf(keys: readonly TestKey[]): Uint8Array {
  return canonicalBytes({ keys: keys.map(({ jwk }) => jwk) })
}

/** A key set as it comes with a record. */
export function ownKeySetOf(
  receiptKeys: readonly TestKey[],
  depositorKeys: readonly TestKey[] = [],
): Uint8Array {
  const receipt = receiptKeys.map(({ jwk }) => ({ ...jwk, role: 'receipt' }))
  const depositors = depositorKeys.map(({ jwk }) => ({ ...jwk, role: 'depositor' }))
  return canonicalBytes({ keys: [...receipt, ...depositors] })
}

export function policyOf(logKeys: readonly NoteKey[], rest = 'quorum none\n'): string {
  const lines = logKeys.map((key) => `log ${verifierKeyOf(key)} ${issuer}/log\n`)
  return `${lines.join('')}${rest}`
}

export function signaturesDocument(signatures: readonly Signature[]): Uint8Array {
  return canonicalBytes({ signatures: signatures.map((signature) => ({ ...signature })) })
}

/** Signs with any header, also one that no library writes. */
export function signDetached(
  payload: Uint8Array,
  key: TestKey,
  header: JsonObject | string = depositHeader(key),
): Signature {
  const text = typeof header === 'string' ? header : canonicalText(header)
  const encoded = Buffer.from(text).toString('base64url')
  const signed = Buffer.from(`${encoded}.${Buffer.from(payload).toString('base64url')}`)
  return { protected: encoded, signature: key.sign(signed).toString('base64url') }
}

export function depositHeader(key: TestKey): JsonObject {
  return { alg: key.alg, cty: recordMediaType, kid: key.kid, typ: 'stele-deposit+jws' }
}

export function receiptHeader(key: TestKey): JsonObject {
  return { alg: 'EdDSA', kid: key.kid, typ: 'stele-receipt+jws' }
}

function leafFor(record: Uint8Array, deviations: Deviations): Uint8Array {
  const { signatures = [], leaf = (same) => same, leafBytes = (same) => same } = deviations
  const expected = {
    apiVersion: '1',
    kind: 'deposit',
    spec: { record: namesOf(record), signatures: signatures.map(loggedAs), receivedAt },
  }
  return leafBytes(canonicalBytes(leaf(expected)))
}

function loggedAs({ protected: header, signature }: Signature): JsonObject {
  // Forged headers are not always JSON; what the log says of them does not matter then.
  const text = Buffer.from(header, 'base64url').toString()
  const alg = /"alg":"([^"]*)"/.exec(text)?.[1] ?? ''
  const kid = /"kid":"([^"]*)"/.exec(text)?.[1] ?? ''
  return { alg, kid, sha256: sha256(Buffer.from(signature, 'base64url')).toString('hex') }
}

function namesOf(record: Uint8Array): JsonObject {
  return {
    mediaType: recordMediaType,
    size: record.length,
    sha256: sha256(record).toString('hex'),
    sha512: createHash('sha512').update(record).digest('hex'),
  }
}

function receiptFor(record: Uint8Array, leaf: Uint8Array, deviations: Deviations): Uint8Array {
  const { payload = (same) => same, payloadBytes = (same) => same } = deviations
  const { header = (same) => same, receiptKey: key = receiptKey, signatures = [] } = deviations
  const facts = payload({
    blobs: { bytes: 0, count: 0 },
    bundle: { format: 1, runner: `sha256:${sha256(runner).toString('hex')}` },
    ...(signatures.length === 0 ? {} : { depositor: { keys: signatures.map(kidOf) } }),
    iat: issuedAt,
    iss: issuer,
    log: {
      index: indexInLog,
      leafHash: leafHashOf(leaf).toString('hex'),
      origin: deviations.origin ?? origin,
    },
    policy: '1',
    record: namesOf(record),
  })
  const bytes = payloadBytes(canonicalBytes(facts))
  const signature = signDetached(bytes, key, header(receiptHeader(key)))
  return canonicalBytes({ ...signature, payload: Buffer.from(bytes).toString('base64url') })
}

function kidOf(signature: Signature): JsonValue {
  return loggedAs(signature)['kid'] ?? ''
}

function logOf(leaf: Uint8Array, deviations: Deviations): Evidence {
  const { checkpointText: change = (same) => same } = deviations
  const { lines = (text) => [signatureLine(text, logKey)] } = deviations
  const entries = Array.from({ length: 7 }, (_, index) =>
    index === indexInLog ? leaf : Buffer.from(`entry ${index}`),
  )
  const text = change(checkpointText(deviations.origin ?? origin, 7, rootOf(entries)))
  const checkpoint = signedNote(text, lines(text))
  const proof = proofFileOf(indexInLog, inclusionProofOf(entries, indexInLog), checkpoint)
  return { proof: Buffer.from(proof), checkpoint: Buffer.from(checkpoint) }
}
