/**
 * Writes test/data/verification-cases: `node test/verification/make-cases.ts`.
 * The same program always writes the same bytes.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { isGood, type Case } from './cases.ts'
import { bundleCases } from './bundle-cases.ts'
import { checkpointCases } from './checkpoint-cases.ts'
import { forgedBundleCases } from './forged-bundle-cases.ts'
import { keySetCases } from './key-set-cases.ts'
import { namedFilesCases } from './named-files-cases.ts'
import { payloadCases } from './payload-cases.ts'
import { policyCases } from './policy-cases.ts'
import { proofCases } from './proof-cases.ts'
import { receiptCases } from './receipt-cases.ts'
import { goodCases, recordCases } from './record-cases.ts'
import { signatureCases } from './signature-cases.ts'
import { tarCases } from './tar-cases.ts'
import { sha256 } from './test-keys.ts'
import { weakKeyCases } from './weak-key-cases.ts'

const folder = path.join(import.meta.dirname, '../data/verification-cases')

const endings: Readonly<Record<string, string>> = {
  record: 'record.json',
  signatures: 'signatures.json',
  receipt: 'receipt.jws',
  leaf: 'leaf.json',
  proof: 'record.tlog-proof',
  checkpoint: 'checkpoint',
  jwks: 'jwks.json',
  policy: 'policy',
  receiptKeys: 'jwks.json',
  bundle: 'bundle.tar.gz',
}

/** Path in the folder → bytes, archives not yet compressed; equal evidence is one file. */
export function caseFiles(): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>()
  const cases = [
    ...goodCases,
    ...recordCases,
    ...signatureCases,
    ...weakKeyCases,
    ...receiptCases,
    ...keySetCases,
    ...proofCases,
    ...checkpointCases,
    ...policyCases,
    ...bundleCases,
    ...forgedBundleCases,
    ...payloadCases,
    ...namedFilesCases,
    ...tarCases,
  ].map((one) => written(one, files))
  const lines = cases.map((one) => JSON.stringify(one)).join(',\n')
  files.set('cases.json', Buffer.from(`{"format":1,"cases":[\n${lines}\n]}\n`))
  return files
}

function written(one: Case, files: Map<string, Uint8Array>) {
  const { name, digest, allow, needs, expected, trust } = one
  const { policy, receiptKeys, origin } = trust
  const keep = (logicalName: string, bytes: Uint8Array): string => {
    const hex = sha256(bytes).toString('hex').slice(0, 8)
    const file = `files/${hex}-${endings[logicalName] ?? logicalName}`
    files.set(file, bytes)
    return file
  }
  const evidence = Object.entries(one.files).map(([logicalName, bytes]) => [
    logicalName,
    keep(logicalName, bytes),
  ])
  return {
    name,
    files: Object.fromEntries(evidence),
    digest,
    trust: {
      policy: policy === undefined ? undefined : keep('policy', Buffer.from(policy)),
      receiptKeys: receiptKeys === undefined ? undefined : keep('receiptKeys', receiptKeys),
      origin,
    },
    allow,
    needs,
    expected,
    ok: isGood(one),
  }
}

if (import.meta.main) {
  rmSync(path.join(folder, 'files'), { recursive: true, force: true })
  mkdirSync(path.join(folder, 'files'), { recursive: true })
  for (const [name, bytes] of caseFiles()) {
    writeFileSync(path.join(folder, name), name.endsWith('.gz') ? gzipSync(bytes) : bytes)
  }
}
