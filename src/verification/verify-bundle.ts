import { MalformedBundle } from '../bundle/malformed-bundle.ts'
import type { ReadBundle } from '../bundle/read-bundle.ts'
import { checkCompleteness, checkFiles } from './check-bundle.ts'
import { readEvidence, type Evidence } from './evidence.ts'
import { findingsOf, type Finding } from './finding.ts'
import type { Trust } from './trust.ts'
import { verifyRecord, type VerifyOptions } from './verify-record.ts'

/**
 * Verifies a bundle from itself alone, without a network. A bundle of bad form
 * gets this one finding: nothing else of it can be told with certainty.
 *
 * @param open - reads the bundle, from a tar or a directory; it may throw
 *   MalformedBundle. What else it throws is no fault of the bundle, and is passed on.
 * @see docs/format.md, "Verification findings"
 */
export async function verifyBundle(
  open: () => Promise<ReadBundle>,
  trust: Trust,
  options: VerifyOptions = {},
): Promise<Finding[]> {
  const form = findingsOf('bundle-form')
  let bundle: ReadBundle
  try {
    bundle = await open()
  } catch (error) {
    if (error instanceof MalformedBundle) return [form('bad', error.message)]
    throw error
  }
  const evidence = evidenceIn(bundle)
  return [
    form('good', 'a BagIt 1.0 bag; no links, and no names that collide or lead out of it'),
    checkFiles(bundle),
    checkCompleteness(bundle, await readEvidence(evidence)),
    ...(await verifyRecord(evidence, trust, options)),
  ]
}

function evidenceIn({ documents }: ReadBundle): Evidence {
  return {
    record: documents.get('data/record.json'),
    signatures: documents.get('stele/signatures.json'),
    receipt: documents.get('stele/receipt.jws'),
    leaf: documents.get('stele/leaf.json'),
    proof: documents.get('stele/record.tlog-proof'),
    checkpoint: documents.get('stele/checkpoint'),
    jwks: documents.get('stele/jwks.json'),
    policy: documents.get('stele/policy'),
  }
}
