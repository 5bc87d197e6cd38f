import { hash } from 'node:crypto'

/** A small file that must survive a power cut, with its path below the vault's root. */
export interface JournaledFile {
  readonly file: string
  readonly bytes: Uint8Array
}

const endLine = /^\{"documents":(\d+),"sha256":"([0-9a-f]{64})"\}$/
const fileLine = /^\{"file":"([^"\\]+)","base64":"([^"]*)"\}$/

/**
 * One batch of files as lines of the journal: a line for each file, and a line
 * that ends the batch with the SHA-256 of the lines above it.
 */
export function linesOf(files: readonly JournaledFile[]): Buffer {
  const lines = files.map(({ file, bytes }) => {
    return `${JSON.stringify({ file, base64: Buffer.from(bytes).toString('base64') })}\n`
  })
  const text = lines.join('')
  return Buffer.from(`${text}{"documents":${files.length},"sha256":"${hash('sha256', text)}"}\n`)
}

/**
 * The files of all complete batches. A last batch that is cut or damaged was never
 * acknowledged, because a batch is begun only when the one before is on disk.
 *
 * @throws Error when a batch before the last is damaged: acknowledged bytes are lost.
 */
export function filesIn(journal: Buffer): JournaledFile[] {
  const complete: JournaledFile[] = []
  let batchStart = 0
  let isDamaged = false
  for (const line of linesIn(journal)) {
    const [isEnd, count, sha256] = endLine.exec(line.text) ?? []
    if (isEnd === undefined) continue
    if (isDamaged) throw new Error(`the journal is damaged after ${complete.length} documents`)
    const batch = journal.subarray(batchStart, line.start)
    const lines = Array.from(linesIn(batch), ({ text }) => text)
    isDamaged = hash('sha256', batch) !== sha256 || lines.length !== Number(count)
    if (!isDamaged) complete.push(...lines.map(fileIn))
    batchStart = line.endExclusive
  }
  return complete
}

/** Complete lines, without their line feeds. */
function* linesIn(bytes: Buffer): Iterable<{ text: string; start: number; endExclusive: number }> {
  for (let start = 0; ;) {
    const end = bytes.indexOf(0x0a, start)
    if (end < 0) return
    yield { text: bytes.toString('latin1', start, end), start, endExclusive: end + 1 }
    start = end + 1
  }
}

function fileIn(line: string): JournaledFile {
  const match = fileLine.exec(line)
  if (match === null) throw new Error('the journal has a line of another program')
  const [, file = '', base64 = ''] = match
  return { file, bytes: Buffer.from(base64, 'base64') }
}
