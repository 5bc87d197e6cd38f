import { parseKeySet } from '../attestation/strict-jws.ts'
import { parseCheckpointText, type Checkpoint } from '../log/checkpoint.ts'
import { parseNote } from '../log/note.ts'
import { canonicalBytes } from '../record/canonical-json.ts'
import type { Digest } from '../record/digest.ts'
import { Refusal } from '../record/refusal.ts'
import { parseStrictJson, type JsonObject, type JsonValue } from '../record/strict-json.ts'
import { readEvidence, type Evidence } from '../verification/evidence.ts'
import { parseLogKeys, type ListedLogKey } from '../verification/listed-log-keys.ts'
import { LogOfSize } from '../verification/log-of-size.ts'
import type { FetchFile } from './fetch-file.ts'
import { policyOf } from './remembered-log.ts'

/** What a registry shows of a record and of its log; nothing of it is verified. */
export interface Published {
  readonly evidence: Evidence
  /** The newest checkpoint, and what it says. */
  readonly newest: string | undefined
  readonly head: Checkpoint | undefined
  /** The files of the log at the size of the newest checkpoint. */
  readonly log: LogOfSize
  /** What it says about the keys of its log. */
  readonly logKeys: readonly ListedLogKey[]
  /** The registry's own keys: verifier keys of the log, and public keys of receipts. */
  readonly vkeys: readonly string[]
  readonly receiptKeys: readonly JsonObject[]
}

/** @throws CannotFetch */
export async function fetchPublished(digest: Digest, fetchFile: FetchFile): Promise<Published> {
  const at = `/records/${digest}`
  const [record, signatures, receipt, proof, keySet, keysOfLog, newest] = await Promise.all(
    [
      `${at}/record.json`,
      `${at}/signatures`,
      `${at}/receipt`,
      `${at}/proof`,
      '/.well-known/jwks.json',
      '/log/keys',
      '/log/checkpoint',
    ].map(fetchFile),
  )
  const head = findHead(newest)
  const log = new LogOfSize(head?.size ?? 0, (path) => fetchFile(`/log/${path}`))
  const receiptKeys = await usableKeys(keySet)
  const logKeys = parseLogKeys(textOf(keysOfLog))
  const vkeys = logKeys.map(({ vkey }) => vkey)
  const pieces = { record, signatures, receipt, proof }
  const jwks = { keys: [...receiptKeys, ...(await depositorKeys(pieces, fetchFile))] }
  const evidence: Evidence = {
    ...pieces,
    leaf: await findLeaf(pieces, log),
    jwks: canonicalBytes(jwks),
    policy: vkeys.length === 0 ? undefined : new TextEncoder().encode(policyOf(vkeys)),
  }
  return { evidence, newest: newest && textOf(newest), head, log, logKeys, vkeys, receiptKeys }
}

function findHead(newest: Uint8Array | undefined): Checkpoint | undefined {
  if (newest === undefined) return undefined
  return orUndefined(() => parseCheckpointText(parseNote(newest).text))
}

/** The entry at the place that the proof names, as the log gives it out. */
async function findLeaf(evidence: Evidence, log: LogOfSize): Promise<Uint8Array | undefined> {
  const { proof } = await readEvidence({ proof: evidence.proof })
  if (proof.state !== 'read' || proof.value.index >= log.size) return undefined
  const { index } = proof.value
  try {
    return (await log.bundle(Math.floor(index / entriesOfBundle)))[index % entriesOfBundle]
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

const entriesOfBundle = 256

/** The keys that the signatures name; their thumbprints are what the log has. */
async function depositorKeys(evidence: Evidence, fetchFile: FetchFile): Promise<JsonValue[]> {
  const { signatures } = await readEvidence(evidence)
  const kids = signatures.state === 'read' ? signatures.value.map(({ kid }) => kid) : []
  const files = await Promise.all(
    [...new Set(kids)].map((kid) => fetchFile(`/depositor-keys/${encodeURIComponent(kid)}`)),
  )
  return files.flatMap((file) => {
    const jwk = file && orUndefined(() => parseStrictJson(file)['jwk'])
    const isObject = typeof jwk === 'object' && jwk !== null && !Array.isArray(jwk)
    return isObject ? [{ ...jwk, role: 'depositor' }] : []
  })
}

/** Public keys of the registry alone, without what else a key set says about them. */
async function usableKeys(keySet: Uint8Array | undefined): Promise<JsonObject[]> {
  if (keySet === undefined) return []
  try {
    return [...(await parseKeySet(keySet, 'receipt')).values()].map((key) => ({
      ...key,
      role: 'receipt',
    }))
  } catch (error) {
    if (error instanceof Refusal) return []
    throw error
  }
}

function orUndefined<Value>(parse: () => Value): Value | undefined {
  try {
    return parse()
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

function textOf(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes ?? new Uint8Array())
}
