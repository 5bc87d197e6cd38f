import { createHash } from 'node:crypto'
import type { BundledRecord, BundleEntry } from '../../src/bundle/layout.ts'
import { layOutBundle, topDirectoryOf } from '../../src/bundle/layout.ts'
import type { BundleProfile } from '../../src/bundle/payload.ts'
import type { ByteRange, OpenBlob, PlannedBundle } from '../../src/bundle/write-bundle.ts'
import { planBundle } from '../../src/bundle/write-bundle.ts'
import { canonicalBytes } from '../../src/record/canonical-json.ts'
import { digestOfHex, type Digest } from '../../src/record/digest.ts'
import { checkRecord } from '../../src/record/findings.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { minimalRun } from '../record-fixtures.ts'

/** 2026-11-20T10:00:00Z, the time of every receipt here. */
export const issuedAt = 1795168800

/** Blobs in memory, named as they are added. */
export class Blobs {
  readonly #byDigest = new Map<Digest, Uint8Array>()
  /** What was opened, in order. */
  readonly opened: { digest: Digest; range: ByteRange }[] = []

  add(contents: string | Uint8Array): Digest {
    const bytes = Buffer.from(contents)
    const digest = digestOfHex(createHash('sha256').update(bytes).digest('hex'))
    this.#byDigest.set(digest, bytes)
    return digest
  }

  /** A reference as it stands in a record. */
  reference(contents: string): JsonObject {
    return { digest: this.add(contents), size: Buffer.byteLength(contents) }
  }

  byteLengthOf(digest: Digest): number | undefined {
    return this.#byDigest.get(digest)?.length
  }

  readonly open: OpenBlob = async (digest, range) => {
    this.opened.push({ digest, range })
    const bytes = this.#byDigest.get(digest)
    return bytes && inPieces(bytes.subarray(range.start, range.endExclusive), 1000)
  }
}

export async function* inPieces(
  bytes: Uint8Array,
  pieceLength: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let start = 0; start < bytes.length; start += pieceLength) {
    yield bytes.subarray(start, start + pieceLength)
  }
}

/** The record with everything around it that its bundle is made of. */
export function bundledOf(document: JsonObject, blobs: Blobs): BundledRecord {
  const recordBytes = canonicalBytes(document)
  const hex = createHash('sha256').update(recordBytes).digest('hex')
  const runner = Buffer.from('#!/usr/bin/env python3\n')
  return {
    record: checkRecord(document).record,
    recordDigest: digestOfHex(hex),
    recordBytes,
    receipt: '{"payload":"e30","protected":"e30","signature":"c2ln"}',
    jwks: '{"keys":[]}',
    signatures: '{"signatures":[]}',
    leaf: Buffer.from('{"apiVersion":"1"}'),
    proof: 'c2sp.org/tlog-proof@v1\nindex 0\n\nheat.example.org/log\n1\nroot\n\nsigned\n',
    checkpoint: 'heat.example.org/log\n1\nroot\n\nsigned\n',
    policy: 'log heat.example.org/log+00000000+key\nquorum none\n',
    pinned: {
      bundleFormat: 1,
      issuedAt,
      runner: { digest: blobs.add(runner), byteLength: runner.length },
    },
    byteLengthOf: (digest) => blobs.byteLengthOf(digest),
  }
}

/** A run with two inputs, an environment, a reference, logs and an output. */
export function smallRun(blobs: Blobs): JsonObject {
  return minimalRun({
    title: 'Heat in a rod',
    plan: {
      environments: [
        { id: 'tools', kind: 'python', lock: blobs.reference('numpy==2.0\n'), resolver: 'pip' },
      ],
      inputs: [
        inputOf(blobs, 'heat.in', 'cells 64\n'),
        {
          ...inputOf(blobs, 'bin/heat solver.sh', '#!/bin/sh\necho hot\n'),
          role: 'script',
          executable: true,
        },
      ],
      stages: [{ id: 'run', kind: 'run', script: 'bin/heat solver.sh', environment: 'tools' }],
      expectations: [
        {
          id: 'profile',
          stage: 'run',
          path: 'out/Wärme.csv',
          required: true,
          reference: blobs.add('x,t\n0,1\n'),
          rule: { type: 'exact' },
        },
      ],
    },
    run: {
      stages: [
        { id: 'run', status: 'succeeded', exitCode: 0, logs: { stdout: blobs.reference('hot\n') } },
      ],
      outputs: [
        {
          path: 'out/Wärme.csv',
          ...blobs.reference('x,t\n0,2\n'),
          expectation: 'profile',
          retained: true,
        },
      ],
    },
  })
}

export function inputOf(blobs: Blobs, path: string, contents: string): JsonObject {
  return { path, role: 'deck', availability: 'retained', ...blobs.reference(contents) }
}

export interface WholeBundle {
  readonly entries: readonly BundleEntry[]
  readonly plan: PlannedBundle
  readonly bytes: Buffer
}

export async function bundleOf(
  document: JsonObject,
  blobs: Blobs,
  profile: BundleProfile,
): Promise<WholeBundle> {
  const bundled = bundledOf(document, blobs)
  const entries = await layOutBundle(bundled, profile)
  const plan = planBundle(entries, topDirectoryOf(bundled.recordDigest), issuedAt)
  const whole = { start: 0, endExclusive: plan.byteLength }
  return { entries, plan, bytes: await bytesOf(plan.open(whole, blobs.open)) }
}

export async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(stream))
}
