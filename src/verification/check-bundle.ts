import { payloadFilesOf, type BundleProfile } from '../bundle/payload.ts'
import type { ReadBundle } from '../bundle/read-bundle.ts'
import { digestOfHex, type Digest } from '../record/digest.ts'
import { findNamedFiles, type NamedFiles } from '../record/named-files.ts'
import { quoted } from '../record/refusal.ts'
import { parseStrictJson, type JsonObject, type JsonValue } from '../record/strict-json.ts'
import type { ReadEvidence } from './evidence.ts'
import { findingsOf, type Finding } from './finding.ts'

const manifestPath = 'manifest-sha256.txt'
const tagManifestPath = 'tagmanifest-sha256.txt'

/** Files that every bundle has, besides those that other checks ask for. */
const needed = [
  'verify.sh',
  'data/record.json',
  'stele/receipt.jws',
  'stele/jwks.json',
  'stele/leaf.json',
  'stele/record.tlog-proof',
  'stele/checkpoint',
  'stele/policy',
  'stele/stele.pyz',
]

/** All there may be outside of the payload: nothing pins what a file of another name says. */
const tagFiles = new Set([
  ...needed,
  'bagit.txt',
  'bag-info.txt',
  manifestPath,
  tagManifestPath,
  'stele/signatures.json',
])

/** Are the files those that the manifests list, unchanged? */
export function checkFiles(bundle: ReadBundle): Finding {
  const finding = findingsOf('bundle-files')
  const payload = findManifest(bundle, manifestPath)
  const tags = findManifest(bundle, tagManifestPath)
  if (payload === undefined) return finding('bad', `${manifestPath} is missing or not readable`)
  if (tags === undefined) return finding('bad', `${tagManifestPath} is missing or not readable`)
  const isPayload = (path: string) => path.startsWith('data/')
  const paths = [...bundle.files.keys()].filter((path) => path !== tagManifestPath)
  const faults = [
    ...faultsOf(bundle, payload, paths.filter(isPayload)),
    ...faultsOf(
      bundle,
      tags,
      paths.filter((path) => !isPayload(path)),
    ),
  ]
  if (faults.length > 0) return finding('bad', inWords(faults))
  const announced = findInfo(bundle, 'Payload-Oxum') ?? 'nothing'
  const counted = oxumOf(bundle, paths.filter(isPayload))
  if (announced !== counted) {
    return finding('bad', `bag-info.txt announces ${quoted(announced)}, there is ${counted}`)
  }
  return finding('good', `${bundle.files.size} files, all as the manifests say`)
}

function faultsOf(
  { files }: ReadBundle,
  listed: ReadonlyMap<string, Digest>,
  present: readonly string[],
): string[] {
  const here = new Set(present)
  return [
    ...present.filter((path) => !listed.has(path)).map((path) => `not listed: ${quoted(path)}`),
    ...[...listed].flatMap(([path, digest]) => {
      if (!here.has(path)) return [`missing: ${quoted(path)}`]
      return files.get(path)?.digest === digest ? [] : [`changed: ${quoted(path)}`]
    }),
  ]
}

function oxumOf({ files }: ReadBundle, payload: readonly string[]): string {
  const bytes = payload.reduce((sum, path) => sum + (files.get(path)?.byteLength ?? 0), 0)
  return `${bytes}.${payload.length}`
}

