import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { JWK } from 'jose'
import { run, runWell, temporaryDirectory, type Outcome } from '../bundle/programs.ts'

/** Not the first `python3` of the PATH: Debian's packages are seen by Debian's Python alone. */
const python = '/usr/bin/python3'
const program = path.join(import.meta.dirname, 'check-jws.py')

/** A JWS without its payload, and the public key it verifies with. */
export interface ForeignSignature {
  readonly key: JWK
  readonly signature: { readonly protected: string; readonly signature: string }
}

/**
 * Options for a test that calls jwcrypto. Without it the test is skipped; with
 * STELE_TEST_FULL=1 it runs all the same, and fails.
 */
export function requireJwcrypto(): { skip: string | false } {
  if (process.env['STELE_TEST_FULL'] === '1') return { skip: false }
  const { status } = spawnSync(python, ['-c', 'import jwcrypto'])
  return { skip: status === 0 ? false : 'not installed: python3-jwcrypto' }
}

/** Verifies a receipt and prints its payload. */
export async function checkReceipt(evidence: {
  readonly keys: object
  readonly receipt: string
  readonly record: Uint8Array
}): Promise<Outcome> {
  const { keys, receipt, record } = evidence
  return check('receipt', [JSON.stringify(keys), receipt, record])
}

/** Verifies every signature over a record and prints key and algorithm of each. */
export async function checkDeposit(evidence: {
  readonly keys: object
  readonly signatures: string
  readonly record: Uint8Array
}): Promise<Outcome> {
  const { keys, signatures, record } = evidence
  return check('deposit', [JSON.stringify(keys), signatures, record])
}

/** Signs a record with a new key, as a depositor who uses jwcrypto does. */
export async function signWithJwcrypto(
  alg: 'EdDSA' | 'ES256',
  record: Uint8Array,
): Promise<ForeignSignature> {
  await using directory = await temporaryDirectory()
  const file = path.join(directory.path, 'record.json')
  await writeFile(file, record)
  return parseSignature(String(await runWell([python, program, 'sign', alg, file])))
}

async function check(what: string, contents: readonly (string | Uint8Array)[]): Promise<Outcome> {
  await using directory = await temporaryDirectory()
  const files = contents.map((_, index) => path.join(directory.path, `${index}.json`))
  await Promise.all(contents.map((content, index) => writeFile(files[index] ?? '', content)))
  return await run([python, program, what, ...files])
}

function parseSignature(line: string): ForeignSignature {
  return JSON.parse(line)
}
