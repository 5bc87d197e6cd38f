import { sameBytes } from '../log/bytes.ts'
import type { Checkpoint } from '../log/checkpoint.ts'
import { GrowingTree, type HashTile } from '../log/growing-tree.ts'
import type { QuickSha256 } from '../log/merkle-tree.ts'
import { tileWidth } from '../log/tile.ts'
import { quoted } from '../record/refusal.ts'
import type { EntryAudit } from './audit-entries.ts'
import type { AuditReport } from './audit-finding.ts'
import { proveGrowth, type GrowthProof, type SplitView } from './audit-growth.ts'
import { isForked, openHead, whyRefused, type HeadKeys, type SignedHead } from './audit-head.ts'
import type { RecordAudit } from './audit-record.ts'
import type { Followed } from './audit-state.ts'
import { LogFollower, type Disagreement } from './follow-log.ts'
import { LogOfSize, type ReadLogFile } from './log-of-size.ts'

export interface LogAuditParts {
  readonly readLogFile: ReadLogFile
  readonly report: AuditReport
  readonly entries: EntryAudit
  /** Without it records are left alone. */
  readonly records: RecordAudit | undefined
  readonly sha256: QuickSha256
  readonly onSplitView: (found: SplitView) => void
}

const bundlesAtOnce = 8
const recordsAtOnce = 8
/** Disagreements between files that are told one by one. */
const mostDisagreements = 1000

/** Follows a log from head to head: checkpoint, growth, tiles and entries. */
export class LogAudit {
  readonly #parts: LogAuditParts
  #seen: Followed | undefined
  /** Where to begin to read, when that is before what was seen. */
  #since: number | undefined

  constructor(parts: LogAuditParts, seen: Followed | undefined, since: number | undefined) {
    this.#parts = parts
    this.#seen = seen
    this.#since = since
  }

  /** The log up to the newest head that could be followed. */
  get seen(): Followed | undefined {
    return this.#seen
  }

  /**
   * Follows the log to its newest head.
   *
   * @returns the head, unless something about the log itself is bad.
   */
  async follow(keys: HeadKeys): Promise<SignedHead | undefined> {
    const opened = await this.#openNewest(keys)
    if (opened === undefined || !this.#isLater(opened)) return undefined
    const log = new LogOfSize(opened.head.size, this.#parts.readLogFile)
    const { sha256 } = this.#parts
    const seen = this.#seen
    const growth = seen && (await proveGrowth(seen.head, opened.head, { log, sha256 }))
    const isAgain = this.#since !== undefined
    const start = await this.#start(log)
    if (start === undefined) return undefined
    const { follower, disagreements } = await this.#readEntries(start, { log, opened })
    const { tree } = follower
    const holds = tree.size === opened.head.size && sameBytes(tree.root(), opened.head.root)
    this.#tellDisagreements(disagreements, holds)
    if (!holds) this.#parts.report.add('entries', 'bad', faultOfRoot(tree, opened.head))
    if (growth !== undefined) {
      // Entries that were read from another place than the seen head say nothing about it.
      this.#tellGrowth(growth, { opened, isGrown: holds && !isAgain })
    }
    if (!holds || disagreements.some(isAboutMissingEntries)) return undefined
    this.#seen = { ...opened, tree, edge: follower.edge() }
    return opened
  }

  async #openNewest(keys: HeadKeys): Promise<SignedHead | undefined> {
    const { readLogFile, report } = this.#parts
    const bytes = await readLogFile('checkpoint')
    try {
      if (bytes !== undefined) return await openHead(bytes, keys)
      report.add('checkpoint', 'bad', 'the log shows no checkpoint')
    } catch (error) {
      report.add('checkpoint', 'bad', whyRefused(error))
    }
    return undefined
  }

  #isLater({ note: shown, head }: SignedHead): boolean {
    const { report, onSplitView } = this.#parts
    const seen = this.#seen
    if (seen === undefined) return true
    if (seen.head.origin !== head.origin) {
      const names = `the log is now ${quoted(head.origin)}, it was ${quoted(seen.head.origin)}`
      report.add('checkpoint', 'bad', names)
      return false
    }
    const why = isForked(seen.head, head)
      ? `there are two heads at ${head.size} entries, with different roots`
      : `the log has ${head.size} entries, it had ${seen.head.size}`
    if (!isForked(seen.head, head) && head.size >= seen.head.size) return true
    report.add('consistency', 'bad', why)
    onSplitView({ why, seen: seen.note, shown, proof: [], tiles: new Map() })
    return false
  }

