import * as fc from 'fast-check'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readTar } from '../../src/bundle/read-tar.ts'
import { parseTarHeader } from '../../src/bundle/tar-header.ts'
import { tarHeader } from '../../src/bundle/tar.ts'
import { planBundle } from '../../src/bundle/write-bundle.ts'
import { readTarBundle } from '../../src/bundle/read-bundle.ts'
import { MalformedBundle } from '../../src/bundle/malformed-bundle.ts'
import { fileOfCase, startHash, writtenCases } from '../verification/written-cases.ts'
import { anyFiles, entriesOf } from './arbitrary-files.ts'
import { Blobs, bytesOf, inPieces, issuedAt } from './bundle-fixtures.ts'
import { runWell, temporaryDirectory } from './programs.ts'

const standard = fileOfCase(
  writtenCases.find(({ name }) => name === 'a standard bundle')?.files['bundle'] ?? '',
)

describe('reading a bundle', () => {
  it('finds the files that were written, in any pieces', async () => {
    await fc.assert(
      fc.asyncProperty(anyFiles, fc.integer({ min: 1, max: 2000 }), async (files, pieceLength) => {
        const entries = entriesOf(files)
        const plan = planBundle(entries, 'top', issuedAt)
        const whole = { start: 0, endExclusive: plan.byteLength }
        const tar = await bytesOf(plan.open(whole, new Blobs().open))
        const found = await filesOf(inPieces(tar, pieceLength))
        const written = entries.map(({ path, digest }) => [`top/${path}`, digest.slice(7)])
        assert.deepEqual(found, written)
      }),
      { numRuns: 30 },
    )
  })

  it('reads one that GNU tar has packed again', async () => {
    await using directory = await temporaryDirectory()
    const cwd = directory.path
    await runWell(['tar', '-x', '-f', '-'], { input: standard, cwd })
    const packed = await runWell(['sh', '-c', 'tar -c -f - --format=gnu *'], { cwd })
    const [again, first] = await Promise.all([bundleIn(packed), bundleIn(standard)])
    assert.deepEqual(again.files, first.files)
  })

  it('reads sizes beyond the eleven octal digits of a header', () => {
    const byteLength = 9 * 1024 ** 3
    const header = tarHeader({ path: 'top/large', byteLength, mode: 0o644, mtimeSeconds: 0 })
    assert.equal(parseTarHeader(header, 0).byteLength, byteLength)
  })

  it('keeps no bytes of payload files', async () => {
    const { documents } = await bundleIn(standard)
    const kept = [...documents.keys()].filter((path) => path.startsWith('data/'))
    assert.deepEqual(kept, ['data/record.json'])
  })

  it('refuses a document that is too large to be held', async () => {
    const path = '0123456789abcdef/stele/policy'
    const header = tarHeader({ path, byteLength: 2 ** 30, mode: 0o644, mtimeSeconds: 0 })
    await assert.rejects(bundleIn(header), MalformedBundle)
  })

  it('passes on what the stream throws', async () => {
    await assert.rejects(readTarBundle(brokenStream(), startHash), /connection lost/)
  })

  it('tells the stream when it reads no further', async () => {
    const stream = noticingStream()
    await assert.rejects(readTarBundle(stream.pieces(), startHash), MalformedBundle)
    assert.equal(stream.isClosed(), true)
  })
})

function bundleIn(tar: Uint8Array) {
  return readTarBundle(inPieces(tar, 700), startHash)
}

async function filesOf(tar: AsyncIterable<Uint8Array>): Promise<string[][]> {
  const found: string[][] = []
  for await (const { path, contents } of readTar(tar)) {
    const hash = startHash()
    for await (const piece of contents) hash.update(piece)
    found.push([path, hash.hex()])
  }
  return found
}

async function* brokenStream(): AsyncGenerator<Uint8Array, void, undefined> {
  yield standard.subarray(0, 5000)
  throw new Error('connection lost')
}

/** No tar, but more bytes than anybody needs to see that. */
function noticingStream() {
  let closed = false
  async function* pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) yield new Uint8Array(1000).fill(65)
    } finally {
      closed = true
    }
  }
  return { pieces, isClosed: () => closed }
}
