import { digestOfHex, hexOf, type Digest } from '../record/digest.ts'
import { limits } from '../record/limits.ts'
import { quoted } from '../record/refusal.ts'
import { MalformedBundle } from './malformed-bundle.ts'
import { pathFaultInBundle } from './path-fault.ts'
import { Places } from './places.ts'
import { readTar, type BundleFile } from './read-tar.ts'
import { bagItDeclaration } from './tag-files.ts'

/** A SHA-256 that is computed while bytes stream; WebCrypto has none. */
export interface RunningHash {
  update(bytes: Uint8Array): void
  /** 64 lower-case hex digits. */
  hex(): string
}

/** Every file of a bundle by its hash, and the few small ones that say something by themselves. */
export interface ReadBundle {
  /** By path inside the top directory. */
  readonly files: ReadonlyMap<string, { readonly digest: Digest; readonly byteLength: number }>
  /** Bytes of the record, the manifests, the tag files and the statements in `stele/`. */
  readonly documents: ReadonlyMap<string, Uint8Array>
}

const MIB = 1024 * 1024

/** Files that are kept in memory, with the most bytes of each; others are only hashed. */
const documentLimits: ReadonlyMap<string, number> = new Map([
  ['bagit.txt', MIB],
  ['bag-info.txt', MIB],
  ['manifest-sha256.txt', 64 * MIB],
  ['tagmanifest-sha256.txt', MIB],
  ['data/record.json', limits.recordBytes],
  ['stele/receipt.jws', MIB],
  ['stele/signatures.json', MIB],
  ['stele/leaf.json', MIB],
  ['stele/record.tlog-proof', MIB],
  ['stele/checkpoint', MIB],
  ['stele/jwks.json', MIB],
  ['stele/policy', MIB],
])

/**
 * Reads a bundle as it was downloaded. Nothing is unpacked, and memory does not
 * grow with the files: each is hashed while it streams by.
 *
 * @throws MalformedBundle for anything a bundle never holds: names that lead out
 *   of it or collide, links, devices, a second top directory, a top directory that
 *   is not the begin of the record's digest, cut or hidden bytes, too large
 *   documents, another `bagit.txt`. What the stream throws.
 */
export async function readTarBundle(
  stream: AsyncIterable<Uint8Array>,
  startHash: () => RunningHash,
): Promise<ReadBundle> {
  const tops = new Set<string>()
  const bundle = await readBundleFiles(withoutTop(readTar(stream), tops), startHash)
  const [top = ''] = tops
  if (!/^[0-9a-f]{16}$/.test(top)) {
    throw new MalformedBundle(`the top directory is ${quoted(top)}, expected 16 hex digits`)
  }
  const record = bundle.files.get('data/record.json')
  if (record !== undefined && !hexOf(record.digest).startsWith(top)) {
    throw new MalformedBundle(`the top directory is ${top}, but the record is ${record.digest}`)
  }
  return bundle
}

/**
 * The same for a bundle that was unpacked; its directory may have any name.
 *
 * @param files - with paths inside the top directory.
 */
export async function readBundleFiles(
  files: AsyncIterable<BundleFile>,
  startHash: () => RunningHash,
): Promise<ReadBundle> {
  const found = new Map<string, { digest: Digest; byteLength: number }>()
  const documents = new Map<string, Uint8Array>()
  const places = new Places()
  for await (const file of files) {
    const { path, byteLength } = file
    refuseBadPath(path, places)
    const hash = startHash()
    const document = await hashed(file, hash)
    if (document !== undefined) documents.set(path, document)
    found.set(path, { digest: digestOfHex(hash.hex()), byteLength })
  }
  const declaration = new TextDecoder().decode(documents.get('bagit.txt'))
  if (declaration !== bagItDeclaration) {
    throw new MalformedBundle('there is no bagit.txt of a BagIt 1.0 bag in UTF-8')
  }
  return { files: found, documents }
}

async function* withoutTop(
  files: AsyncIterable<BundleFile>,
  tops: Set<string>,
): AsyncGenerator<BundleFile, void, undefined> {
  for await (const file of files) {
    const slash = file.path.indexOf('/')
    tops.add(file.path.slice(0, Math.max(slash, 0)))
    if (slash <= 0 || tops.size > 1) {
      throw new MalformedBundle(`${quoted(file.path)} is not in the one top directory`)
    }
    yield { ...file, path: file.path.slice(slash + 1) }
  }
}

function refuseBadPath(path: string, places: Places): void {
  const fault = pathFaultInBundle(path)
  if (fault !== undefined) throw new MalformedBundle(`${quoted(path)} is ${fault}`)
  if (!places.take(path)) throw new MalformedBundle(`${quoted(path)} collides with another file`)
}

/** @returns the bytes, of documents only. */
async function hashed(
  { path, byteLength, contents }: BundleFile,
  hash: RunningHash,
): Promise<Uint8Array | undefined> {
  const most = documentLimits.get(path)
  if (most !== undefined && byteLength > most) {
    throw new MalformedBundle(`${path} has ${byteLength} bytes, expected at most ${most}`)
  }
  const document = most === undefined ? undefined : new Uint8Array(byteLength)
  let at = 0
  for await (const piece of contents) {
    hash.update(piece)
    document?.set(piece, at)
    at += piece.length
  }
  return document
}
