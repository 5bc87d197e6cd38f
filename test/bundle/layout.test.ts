import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { layOutBundle, topDirectoryOf, UnknownBlobLength } from '../../src/bundle/layout.ts'
import type { BundleEntry } from '../../src/bundle/layout.ts'
import type { BundleProfile } from '../../src/bundle/payload.ts'
import type { JsonObject } from '../../src/record/strict-json.ts'
import { checkRecord } from '../../src/record/findings.ts'
import { minimalCollection, minimalPlan, minimalRun } from '../record-fixtures.ts'
import { Blobs, bundledOf, bundleOf, inputOf, smallRun } from './bundle-fixtures.ts'
import { richFull, richRun, richStandard } from './rich-run.ts'

const tagPaths = [
  'bag-info.txt',
  'bagit.txt',
  'manifest-sha256.txt',
  'stele/checkpoint',
  'stele/jwks.json',
  'stele/leaf.json',
  'stele/policy',
  'stele/receipt.jws',
  'stele/record.tlog-proof',
  'stele/signatures.json',
  'stele/stele.pyz',
  'tagmanifest-sha256.txt',
  'verify.sh',
]

async function entriesOf(document: JsonObject, profile: BundleProfile, blobs = new Blobs()) {
  return layOutBundle(bundledOf(document, blobs), profile)
}

function textOf(entries: readonly BundleEntry[], path: string): string {
  const source = entries.find((entry) => entry.path === path)?.source
  assert.ok(source && 'bytes' in source, `${path} is made here`)
  return Buffer.from(source.bytes).toString()
}

/** Contents of every blob of the payload, by path below `data/`. */
async function payloadOf(profile: BundleProfile): Promise<Record<string, string>> {
  const blobs = new Blobs()
  const entries = await entriesOf(richRun(blobs), profile, blobs)
  const payload = entries.filter(({ path, source }) => path.startsWith('data/') && 'blob' in source)
  const contents = payload.map(async ({ path, digest, byteLength }) => {
    const stream = await blobs.open(digest, { start: 0, endExclusive: byteLength })
    const bytes = stream === undefined ? [] : await Array.fromAsync(stream)
    return [path.slice('data/'.length), Buffer.concat(bytes).toString()] as const
  })
  return Object.fromEntries(await Promise.all(contents))
}

describe('a thin bundle', () => {
  it('holds the record, a page for people and the tag files, in order of their bytes', async () => {
    const entries = await entriesOf(minimalPlan(), 'thin')
    assert.deepEqual(
      entries.map(({ path }) => path),
      [...tagPaths.slice(0, 2), 'data/README.md', 'data/record.json', ...tagPaths.slice(2)],
    )
  })

  it('needs no blob but the runner', async () => {
    const blobs = new Blobs()
    const document = richRun(blobs)
    const bundled = { ...bundledOf(document, blobs), byteLengthOf: () => undefined }
    const entries = await layOutBundle(bundled, 'thin')
    const withBlobs = entries.filter(({ source }) => 'blob' in source).map(({ path }) => path)
    assert.deepEqual(withBlobs, ['stele/stele.pyz'])
    await assert.rejects(layOutBundle(bundled, 'standard'), UnknownBlobLength)
  })

  it('has no signatures when the depositor did not sign', async () => {
    const bundled = { ...bundledOf(minimalRun(), new Blobs()), signatures: undefined }
    const entries = await layOutBundle(bundled, 'thin')
    assert.ok(!entries.some(({ path }) => path === 'stele/signatures.json'))
  })
})

describe('the payload', () => {
  it('of a standard bundle is what a replay reads', async () => {
    assert.deepEqual(await payloadOf('standard'), { ...richStandard })
  })

  it('of a full bundle is everything the registry holds', async () => {
    assert.deepEqual(await payloadOf('full'), { ...richStandard, ...richFull })
  })

  it('of a thin bundle, and of a collection, has no blobs', async () => {
    assert.deepEqual(await payloadOf('thin'), {})
    const entries = await entriesOf(minimalCollection(), 'full')
    assert.equal(entries.length, tagPaths.length + 2)
  })

  it('keeps executable inputs executable, and nothing else', async () => {
    const blobs = new Blobs()
    const entries = await entriesOf(richRun(blobs), 'full', blobs)
    const executable = entries.filter(({ mode }) => mode === 0o755).map(({ path }) => path)
    assert.deepEqual(executable, ['data/inputs/run.sh', 'stele/stele.pyz', 'verify.sh'])
  })

  it('puts a second file for one place under its digest', async () => {
    const blobs = new Blobs()
    const attempt = (text: string) => ({
      id: 'run',
      status: 'failed',
      logs: { stdout: blobs.reference(text) },
    })
    const document = minimalRun({ run: { stages: [attempt('first'), attempt('second')] } })
    const entries = await entriesOf(document, 'standard', blobs)
    const byPath = new Map(entries.map(({ path, digest }) => [path, digest]))
    assert.equal(byPath.get('data/run/run/1/stdout'), blobs.add('first'))
    const other = `data/other/${blobs.add('second').slice('sha256:'.length)}`
    assert.equal(byPath.get(other), blobs.add('second'))
  })

  it('never holds two paths that differ by case only, or a file that is a directory too', async () => {
    const blobs = new Blobs()
    const files = ['a/b', 'A/B', 'a', 'x', 'X', 'x/y'].map((path) => ({
      path,
      ...blobs.reference('same'),
    }))
    const document = minimalPlan({
      plan: {
        environments: [{ id: 'spack', kind: 'spack', caches: [{ layout: 2, files }] }],
        stages: [{ id: 'run', kind: 'run' }],
      },
    })
    const entries = await entriesOf(document, 'full', blobs)
    const payload = entries.map(({ path }) => path).filter((path) => /^data\/[eo]/.test(path))
    const hex = blobs.add('same').slice('sha256:'.length)
    const folder = 'data/environments/spack/buildcache/0'
    assert.deepEqual(payload, [`${folder}/a/b`, `${folder}/x`, `data/other/${hex}`])
  })
})

