import { parseCheckpointText, type Checkpoint } from '../log/checkpoint.ts'
import { MalformedLogFile } from '../log/entry-bundle.ts'
import type { QuickSha256 } from '../log/merkle-tree.ts'
import { parseNote } from '../log/note.ts'
import { parseProofFile } from '../log/proof-file.ts'
import type { Digest } from '../record/digest.ts'
import type { AuditReport } from './audit-finding.ts'
import { isHeadOfLog, type SplitView } from './audit-growth.ts'
import { MissingLogFile, type LogOfSize } from './log-of-size.ts'
import { RecentItems } from './recent-items.ts'

/** What a proof file says about a head of the log; nothing of it is verified. */
export interface ProvenHead {
  readonly index: number
  /** The signed note. */
  readonly note: string
  readonly head: Checkpoint
}

/** The log that is followed, as far as its newest head. */
export interface ShownLog {
  readonly log: LogOfSize
  readonly note: string
  readonly origin: string
}

export interface ProvenHeadsParts {
  readonly report: AuditReport
  readonly sha256: QuickSha256
  readonly onSplitView: (found: SplitView) => void
}

/** @throws MalformedProofFile, MalformedNote, MalformedCheckpoint */
export function parseProvenHead(proof: Uint8Array): ProvenHead {
  const { index, checkpoint: note } = parseProofFile(new TextDecoder().decode(proof))
  return { index, note, head: parseCheckpointText(parseNote(note).text) }
}

/** Compares the heads in proofs with those that the log has had; many proofs share one. */
export class ProvenHeads {
  readonly #parts: ProvenHeadsParts
  readonly #good = new RecentItems<string>()

  constructor(parts: ProvenHeadsParts) {
    this.#parts = parts
  }

  /** @param proven - a head that the log has signed. */
  async check(
    { note, head }: ProvenHead,
    { record, followed }: { record: Digest; followed: ShownLog },
  ): Promise<void> {
    const { report, sha256, onSplitView } = this.#parts
    if (this.#good.has(note)) return
    const bad = (what: string) => {
      const proof = `the proof is of a head at ${head.size} entries`
      report.add('records', 'bad', `${record}: ${proof}${what}`)
    }
    if (head.size > followed.log.size) return bad(', and the log has fewer')
    try {
      const { isOfLog, tiles } = await isHeadOfLog(head, { log: followed.log, sha256 })
      if (isOfLog) return this.#good.add(note)
      bad(' that this log never had')
      const why = 'the checkpoint in the proof of a record is no head of the log that is shown'
      onSplitView({ why, seen: note, shown: followed.note, proof: [], tiles })
    } catch (error) {
      // The audit of the tiles tells it.
      if (!(error instanceof MissingLogFile || error instanceof MalformedLogFile)) throw error
    }
    return undefined
  }
}