/** Does it hold what a bundle of this record and profile must, each file at its place, no other? */
export function checkCompleteness(bundle: ReadBundle, { receipt }: ReadEvidence): Finding {
  const finding = findingsOf('bundle-completeness')
  const profile = findProfile(bundle)
  if (profile === undefined) return finding('bad', 'bag-info.txt names no known profile')
  const isStrange = (path: string) => !path.startsWith('data/') && !tagFiles.has(path)
  const strangers = [...bundle.files.keys()].filter(isStrange)
  if (strangers.length > 0) return finding('bad', `no bundle has ${inWords(strangers)}`)
  const payload = comparePayload(bundle, profile)
  if (payload !== undefined && payload.strange.length > 0) {
    return finding('bad', `the record has no such file there: ${inWords(payload.strange)}`)
  }
  const pinned = receipt.state === 'read' ? runnerOf(receipt.value.statement) : undefined
  const runner = bundle.files.get('stele/stele.pyz')?.digest
  if (receipt.state === 'read' && runner !== undefined && runner !== pinned) {
    return finding('bad', 'stele.pyz is not the runner that the receipt names')
  }
  const missing = needed.filter((path) => !bundle.files.has(path))
  const lacking = [...missing, ...(payload?.lacking ?? [])]
  if (lacking.length > 0) return finding('absent', `there is no ${inWords(lacking)}`)
  if (payload === undefined) {
    return finding('unknown', 'cannot be checked, because record or manifest is not readable')
  }
  if (receipt.state !== 'read') return finding('unknown', 'no readable receipt names the runner')
  return finding('good', `a whole bundle of the profile ${profile}`)
}

/** Generated, or the record itself: not among the files that the record names. */
const notNamed = ['data/record.json', 'data/README.md']

/** The listed files against those that follow from the record; `undefined` without either. */
function comparePayload(
  bundle: ReadBundle,
  profile: BundleProfile,
): { readonly strange: readonly string[]; readonly lacking: readonly string[] } | undefined {
  const listed = findManifest(bundle, manifestPath)
  const record = findRecord(bundle)
  if (listed === undefined || record === undefined) return undefined
  const files = payloadFilesOf(record, profile)
  const expected = new Map(files.map(({ path, digest }) => [path, digest]))
  const paths = [...listed.keys()].filter((path) => !notNamed.includes(path))
  return {
    strange: paths.filter((path) => listed.get(path) !== expected.get(path)),
    lacking: [...expected.keys()].filter((path) => !listed.has(path)),
  }
}

function findProfile(bundle: ReadBundle): BundleProfile | undefined {
  const profile = findInfo(bundle, 'Stele-Bundle-Profile')
  return profile === 'thin' || profile === 'standard' || profile === 'full' ? profile : undefined
}

function findRecord({ documents }: ReadBundle): NamedFiles | undefined {
  const bytes = documents.get('data/record.json')
  return bytes === undefined
    ? undefined
    : unlessRefused(() => findNamedFiles(parseStrictJson(bytes)))
}

function runnerOf({ bundle }: JsonObject): JsonValue | undefined {
  if (bundle === null || typeof bundle !== 'object' || Array.isArray(bundle)) return undefined
  return bundle['runner']
}

/** Path → digest; `undefined` for a manifest that sha256sum could read otherwise. */
function findManifest({ documents }: ReadBundle, name: string): Map<string, Digest> | undefined {
  const bytes = documents.get(name)
  const text = bytes === undefined ? undefined : findText(bytes)
  if (text === undefined || !/^$|\n$/.test(text.slice(-1))) return undefined
  const listed = new Map<string, Digest>()
  for (const line of text.split('\n').slice(0, -1)) {
    const [, hex, path] = /^([0-9a-f]{64}) {2}(.+)$/s.exec(line) ?? []
    if (hex === undefined || path === undefined || listed.has(path)) return undefined
    listed.set(path, digestOfHex(hex))
  }
  return listed
}

/** What the first line of that label says. A line ends at a newline and nowhere else. */
function findInfo({ documents }: ReadBundle, label: string): string | undefined {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(documents.get('bag-info.txt'))
  const start = `${label}: `
  return text
    .split('\n')
    .find((line) => line.startsWith(start))
    ?.slice(start.length)
}

function findText(bytes: Uint8Array): string | undefined {
  return unlessRefused(() =>
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes),
  )
}

/** What a hostile file gives, or `undefined` when it cannot be read. */
function unlessRefused<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

const mostShown = 5

function inWords(items: readonly string[]): string {
  const more = items.length > mostShown ? ` and ${items.length - mostShown} more` : ''
  return `${items.slice(0, mostShown).join(', ')}${more}`
}
