import assert from 'node:assert/strict'
import { openCheckpoint, type Checkpoint } from '../../src/log/checkpoint.ts'
import { decodeEntryBundle } from '../../src/log/entry-bundle.ts'
import { leafHash } from '../../src/log/merkle-tree.ts'
import { parseVerifierKey, type NoteVerifier } from '../../src/log/note.ts'
import { parseProofFile } from '../../src/log/proof-file.ts'
import {
  consistencyProofFromTiles,
  rootFromInclusion,
  verifyConsistency,
} from '../../src/log/proof.ts'
import { tilePath, tileWidth, type TileName } from '../../src/log/tile.ts'
import { quickSha256 } from '../log/log-by-definition.ts'

/** Reads a log over HTTP and believes nothing of it but the signatures of its keys. */
export class LogReader {
  readonly #url: string
  readonly #verifiers: readonly NoteVerifier[]

  private constructor(url: string, verifiers: readonly NoteVerifier[]) {
    this.#url = url
    this.#verifiers = verifiers
  }

  /** @param registry - its URL, without a slash at the end. */
  static async of(registry: string): Promise<LogReader> {
    const url = `${registry}/log`
    const lines = String(await bytesAt(`${url}/keys`)).trimEnd()
    const vkeys = lines.split('\n').map((line) => line.split(' ')[0] ?? '')
    return new LogReader(url, await Promise.all(vkeys.map(parseVerifierKey)))
  }

  /** The signed note that is published now. */
  async checkpoint(): Promise<string> {
    return String(await bytesAt(`${this.#url}/checkpoint`))
  }

  /** What the log said when it signed the note. */
  async headOf(note: string): Promise<Checkpoint> {
    const [origin = ''] = note.split('\n')
    return openCheckpoint(note, origin, this.#verifiers)
  }

  async size(): Promise<number> {
    return (await this.headOf(await this.checkpoint())).size
  }

  /** Every entry, in the order of the log. */
  async entries(): Promise<string[]> {
    const size = await this.size()
    const bundles = Array.from({ length: Math.ceil(size / tileWidth) }, (_, index) =>
      this.#readBundle(index, size),
    )
    return (await Promise.all(bundles)).flat().map((entry) => Buffer.from(entry).toString())
  }

  /** Fails unless the published log is the one that was signed for, with entries behind it. */
  async assertExtends(note: string): Promise<void> {
    const [old, now] = [await this.headOf(note), await this.headOf(await this.checkpoint())]
    assert.equal(old.origin, now.origin)
    assert.ok(old.size <= now.size, `${old.size} entries were signed for, ${now.size} are there`)
    const readTile = (name: TileName) => this.#read(name)
    const proof = await consistencyProofFromTiles(old.size, now.size, readTile, quickSha256)
    const claim = { oldSize: old.size, oldRoot: old.root, newSize: now.size, newRoot: now.root }
    const isExtended = await verifyConsistency({ ...claim, proof }, quickSha256)
    assert.ok(isExtended, `the log of ${now.size} entries does not extend that of ${old.size}`)
  }

  /**
   * Fails unless the proof file shows that the log has an entry about that digest.
   *
   * @returns the index of the entry.
   */
  async assertProves(proofFile: string, digest: string): Promise<number> {
    const { index, proof, checkpoint } = parseProofFile(proofFile)
    const { size, root } = await this.headOf(checkpoint)
    const bundle = await this.#readBundle(Math.floor(index / tileWidth), await this.size())
    const entry = bundle[index % tileWidth] ?? new Uint8Array()
    const claim = { index, size, leafHash: leafHash(entry, quickSha256), proof }
    assert.deepEqual(await rootFromInclusion(claim, quickSha256), root)
    assert.ok(subjectOf(entry).includes(`"sha256":"${digest.slice('sha256:'.length)}"`))
    return index
  }

  async #readBundle(index: number, size: number): Promise<Uint8Array[]> {
    const width = Math.min(tileWidth, size - index * tileWidth)
    return decodeEntryBundle(await this.#read({ kind: 'entries', level: 0, index, width }))
  }

  async #read(name: TileName): Promise<Uint8Array> {
    return bytesAt(`${this.#url}/${tilePath(name)}`)
  }
}

/** The member of a leaf that says what it is about. */
function subjectOf(entry: Uint8Array): string {
  const { spec } = parseLeaf(entry)
  return JSON.stringify(spec['event'] ?? spec['record'])
}

function parseLeaf(entry: Uint8Array): { spec: Readonly<Record<string, unknown>> } {
  return JSON.parse(Buffer.from(entry).toString())
}

async function bytesAt(url: string): Promise<Buffer> {
  const answer = await fetch(url)
  const bytes = Buffer.from(await answer.arrayBuffer())
  assert.equal(answer.status, 200, `${url}: ${String(bytes.subarray(0, 300))}`)
  return bytes
}
