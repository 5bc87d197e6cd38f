import assert from 'node:assert/strict'
import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { planBundle } from '../../src/bundle/write-bundle.ts'
import { requireInFull } from '../tools.ts'
import { anyFiles, entriesOf, type AnyFile } from './arbitrary-files.ts'
import { Blobs, bundleOf, bytesOf, smallRun } from './bundle-fixtures.ts'
import { runWell, temporaryDirectory } from './programs.ts'

const top = '0123456789abcdef'
const mtime = 1795168800
const noBlobs = new Blobs()

function tarOf(files: readonly AnyFile[]): Promise<Buffer> {
  const plan = planBundle(entriesOf(files), top, mtime)
  return bytesOf(plan.open({ start: 0, endExclusive: plan.byteLength }, noBlobs.open))
}

/** Path, mode, time and contents of every file below a directory. */
async function filesBelow(directory: string): Promise<Map<string, string>> {
  const found = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = found.filter((entry) => !entry.isDirectory())
  const described = files.map(async (entry) => {
    const file = path.join(entry.parentPath, entry.name)
    const { mode, mtimeMs } = await stat(file)
    const contents = (await readFile(file)).toString('base64')
    const facts = `${(mode & 0o777).toString(8)} ${mtimeMs / 1000} ${contents}`
    return [path.relative(directory, file), facts] as const
  })
  return new Map(await Promise.all(described))
}

function expectedOf(files: readonly AnyFile[]): Map<string, string> {
  const described = entriesOf(files).map(({ path, mode, source }) => {
    const contents = Buffer.from('bytes' in source ? source.bytes : '').toString('base64')
    return [`${top}/${path}`, `${mode.toString(8)} ${mtime} ${contents}`] as const
  })
  return new Map(described)
}

async function assertUnpacksWith(tar: readonly string[], files: readonly AnyFile[]): Promise<void> {
  await using directory = await temporaryDirectory()
  const input = await tarOf(files)
  await runWell([...tar, '-x', '-p', '-f', '-'], { input, cwd: directory.path })
  assert.deepEqual(await filesBelow(directory.path), expectedOf(files))
}

async function namesListedBy(tar: readonly string[], files: readonly AnyFile[]): Promise<string[]> {
  const listed = await runWell([...tar, '-t', '-f', '-'], { input: await tarOf(files) })
  return listed.toString().split('\n').slice(0, -1)
}

describe('a bundle tar', () => {
  it('unpacks with GNU tar to the same paths, modes, times and bytes', async () => {
    await fc.assert(
      fc.asyncProperty(anyFiles, (files) => assertUnpacksWith(['tar'], files)),
      { numRuns: 40 },
    )
  })

  it('unpacks with BusyBox tar to the same', requireInFull('busybox'), async () => {
    await fc.assert(
      fc.asyncProperty(anyFiles, (files) => assertUnpacksWith(['busybox', 'tar'], files)),
      { numRuns: 40 },
    )
  })

  it('is listed by GNU tar and Python in the order of its bytes', async () => {
    const gnu = ['tar', '--quoting-style=literal']
    const python = `import sys, tarfile
for member in tarfile.open(fileobj=sys.stdin.buffer, mode='r|', encoding='utf-8'):
    sys.stdout.buffer.write(member.name.encode() + b'\\n')`
    await fc.assert(
      fc.asyncProperty(anyFiles, async (files) => {
        const expected = entriesOf(files).map((entry) => `${top}/${entry.path}`)
        assert.deepEqual(await namesListedBy(gnu, files), expected)
        const read = await runWell(['python3', '-c', python], { input: await tarOf(files) })
        assert.deepEqual(read.toString().split('\n').slice(0, -1), expected)
      }),
      { numRuns: 15 },
    )
  })

  it('ends with two blocks of zeros and nothing more', async () => {
    const blobs = new Blobs()
    const { bytes, plan } = await bundleOf(smallRun(blobs), blobs, 'full')
    assert.equal(bytes.length, plan.byteLength)
    assert.equal(bytes.length % 512, 0)
    assert.ok(bytes.subarray(-1024).every((byte) => byte === 0))
    assert.notEqual(
      bytes.subarray(-1536, -1024).findIndex((byte) => byte !== 0),
      -1,
    )
  })

  it('is refused without a tag manifest, and when offsets would be rounded', () => {
    const entries = entriesOf([])
    const huge = entries.map((entry) => ({ ...entry, byteLength: 2 ** 53 - 1 }))
    assert.throws(() => planBundle([], top, mtime), /tagmanifest/)
    assert.throws(() => planBundle(huge, top, mtime), /too large/)
  })
})
