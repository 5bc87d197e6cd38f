import * as fc from 'fast-check'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isGoodReport } from '../../src/verification/finding.ts'
import { verifyRecord } from '../../src/verification/verify-record.ts'
import { evidenceOf, fileOfCase, trustOf, verifyTar, writtenCases } from './written-cases.ts'

function caseNamed(name: string) {
  const found = writtenCases.find((written) => written.name === name)
  assert.ok(found, name)
  return found
}

const signed = caseNamed('a record that its depositor signed')
const evidence = evidenceOf(signed)
const trust = await trustOf(signed)
const bundleCase = caseNamed('a standard bundle')
const bundle = fileOfCase(bundleCase.files['bundle'] ?? '')
const bundleTrust = await trustOf(bundleCase)

/** Files that decide something for a reader who has pinned everything. */
const decisive = ['record', 'signatures', 'receipt', 'leaf', 'proof', 'checkpoint'] as const
const pieces = [...decisive, 'jwks', 'policy'] as const
const anyBit = fc.record({ at: fc.nat(), bit: fc.nat(7) })

function flipped(bytes: Uint8Array = new Uint8Array(), { at, bit }: { at: number; bit: number }) {
  const changed = Uint8Array.from(bytes)
  changed[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ (1 << bit)
  return changed
}

describe('evidence of which one bit was changed', () => {
  it('is never good for a reader who has pinned everything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...decisive), anyBit, async (name, where) => {
        const damaged = { ...evidence, [name]: flipped(evidence[name], where) }
        const findings = await verifyRecord(damaged, trust, { digest: signed.digest })
        assert.equal(isGoodReport(findings), false)
      }),
      { numRuns: 600 },
    )
  })

  it('gets a report from a reader who has pinned nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...pieces), anyBit, async (name, where) => {
        const damaged = { ...evidence, [name]: flipped(evidence[name], where) }
        assert.equal((await verifyRecord(damaged, {})).length, 12)
      }),
      { numRuns: 300 },
    )
  })

  it('gets a report when it is any bytes at all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...pieces), fc.uint8Array(), async (name, bytes) => {
        assert.equal((await verifyRecord({ ...evidence, [name]: bytes }, {})).length, 12)
      }),
      { numRuns: 200 },
    )
  })
})

describe('a bundle', () => {
  it('of which one bit was changed is never good, even by its own word', async () => {
    await fc.assert(
      fc.asyncProperty(anyBit, async (where) => {
        assert.equal(isGoodReport(await verifyTar(flipped(bundle, where), {})), false)
      }),
      { numRuns: 400 },
    )
  })

  it('that is cut anywhere is of bad form', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(bundle.length - 1), async (end) => {
        const [finding] = await verifyTar(bundle.subarray(0, end), bundleTrust)
        assert.deepEqual([finding?.check, finding?.outcome], ['bundle-form', 'bad'])
      }),
      { numRuns: 200 },
    )
  })
})
