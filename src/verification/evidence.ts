import type { ListedKey } from '../attestation/public-keys.ts'
import {
  MalformedJws,
  parseFlattenedJws,
  parseKeySet,
  readDetachedJws,
  type StrictJws,
} from '../attestation/strict-jws.ts'
import { parseCheckpointText, type Checkpoint } from '../log/checkpoint.ts'
import { parseNote, type Note } from '../log/note.ts'
import { parseProofFile, type ProofFile } from '../log/proof-file.ts'
import { canonicalBytes, firstDifference } from '../record/canonical-json.ts'
import { parseStrictJson, type JsonObject } from '../record/strict-json.ts'
import { findingsOf, type CheckId, type Finding } from './finding.ts'
import { parseReadyPolicy, type ReadyPolicy } from './trust.ts'

/** Bytes of which everything may have been chosen by an attacker; each may be missing. */
export interface Evidence {
  readonly record?: Uint8Array | undefined
  /** JWS JSON in general form, without the payload. */
  readonly signatures?: Uint8Array | undefined
  /** JWS JSON in flattened form. */
  readonly receipt?: Uint8Array | undefined
  /** The log entry. */
  readonly leaf?: Uint8Array | undefined
  /** A `.tlog-proof` file. */
  readonly proof?: Uint8Array | undefined
  /** The checkpoint of the proof once more. */
  readonly checkpoint?: Uint8Array | undefined
  /** A JWK Set of the registry's; the member `role` of each key says what it is for. */
  readonly jwks?: Uint8Array | undefined
  /** The registry's own tlog-policy. */
  readonly policy?: Uint8Array | undefined
}

/** A piece of evidence after an attempt to read it. */
export type Read<Value> =
  | { readonly state: 'absent' }
  | { readonly state: 'unreadable'; readonly why: string }
  | { readonly state: 'read'; readonly value: Value }

export interface ReceiptRead {
  readonly jws: StrictJws
  /** What the receipt states, whoever signed it. */
  readonly statement: JsonObject
}

export interface DetachedSignature {
  readonly jws: StrictJws
  readonly kid: string
  readonly alg: string
}

export interface ProofRead extends ProofFile {
  readonly note: Note
  readonly head: Checkpoint
}

/** The evidence, read as far as it can be; nothing of it is verified. */
export interface ReadEvidence {
  readonly record: Uint8Array | undefined
  readonly leaf: Uint8Array | undefined
  readonly checkpoint: Uint8Array | undefined
  readonly signatures: Read<readonly DetachedSignature[]>
  readonly receipt: Read<ReceiptRead>
  readonly proof: Read<ProofRead>
  /** Every key that the evidence brings, whatever it is for. */
  readonly jwks: Read<ReadonlyMap<string, ListedKey>>
  /** Those that it brings for receipts: a depositor's key must not pass as the registry's. */
  readonly receiptKeys: Read<ReadonlyMap<string, ListedKey>>
  readonly policy: Read<ReadyPolicy>
}

/** Reads every piece of the evidence once. Throws for none: what cannot be read says so. */
export async function readEvidence(evidence: Evidence): Promise<ReadEvidence> {
  const { record, leaf, checkpoint, signatures, receipt, proof, jwks, policy } = evidence
  return {
    record,
    leaf,
    checkpoint,
    signatures: await reading(signatures, (bytes) => parseSignatures(bytes, record)),
    receipt: await reading(receipt, parseReceipt),
    proof: await reading(proof, parseProof),
    jwks: await reading(jwks, (bytes) => parseKeySet(bytes)),
    receiptKeys: await reading(jwks, (bytes) => parseKeySet(bytes, 'receipt')),
    policy: await reading(policy, parseReadyPolicy),
  }
}

/** What a check says that needs a piece of evidence which is not there or not readable. */
export function cannotCheck(
  check: CheckId,
  name: string,
  read: { readonly state: 'absent' | 'unreadable' },
): Finding {
  const finding = findingsOf(check)
  return read.state === 'absent'
    ? finding('absent', `there is no ${name}`)
    : finding('unknown', `cannot be checked, because the ${name} is not readable`)
}

export const absent = { state: 'absent' } as const

async function reading<Value>(
  bytes: Uint8Array | undefined,
  parse: (bytes: Uint8Array) => Value | Promise<Value>,
): Promise<Read<Value>> {
  if (bytes === undefined) return absent
  try {
    return { state: 'read', value: await parse(bytes) }
  } catch (error) {
    // Evidence that cannot be read is bad evidence, whatever it did to its reader.
    return { state: 'unreadable', why: error instanceof Error ? error.message : String(error) }
  }
}

function parseReceipt(bytes: Uint8Array): ReceiptRead {
  const jws = parseFlattenedJws(bytes)
  return { jws, statement: parseCanonicalJson(jws.payload) }
}

/** @throws InvalidJson, MalformedJws when the bytes are not those of the canonical form. */
export function parseCanonicalJson(bytes: Uint8Array): JsonObject {
  const document = parseStrictJson(bytes)
  const offset = firstDifference(bytes, canonicalBytes(document))
  if (offset === undefined) return document
  throw new MalformedJws(`other bytes at offset ${offset}`, 'canonical JSON (RFC 8785)')
}

function parseSignatures(
  bytes: Uint8Array,
  record: Uint8Array = new Uint8Array(),
): DetachedSignature[] {
  return readDetachedJws(parseStrictJson(bytes), record).map((jws) => {
    const { alg, kid } = jws.header ?? {}
    if (typeof alg === 'string' && typeof kid === 'string') return { jws, alg, kid }
    throw new MalformedJws('a protected header without alg or kid', 'both as text')
  })
}

function parseProof(bytes: Uint8Array): ProofRead {
  const file = parseProofFile(parseText(bytes))
  const note = parseNote(file.checkpoint)
  return { ...file, note, head: parseCheckpointText(note.text) }
}

function parseText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
}
