import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { tagManifestPath, type BundleEntry } from '../../src/bundle/layout.ts'
import { planBundle, type ByteRange, type OpenBlob } from '../../src/bundle/write-bundle.ts'
import { parseDigest } from '../../src/record/digest.ts'
import { requireInFull } from '../tools.ts'
import { bytesOf } from './bundle-fixtures.ts'
import { runWell } from './programs.ts'

const gib = 1024 ** 3
const largeByteLength = 9 * gib + 1
const zeros = new Uint8Array(1024 ** 2)
const large = parseDigest(`sha256:${'1'.repeat(64)}`)
const last = parseDigest(`sha256:${'2'.repeat(64)}`)
const afterIt = Buffer.from('what lies behind nine gibibytes\n')

async function* zerosOf({ start, endExclusive }: ByteRange) {
  for (let rest = endExclusive - start; rest > 0; rest -= zeros.length) {
    yield rest >= zeros.length ? zeros : zeros.subarray(0, rest)
  }
}

async function* lastOf({ start, endExclusive }: ByteRange) {
  yield afterIt.subarray(start, endExclusive)
}

const openBlob: OpenBlob = async (digest, range) =>
  digest === large ? zerosOf(range) : lastOf(range)

function entryOf(path: string, digest: typeof large, byteLength: number): BundleEntry {
  return { path, mode: 0o644, byteLength, digest, source: { blob: digest } }
}

const plan = planBundle(
  [entryOf('data/large', large, largeByteLength), entryOf(tagManifestPath, last, afterIt.length)],
  'top',
  1795168800,
)

function wholeTar(): AsyncIterable<Uint8Array> {
  return plan.open({ start: 0, endExclusive: plan.byteLength }, openBlob)
}

/** Unpacks every member into a program: the large one is counted, the other shown. */
async function countedBy(...tar: readonly string[]): Promise<string> {
  const show = 'if [ "$TAR_SIZE" -gt 1000 ]; then wc -c; else cat; fi'
  const output = await runWell([...tar, '-x', `--to-command=${show}`, '-f', '-'], {
    input: wholeTar(),
  })
  return output.toString().trimStart()
}

const expected = `${largeByteLength}\n${afterIt.toString()}`

describe('a member of more than 8 GiB', () => {
  it('comes out of GNU tar in full, and so does what follows it', async () => {
    assert.equal(await countedBy('tar', '--blocking-factor=512'), expected)
  })

  it(
    'comes out of BusyBox tar in full, and so does what follows it',
    requireInFull('busybox'),
    async () => {
      assert.equal(await countedBy('busybox', 'tar'), expected)
    },
  )

  it('is found by offset, and read only where it is asked for', async () => {
    const opened: ByteRange[] = []
    const spy: OpenBlob = async (digest, range) => {
      opened.push(range)
      return openBlob(digest, range)
    }
    const end = 512 + largeByteLength
    const part = await bytesOf(
      plan.open({ start: end - 3, endExclusive: plan.byteLength - 1024 }, spy),
    )
    assert.deepEqual(opened, [
      { start: largeByteLength - 3, endExclusive: largeByteLength },
      { start: 0, endExclusive: afterIt.length },
    ])
    assert.equal(part.length, 3 + 511 + 512 + 512)
    assert.deepEqual(part.subarray(-512, -512 + afterIt.length), afterIt)
  })
})
