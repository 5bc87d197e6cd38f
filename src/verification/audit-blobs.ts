import type { RunningHash } from '../bundle/read-bundle.ts'
import type { NamedBlob } from '../record/blobs-named.ts'
import { hexOf, type Digest } from '../record/digest.ts'
import type { AuditReport } from './audit-finding.ts'
import { RecentItems } from './recent-items.ts'

/** Gives the bytes of blobs; rejects when it cannot be told whether they are there. */
export interface BlobFiles {
  /** `gone`: not given out any more, which only a withdrawal excuses. */
  openBlob(digest: Digest): Promise<AsyncIterable<Uint8Array> | 'gone' | undefined>
}

export interface BlobAuditParts {
  readonly files: BlobFiles
  readonly report: AuditReport
  readonly startHash: () => RunningHash
}

/**
 * Hashes the blobs that records name, as they stream. One that many records name
 * is read once, or again when 65 536 others came in between.
 */
export class BlobAudit {
  readonly #parts: BlobAuditParts
  readonly #read = new RecentItems<Digest>()
  #count = 0

  constructor(parts: BlobAuditParts) {
    this.#parts = parts
  }

  /** Blobs read. */
  get count(): number {
    return this.#count
  }

  async check({ digest, size }: NamedBlob, record: Digest): Promise<'gone' | undefined> {
    const { report, files, startHash } = this.#parts
    if (this.#read.has(digest)) return undefined
    const bytes = await files.openBlob(digest)
    if (bytes === 'gone') return 'gone'
    this.#read.add(digest)
    const bad = (what: string) => report.add('blobs', 'bad', `${digest} of ${record} ${what}`)
    if (bytes === undefined) {
      bad('is not there')
      return undefined
    }
    this.#count += 1
    const hash = startHash()
    let byteLength = 0
    for await (const piece of bytes) {
      hash.update(piece)
      byteLength += piece.length
      // Whoever serves it could go on without end.
      if (byteLength > (size ?? Infinity)) break
    }
    const found = hash.hex()
    if (found !== hexOf(digest)) bad(`has the SHA-256 ${found}`)
    else if (size !== undefined && size !== byteLength) bad(`has ${byteLength} bytes, not ${size}`)
    return undefined
  }
}