describe('the tag files', () => {
  it('say when, what and how much, as BagIt wants it', async () => {
    const document = minimalPlan()
    const entries = await entriesOf(document, 'thin')
    const record = textOf(entries, 'data/record.json')
    const base64url = createHash('sha256').update(record).digest('base64url')
    const bytes = record.length + Buffer.byteLength(textOf(entries, 'data/README.md'))
    assert.equal(
      textOf(entries, 'bag-info.txt'),
      `Bag-Software-Agent: stele bundle format 1
Bagging-Date: 2026-11-20
External-Identifier: ni:///sha-256;${base64url}
Payload-Oxum: ${bytes}.2
Stele-Bundle-Profile: thin
`,
    )
    assert.equal(
      textOf(entries, 'bagit.txt'),
      'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n',
    )
  })

  it('list every other file once, in order of their paths', async () => {
    const blobs = new Blobs()
    const entries = await entriesOf(richRun(blobs), 'full', blobs)
    const linesOf = (chosen: readonly BundleEntry[]) =>
      chosen.map(({ path, digest }) => `${digest.slice('sha256:'.length)}  ${path}\n`).join('')
    const payload = entries.filter(({ path }) => path.startsWith('data/'))
    const tags = entries.filter((entry) => !payload.includes(entry))
    assert.equal(textOf(entries, 'manifest-sha256.txt'), linesOf(payload))
    assert.equal(
      textOf(entries, 'tagmanifest-sha256.txt'),
      linesOf(tags.filter(({ path }) => path !== 'tagmanifest-sha256.txt')),
    )
  })
})

describe('a bundle', () => {
  it('has the same bytes and the same ETag every time', async () => {
    const once = new Blobs()
    const again = new Blobs()
    const first = await bundleOf(smallRun(once), once, 'full')
    const second = await bundleOf(smallRun(again), again, 'full')
    assert.ok(first.bytes.equals(second.bytes))
    assert.equal(first.plan.etag, second.plan.etag)
    const tagManifest = textOf(first.entries, 'tagmanifest-sha256.txt')
    assert.equal(first.plan.etag, `"${createHash('sha256').update(tagManifest).digest('hex')}"`)
  })

  it('never changes: these are the bytes of format 1', async () => {
    const blobs = new Blobs()
    const { bytes } = await bundleOf(smallRun(blobs), blobs, 'full')
    assert.equal(
      createHash('sha256').update(bytes).digest('hex'),
      'e0e4e5fcecdc3a7f84644a27e23739fe5e141c59a2c1770e2635aa56d45ab6a6',
    )
  })

  it('has another ETag when an input, the receipt or the profile differs', async () => {
    const blobs = new Blobs()
    const etagOf = async (document: JsonObject, profile: BundleProfile) =>
      (await bundleOf(document, blobs, profile)).plan.etag
    const withInput = (text: string) =>
      minimalPlan({
        plan: { inputs: [inputOf(blobs, 'a', text)], stages: [{ id: 'run', kind: 'run' }] },
      })
    const etags = await Promise.all([
      etagOf(withInput('one'), 'thin'),
      etagOf(withInput('one'), 'standard'),
      etagOf(withInput('two'), 'standard'),
    ])
    assert.equal(new Set(etags).size, etags.length)
  })

  it('lies in a directory named after the record', () => {
    const digest = bundledOf(minimalRun(), new Blobs()).recordDigest
    assert.equal(topDirectoryOf(digest), digest.slice(7, 23))
  })
})

describe('the smallest records', () => {
  it('keep every rule', () => {
    for (const document of [minimalRun(), minimalPlan(), minimalCollection()]) {
      assert.deepEqual(checkRecord(document).warnings, [])
    }
  })
})
