import type { ListedKey } from '../attestation/public-keys.ts'
import { parseKeySet } from '../attestation/strict-jws.ts'
import { parseVerifierKey, type NoteVerifier } from '../log/note.ts'
import { parsePolicy, type Policy } from '../log/policy.ts'

/** A policy with its keys ready for use. */
export interface ReadyPolicy extends Policy {
  readonly logVerifiers: readonly NoteVerifier[]
  readonly witnessVerifiers: readonly NoteVerifier[]
}

/**
 * What the reader has decided to trust, from somewhere else than the evidence.
 * Whatever is left out is taken from the evidence itself, and findings say so.
 */
export interface Trust {
  /** Logs whose checkpoints are believed, and witnesses who must have cosigned. */
  readonly policy?: ReadyPolicy | undefined
  /** By RFC 7638 thumbprint: keys that may sign receipts, each until its end. */
  readonly receiptKeys?: ReadonlyMap<string, ListedKey> | undefined
  /** Name of the one log that may have the record. */
  readonly origin?: string | undefined
}

/** Trust as people keep it: files. */
export interface TrustFiles {
  /** A C2SP tlog-policy. */
  readonly policy?: string | Uint8Array | undefined
  /** A JWK Set. */
  readonly receiptKeys?: Uint8Array | undefined
  readonly origin?: string | undefined
}

/**
 * Reads what a reader trusts. A mistake in it is the reader's, and no finding.
 *
 * @throws MalformedPolicy, MalformedVerifierKey, MalformedJws, InvalidJson
 */
export async function parseTrust({ policy, receiptKeys, origin }: TrustFiles): Promise<Trust> {
  return {
    policy: policy === undefined ? undefined : await parseReadyPolicy(policy),
    receiptKeys: receiptKeys === undefined ? undefined : await parseKeySet(receiptKeys),
    origin,
  }
}

/** @throws MalformedPolicy, MalformedVerifierKey */
export async function parseReadyPolicy(file: string | Uint8Array): Promise<ReadyPolicy> {
  const policy = await parsePolicy(file)
  const ready = (keys: readonly { readonly vkey: string }[]) =>
    Promise.all(keys.map(({ vkey }) => parseVerifierKey(vkey)))
  return {
    ...policy,
    logVerifiers: await ready(policy.logs),
    witnessVerifiers: await ready(policy.witnesses),
  }
}
