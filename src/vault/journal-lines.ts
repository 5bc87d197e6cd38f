import { hash } from 'node:crypto'

/** A small file that must survive a power cut, with its path below the vault's root. */
export interface JournaledFile {
  readonly file: string
  readonly bytes: Uint8Array
  /** It takes the place of what is there; every other file is written once. */
  readonly replaces?: boolean
}

type Batch = readonly JournaledFile[]

const endLine = /^(\{"documents":(\d+)(?:,"synced":(\d+))?),"sha256":"([0-9a-f]{64})"\}$/
const fileLine = /^\{"file":"([^"\\]+)","base64":"([^"]*)"\}$/

/**
 * Batches that are brought to the disk together, as lines of the journal: a line for
 * each file, and a line that ends a batch. That one says how many bytes of the
 * journal were on the disk before, and has the SHA-256 of all of the batch up to it.
 *
 * @param start - how many bytes of the journal are on the disk.
 */
export function linesOf(batches: readonly Batch[], start: number): Buffer {
  return Buffer.concat(batches.flatMap((batch) => linesOfBatch(batch, start)))
}

function linesOfBatch(batch: Batch, start: number): Buffer[] {
  const lines = batch.map(({ file, bytes }) => {
    const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
    return Buffer.from(`${JSON.stringify({ file, base64 })}\n`)
  })
  const endStart = `{"documents":${batch.length},"synced":${start}`
  const sha256 = hash('sha256', Buffer.concat([...lines, Buffer.from(endStart)]))
  return [...lines, Buffer.from(`${endStart},"sha256":"${sha256}"}\n`)]
}

/**
 * The files of all complete batches, up to the first that is cut or damaged. That one
 * and those after it were never acknowledged if the same sync was to bring them to
 * the disk: a power cut leaves any part of what is written between two syncs.
 *
 * @param options.isClosed - all of the journal was on the disk before another was begun.
 * @throws Error when a batch is damaged that was on the disk before another was
 *   begun: acknowledged bytes are lost.
 */
export function filesIn(journal: Buffer, { isClosed = false } = {}): JournaledFile[] {
  const complete: JournaledFile[] = []
  let soundByteLength = 0
  let isDamaged = false
  let lines: Line[] = []
  for (const line of linesIn(journal)) {
    const end = parseEnd(line)
    if (end === undefined) {
      lines.push(line)
      continue
    }
    const batch = lines.slice(-end.count)
    const start = batch[0]?.start ?? line.start
    lines = []
    const isSound = batch.length === end.count && sha256Of(journal, start, end) === end.sha256
    isDamaged ||= !isSound || start !== soundByteLength
    if (isDamaged && isSound && soundByteLength < (end.synced ?? start)) throw damage(complete)
    if (isDamaged) continue
    complete.push(...batch.map(fileIn))
    soundByteLength = line.endExclusive
  }
  if (isClosed && soundByteLength < journal.length) throw damage(complete)
  return complete
}

function damage(complete: readonly JournaledFile[]): Error {
  return new Error(`the journal is damaged after ${complete.length} documents`)
}

interface Line {
  readonly text: string
  readonly start: number
  readonly endExclusive: number
}

interface BatchEnd {
  readonly count: number
  /** Missing in journals of earlier versions, which had one batch for each sync. */
  readonly synced: number | undefined
  readonly sha256: string
  readonly hashedEndExclusive: number
}

function parseEnd({ text, start }: Line): BatchEnd | undefined {
  const [isEnd, hashed = '', count, synced, sha256 = ''] = endLine.exec(text) ?? []
  if (isEnd === undefined) return undefined
  return {
    count: Number(count),
    synced: synced === undefined ? undefined : Number(synced),
    sha256,
    hashedEndExclusive: synced === undefined ? start : start + hashed.length,
  }
}

function sha256Of(journal: Buffer, start: number, { hashedEndExclusive }: BatchEnd): string {
  return hash('sha256', journal.subarray(start, hashedEndExclusive))
}

/** Complete lines, without their line feeds. */
function* linesIn(bytes: Buffer): Iterable<Line> {
  for (let start = 0; ;) {
    const end = bytes.indexOf(0x0a, start)
    if (end < 0) return
    yield { text: bytes.toString('latin1', start, end), start, endExclusive: end + 1 }
    start = end + 1
  }
}

function fileIn(line: Line): JournaledFile {
  const match = fileLine.exec(line.text)
  if (match === null) throw new Error('the journal has a line of another program')
  const [, file = '', base64 = ''] = match
  return { file, bytes: Buffer.from(base64, 'base64') }
}
