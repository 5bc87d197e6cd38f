import { canonicalBytes, canonicalText } from '../record/canonical-json.ts'
import { hexOf, type Digest } from '../record/digest.ts'
import { recordMediaType, type RecordDigests } from '../record/record-digests.ts'
import type { JsonObject } from '../record/strict-json.ts'
import { eventReceiptType, receiptType } from './signed-types.ts'
import type { Signer } from './signer.ts'

/** What the registry states about one accepted record. */
export interface ReceiptFacts {
  readonly issuer: string
  readonly record: RecordDigests
  readonly blobs: { readonly count: number; readonly bytes: number }
  /** Thumbprints of the keys whose signatures were verified. */
  readonly depositorKeys: readonly string[]
  readonly log: { readonly origin: string; readonly index: number; readonly leafHash: string }
  /** Runner that goes into the record's bundles, so that they never change. */
  readonly runner: Digest
  /** Whole seconds since 1970, the `receivedAt` of the log entry. */
  readonly issuedAt: number
}

/** Version of the rules by which records were accepted. */
const policy = '1'
/** Version of the bundle layout; docs/format.md, section 9. */
export const bundleFormat = 1

/**
 * The registry's signed statement that it accepted a record: a JWS in flattened
 * JSON serialisation. The same facts and key always give the same text.
 *
 * @see RFC 7515, section 7.2.2; docs/format.md, section 7
 */
export async function signReceipt(facts: ReceiptFacts, signer: Signer): Promise<string> {
  const { payload, protected: header, signature } = await signer.sign(payloadOf(facts), receiptType)
  return canonicalText({ payload, protected: header ?? '', signature })
}

/** What the registry states about one accepted event. */
export interface EventReceiptFacts {
  readonly issuer: string
  /** Digests of the event's own bytes. */
  readonly event: RecordDigests
  readonly eventMediaType: string
  readonly record: Digest
  /** Thumbprints of the keys whose signatures were verified. */
  readonly depositorKeys: readonly string[]
  readonly log: ReceiptFacts['log']
  readonly issuedAt: number
}

/** The registry's signed statement that it accepted an event; otherwise like `signReceipt`. */
export async function signEventReceipt(facts: EventReceiptFacts, signer: Signer): Promise<string> {
  const bytes = canonicalBytes({
    iss: facts.issuer,
    iat: facts.issuedAt,
    event: digestsOf(facts.event, facts.eventMediaType),
    record: { sha256: hexOf(facts.record) },
    ...depositorOf(facts.depositorKeys),
    log: { ...facts.log },
    policy,
  })
  const { payload, protected: header, signature } = await signer.sign(bytes, eventReceiptType)
  return canonicalText({ payload, protected: header ?? '', signature })
}

function payloadOf(facts: ReceiptFacts): Uint8Array {
  return canonicalBytes({
    iss: facts.issuer,
    iat: facts.issuedAt,
    record: digestsOf(facts.record, recordMediaType),
    blobs: { count: facts.blobs.count, bytes: facts.blobs.bytes },
    ...depositorOf(facts.depositorKeys),
    log: { ...facts.log },
    bundle: { format: bundleFormat, runner: facts.runner },
    policy,
  })
}

function digestsOf({ byteLength, digest, sha512 }: RecordDigests, mediaType: string): JsonObject {
  return { mediaType, size: byteLength, sha256: hexOf(digest), sha512 }
}

function depositorOf(keys: readonly string[]): JsonObject {
  return keys.length === 0 ? {} : { depositor: { keys: [...keys] } }
}
