import { hash } from 'node:crypto'
import { secondsText } from '../archive/clock.ts'
import type { LogEntry } from '../catalog/log-entries.ts'
import { CompactRange } from '../log/compact-range.ts'
import { renewalLeaf, type LoggedRenewal } from '../log/leaf.ts'
import { leafHash } from '../log/merkle-tree.ts'
import { documentHash, faultOfRenewal, renewedLogOf, type RenewedLog } from '../log/renewal.ts'
import { entriesAtOnce, listSoundEntries } from '../publication/check-log.ts'
import { hexOfBytes, sha256 } from '../publication/log-parts.ts'
import { readLeaf, type AuditedLeaf } from '../verification/audit-leaf.ts'
import { CannotServe } from './cannot-serve.ts'
import {
  forOperator,
  publishStopped,
  refuseWithoutKeys,
  type StoppedRegistry,
} from './stopped-registry.ts'

/** An entry that renews all entries before it. */
export interface Renewal {
  readonly renewed: RenewedLog
  /** Exact bytes of the entry. */
  readonly leaf: Uint8Array
  /** The last entry renews the log already: nothing was appended. */
  readonly wasThere: boolean
}

/**
 * Appends an entry that names everything before it by hashes of SHA-512, and
 * publishes it. What is interrupted is finished by the same call or by the next
 * start of the service.
 *
 * @throws CannotServe when the log is not in order, or has entries of a later version.
 */
export async function renewLog(registry: StoppedRegistry): Promise<Renewal> {
  await refuseWithoutKeys(registry.registryKeys)
  const entries = new RenewedEntries()
  for (;;) {
    await publishStopped(registry)
    await readNewEntries(registry, entries)
    if (entries.renewal !== undefined) return { ...entries.renewal, wasThere: true }
    const { renewed } = entries
    const leaf = renewalLeaf({ ...renewed, at: secondsText(registry.clock()) })
    const entry = { kind: 'renewal', leaf, leafHash: hexOfBytes(leafHash(leaf, sha256)) } as const
    if ((await registry.entries.addEntryAt(renewed.covers.size, entry)) === 'taken') continue
    await publishStopped(registry)
    return { renewed, leaf, wasThere: false }
  }
}

/** Reads what was not read before; every entry is hashed again. */
async function readNewEntries(registry: StoppedRegistry, read: RenewedEntries): Promise<void> {
  for (;;) {
    const range = { from: read.size, limit: entriesAtOnce }
    const page = await forOperator(() => listSoundEntries(registry.entries, range))
    if (page.length === 0) return
    for (const entry of page) read.take(entry)
  }
}

/** What a renewal behind the entries taken so far has to say. */
class RenewedEntries {
  readonly #log = new CompactRange(sha256)
  readonly #documents = new CompactRange(sha512)
  #renewal: Pick<Renewal, 'renewed' | 'leaf'> | undefined

  get size(): number {
    return this.#log.size
  }

  get renewed(): RenewedLog {
    return renewedLogOf(this.#log.size, this.#log.root(), this.#documents)
  }

  /** The last entry, if it renews those before it. */
  get renewal(): Pick<Renewal, 'renewed' | 'leaf'> | undefined {
    return this.#renewal
  }

  take({ logIndex, leaf }: LogEntry): void {
    const said = readLeaf(leaf)
    this.#renewal = said.kind === 'renewal' ? this.#rightRenewal(said, leaf) : undefined
    this.#takeDocument(said, logIndex)
    this.#log.append(leafHash(leaf, sha256))
  }

  // One that is wrong cannot be taken back; the next one is right.
  #rightRenewal(said: LoggedRenewal, leaf: Uint8Array) {
    const { renewed } = this
    return faultOfRenewal(said, renewed) === undefined ? { renewed, leaf } : undefined
  }

  #takeDocument(said: AuditedLeaf, logIndex: number): void {
    switch (said.kind) {
      case 'deposit':
      case 'event':
      case 'withdrawal':
        return this.#documents.append(documentHash(said.document, sha512))
      case 'key':
      case 'depositor-key':
      case 'renewal':
        return undefined
      case 'unknown':
        throw new CannotServe(`entry ${logIndex} is of a kind that is not known here: ${said.name}`)
      case 'malformed':
        throw new CannotServe(`entry ${logIndex} cannot be read: ${said.why}`)
    }
  }
}

function sha512(bytes: Uint8Array): Uint8Array {
  return hash('sha512', bytes, 'buffer')
}
