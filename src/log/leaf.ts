import { canonicalBytes } from '../record/canonical-json.ts'
import { hexDigest, hexOf, type Digest, type HexHash } from '../record/digest.ts'
import { eventMediaType, recordMediaType, type RecordDigests } from '../record/record-digests.ts'
import type { JsonObject } from '../record/strict-json.ts'
import { leafInput } from './merkle-tree.ts'

/** What a log entry can be about; a reader skips kinds it does not know, or fails closed. */
export const leafKinds = [
  'deposit',
  'event',
  'withdrawal',
  'key',
  'depositor-key',
  'renewal',
] as const
export type LeafKind = (typeof leafKinds)[number]

/** A signature as the log knows it: by key and by the hash of the decoded signature. */
export interface LoggedSignature {
  readonly kid: string
  readonly alg: string
  /** Hex SHA-256 of the decoded signature: one signature has several base64url spellings. */
  readonly sha256: string
}

/**
 * Bytes of the log entry of one accepted record. Digests and key thumbprints
 * only, because a leaf can never be erased.
 *
 * @param receivedAt - RFC 3339 in UTC, whole seconds.
 * @see docs/format.md, section 6
 */
export function depositLeaf(
  record: RecordDigests,
  signatures: readonly LoggedSignature[],
  receivedAt: string,
): Uint8Array {
  return leafOf('deposit', {
    record: { mediaType: recordMediaType, ...digestsOf(record) },
    signatures: signatures.map(signatureOf),
    receivedAt,
  })
}

/** An accepted statement about a record, as the log knows it. */
export interface LoggedEvent {
  /** Digests of the event's own bytes. */
  readonly event: RecordDigests
  readonly record: Digest
  readonly signatures: readonly LoggedSignature[]
  readonly receivedAt: string
  /** Only of a withdrawal: why, as one of a few words. */
  readonly reason?: string | undefined
}

/**
 * Bytes of the log entry of one statement about a record: of kind `withdrawal`
 * when it has a reason, else `event`.
 */
export function eventLeaf(logged: LoggedEvent): Uint8Array {
  const { event, record, signatures, receivedAt, reason } = logged
  return leafOf(reason === undefined ? 'event' : 'withdrawal', {
    event: { mediaType: eventMediaType, ...digestsOf(event) },
    record: { sha256: hexOf(record) },
    ...(reason === undefined ? {} : { reason }),
    signatures: signatures.map(signatureOf),
    receivedAt,
  })
}

/** What the log says about a key of the registry. */
export interface LoggedKey {
  readonly role: 'log' | 'receipt'
  readonly action: 'introduced' | 'retired'
  /** RFC 7638 thumbprint. */
  readonly kid: string
  /** RFC 3339 in UTC, whole seconds. */
  readonly at: string
}

/** Signature of the key before, over the canonical form of a `LoggedKey`; it vouches for the new one. */
export interface Endorsement {
  readonly kid: string
  readonly protected: string
  readonly signature: string
}

/** Bytes of the log entry that introduces or retires a key of the registry. */
export function keyLeaf(key: LoggedKey, endorsement?: Endorsement): Uint8Array {
  const { kid, protected: header, signature } = endorsement ?? {}
  const endorsed =
    kid === undefined || header === undefined || signature === undefined
      ? {}
      : { endorsement: { kid, protected: header, signature } }
  return leafOf('key', { ...statementOfKey(key), ...endorsed })
}

/** What the key before signs when it vouches for a new one. */
export function statementOfKey({ role, action, kid, at }: LoggedKey): JsonObject {
  return { role, action, kid, at }
}

/** What the log says about a key that depositors of one project sign with. */
export interface LoggedDepositorKey {
  readonly action: 'bound' | 'revoked'
  /** RFC 7638 thumbprint. */
  readonly kid: string
  /** Hex SHA-256 of the project's name: a name could never be erased. */
  readonly projectSha256: string
  /** RFC 3339 in UTC, whole seconds. */
  readonly at: string
}

/** Bytes of the log entry that binds a key to a project, or revokes it. */
export function depositorKeyLeaf(key: LoggedDepositorKey): Uint8Array {
  const { action, kid, projectSha256, at } = key
  return leafOf('depositor-key', { action, kid, project: { sha256: projectSha256 }, at })
}

/** What the log says of all entries before this one in hashes that outlive SHA-256. */
export interface LoggedRenewal {
  /** The entries before, as many as the index of this one, and their root: 64 hex digits. */
  readonly covers: { readonly size: number; readonly root: string }
  /** How many records and events they name, and the root of `documentHash` over them: 128 hex digits. */
  readonly sha512: { readonly documents: number; readonly root: string }
  /** RFC 3339 in UTC, whole seconds. */
  readonly at: string
}

/** Bytes of the log entry that renews what is before it. */
export function renewalLeaf({ covers, sha512, at }: LoggedRenewal): Uint8Array {
  return leafOf('renewal', {
    covers: { size: covers.size, root: covers.root },
    sha512: { documents: sha512.documents, root: sha512.root },
    at,
  })
}

/**
 * Hash of one log entry, in hex. The leading zero byte keeps a leaf from ever
 * being passed off as an inner node.
 *
 * @see RFC 9162, section 2.1.1
 */
export async function leafHashOf(entry: Uint8Array, hash: HexHash = hexDigest): Promise<string> {
  return hash('SHA-256', leafInput(entry))
}

function leafOf(kind: LeafKind, spec: JsonObject): Uint8Array {
  return canonicalBytes({ apiVersion: '1', kind, spec })
}

function digestsOf({ byteLength, digest, sha512 }: RecordDigests): JsonObject {
  return { size: byteLength, sha256: hexOf(digest), sha512 }
}

function signatureOf({ kid, alg, sha256 }: LoggedSignature): JsonObject {
  return { kid, alg, sha256 }
}