  async #start(log: LogOfSize): Promise<Pick<Followed, 'tree' | 'edge'> | undefined> {
    const { report, sha256 } = this.#parts
    const since = this.#since
    this.#since = undefined
    if (since === undefined) return this.#seen ?? { tree: GrowingTree.empty(sha256), edge: [] }
    const edge: HashTile[] = []
    // Not proven before the root of the head follows from it.
    const readTile = async (name: HashTile['name']) => {
      const bytes = await log.tile(name)
      edge.push({ name, bytes })
      return bytes
    }
    try {
      const size = Math.floor(since / tileWidth) * tileWidth
      return { tree: await GrowingTree.open(size, readTile, sha256), edge }
    } catch (error) {
      report.add('tiles', 'bad', whyRefused(error))
      return undefined
    }
  }

  async #readEntries(
    { tree, edge }: Pick<Followed, 'tree' | 'edge'>,
    { log, opened: { note, head } }: { log: LogOfSize; opened: SignedHead },
  ): Promise<{ follower: LogFollower; disagreements: Disagreement[] }> {
    const { entries, records, sha256 } = this.#parts
    const disagreements: Disagreement[] = []
    const disagree = (one: Disagreement) => {
      if (disagreements.length < mostDisagreements) disagreements.push(one)
    }
    const follower = new LogFollower(tree, edge, {
      log,
      sha256,
      atOnce: bundlesAtOnce,
      disagree,
    })
    const followed = { log, note, origin: head.origin }
    for await (const read of follower.read()) {
      const { deposits, withdrawn } = await entries.take(read)
      if (records === undefined) continue
      await eachOf(deposits, recordsAtOnce, (deposit) => records.check(deposit, followed))
      // Afterwards: a record and its withdrawal may lie in one bundle.
      for (const record of withdrawn) records.takeWithdrawal(record)
    }
    return { follower, disagreements }
  }

  /** @param holds - whether the entries have the root that was signed. */
  #tellDisagreements(found: readonly Disagreement[], holds: boolean): void {
    const isEntryChanged = !holds && found.some(({ kind }) => kind === 'entry')
    for (const one of found) {
      // A changed entry makes other tiles above it, which are not at fault.
      if (one.kind !== 'tile' || !isEntryChanged) this.#tellDisagreement(one, holds)
    }
  }

  #tellDisagreement(found: Disagreement, holds: boolean): void {
    const { report } = this.#parts
    switch (found.kind) {
      case 'file':
        return report.add(found.isTile ? 'tiles' : 'entries', 'bad', found.why)
      case 'tile':
        return report.add('tiles', 'bad', `${found.tile} is not made of the tiles below it`)
      case 'entry': {
        const { index, tile } = found
        if (holds) return report.add('tiles', 'bad', `${tile} has another hash for entry ${index}`)
        const changed = `entry ${index} is not the one whose hash stands in ${tile}`
        return report.add('entries', 'bad', changed)
      }
    }
  }

  /** @param isGrown - whether the entries lead from the seen head to this one. */
  #tellGrowth(growth: GrowthProof, found: { opened: SignedHead; isGrown: boolean }): void {
    const { report, onSplitView } = this.#parts
    const { proof, tiles, outcome } = growth
    const seen = this.#seen
    if (seen === undefined || outcome === 'proven') return
    if (outcome === 'unreadable') return report.add('consistency', 'bad', growth.why)
    const sizes = `from ${seen.head.size} to ${found.opened.head.size} entries`
    if (found.isGrown) {
      const why = `the tiles do not prove the growth ${sizes}, although the entries do`
      return report.add('consistency', 'bad', why)
    }
    const why = `the log was not only added to ${sizes}: the proof of it fails`
    report.add('consistency', 'bad', why)
    onSplitView({ why, seen: seen.note, shown: found.opened.note, proof, tiles })
  }
}

/** Without its entries one cannot tell what the log says, although it has its root. */
function isAboutMissingEntries(found: Disagreement): boolean {
  return found.kind === 'file' && !found.isTile
}

function faultOfRoot(tree: GrowingTree, { size }: Checkpoint): string {
  return tree.size === size
    ? `the entries do not have the root of the checkpoint at ${size} entries`
    : `only ${tree.size} of ${size} entries could be followed`
}

async function eachOf<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = items.values()
  const workers = Array.from({ length: atOnce }, async () => {
    for (const item of waiting) await work(item)
  })
  await Promise.all(workers)
}
