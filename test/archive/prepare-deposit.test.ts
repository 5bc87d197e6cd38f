import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { missingAmong, prepareDeposit } from '../../src/archive/prepare-deposit.ts'
import { canonicalBytes } from '../../src/record/canonical-json.ts'
import { digestOfHex, type Digest } from '../../src/record/digest.ts'
import { InvalidRecord } from '../../src/record/finding.ts'
import { Refusal } from '../../src/record/refusal.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { newDepositor, signWith } from '../attestation/depositors.ts'
import { minimalCollection, minimalPlan, minimalRun } from '../record-fixtures.ts'

const project = 'Example project'
const ada = await newDepositor('EdDSA')
const nobody = async () => undefined
const encode = (text: string) => new TextEncoder().encode(text)
const spaced = (document: JsonObject) => encode(JSON.stringify(document, undefined, 2))
const sha256 = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

async function codeOf(preparing: Promise<unknown>): Promise<string> {
  try {
    await preparing
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
  return 'accepted'
}

describe('a deposit', () => {
  it('without a signature is kept in canonical form, under the digest of that', async () => {
    const document = minimalRun()
    const prepared = await prepareDeposit({ record: spaced(document), project }, nobody)
    const bytes = canonicalBytes(document)
    assert.deepEqual(new Uint8Array(prepared.bytes), bytes)
    assert.equal(prepared.digests.digest, sha256(bytes))
    assert.equal(prepared.digests.sha512, createHash('sha512').update(bytes).digest('hex'))
    assert.equal(prepared.digests.byteLength, bytes.length)
    assert.equal(prepared.signatures, undefined)
  })

  it('carries the digest of its plan, unless it is a collection', async () => {
    const documents = [minimalRun(), minimalPlan(), minimalCollection()]
    const prepared = await Promise.all(
      documents.map((document) => prepareDeposit({ record: spaced(document), project }, nobody)),
    )
    const [run, plan, collection] = prepared.map(({ planDigest }) => planDigest)
    assert.equal(run, sha256(canonicalBytes(minimalPlan()['plan'] ?? null)))
    assert.equal(plan, run)
    assert.equal(collection, undefined)
  })

  const refused: readonly (readonly [string, Uint8Array, string, string])[] = [
    ['that is no strict JSON', encode('{"a":1,"a":2}'), project, 'invalid-json'],
    ['that is no record', encode('{}'), project, 'invalid-record'],
    ['of another project than the token', spaced(minimalRun()), 'rods', 'wrong-project'],
    [
      'with a token of a project in other letters',
      spaced(minimalRun()),
      'example project',
      'wrong-project',
    ],
    ['with a token of no project', spaced(minimalRun()), '', 'wrong-project'],
  ]
  for (const [what, record, project, code] of refused) {
    it(`${what} is refused`, async () => {
      assert.equal(await codeOf(prepareDeposit({ record, project }, nobody)), code)
    })
  }

  it('of any project may come with a token for every project', async () => {
    const submission = { record: spaced(minimalRun()), project: '*' }
    assert.equal(await codeOf(prepareDeposit(submission, nobody)), 'accepted')
  })
})

describe('a deposit with a signature', () => {
  const bytes = canonicalBytes(minimalRun())
  const signaturesOver = (payload: Uint8Array) =>
    encode(JSON.stringify({ signatures: [signWith(ada, payload)] }))
  const findKey = async (kid: string, of: string) =>
    kid === ada.publicKey.kid && of === project ? ada.publicKey : undefined

  it('is kept with it when the bytes are canonical', async () => {
    const submission = { record: bytes, signatures: signaturesOver(bytes), project }
    const { signatures } = await prepareDeposit(submission, findKey)
    assert.deepEqual(
      signatures?.signatures.map(({ kid }) => kid),
      [ada.publicKey.kid],
    )
  })

  it('is refused when the bytes are not canonical, although the signature is good', async () => {
    const record = spaced(minimalRun())
    const submission = { record, signatures: signaturesOver(record), project }
    assert.equal(await codeOf(prepareDeposit(submission, findKey)), 'not-canonical')
  })

  it('is told where its bytes differ, and the digest of canonical ones', async () => {
    const record = Uint8Array.of(...bytes, 0x0a)
    const submission = { record, signatures: signaturesOver(record), project }
    await assert.rejects(prepareDeposit(submission, findKey), {
      offset: bytes.length,
      canonicalDigest: sha256(bytes),
    })
  })

  it('asks for keys of the project of the record, also with a token for every project', async () => {
    const submission = { record: bytes, signatures: signaturesOver(bytes), project: '*' }
    assert.equal(await codeOf(prepareDeposit(submission, findKey)), 'accepted')
    assert.equal(await codeOf(prepareDeposit(submission, nobody)), 'invalid-signature')
  })
})

describe('blobs that a record names', () => {
  const digest = (letter: string): Digest => digestOfHex(letter.repeat(64))
  const named = [
    { digest: digest('a'), size: 1, path: ['plan', 'inputs', 0] },
    { digest: digest('b'), size: undefined, path: ['plan', 'expectations', 0, 'reference'] },
    { digest: digest('b'), size: 2, path: ['run', 'outputs', 0] },
  ]

  it('are missing when the store does not have them, each once', () => {
    assert.deepEqual(missingAmong(named, new Map()), [digest('a'), digest('b')])
    assert.deepEqual(missingAmong(named, new Map([[digest('a'), 1]])), [digest('b')])
  })

  it('are not missing when they are there with the sizes stated', () => {
    const sizes = new Map([
      [digest('a'), 1],
      [digest('b'), 2],
    ])
    assert.deepEqual(missingAmong(named, sizes), [])
  })

  it('are refused for each wrong size, at its place', () => {
    const sizes = new Map([
      [digest('a'), 0],
      [digest('b'), 3],
    ])
    assert.throws(
      () => missingAmong(named, sizes),
      (error) => {
        assert.ok(error instanceof InvalidRecord)
        assert.deepEqual(
          error.findings.map(({ rule, pointer }) => `${rule} ${pointer}`),
          ['size-mismatch /plan/inputs/0/size', 'size-mismatch /run/outputs/0/size'],
        )
        return true
      },
    )
  })
})
