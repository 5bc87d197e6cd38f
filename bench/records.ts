import { randomUUID } from 'node:crypto'
import { textPayload, type Payload } from './payload.ts'

export interface RetainedFile {
  readonly path: string
  readonly digest: string
  readonly size: number
}

/** A record of exactly so many bytes that no registry has seen; it names no blobs. */
export function newRecord(byteLength: number): Payload {
  const outputs = Array.from({ length: 8 }, (_, i) => ({
    path: `output/step-${i}.csv`,
    digest: `sha256:${randomHex()}`,
    size: 1000 + i,
    retained: false,
  }))
  const record = { ...recordOf([], 'A run that was measured'), summary: '' }
  record.run = { ...record.run, outputs }
  const missing = byteLength - JSON.stringify(record).length
  record.summary = 'heat '.repeat(missing).slice(0, missing).replace(/ $/, '.')
  return textPayload(JSON.stringify(record))
}

/** A record whose inputs are these blobs. */
export function recordNaming(files: readonly RetainedFile[]): Payload {
  return textPayload(JSON.stringify(recordOf(files, 'A run with inputs')))
}

/** The same, for the runner: it finds out digests and sizes of these files. */
export function manifestNaming(names: readonly string[]): string {
  const files = names.map((name) => ({ path: name, file: name }))
  return JSON.stringify(recordOf(files, 'A run with inputs'))
}

function recordOf(
  files: readonly (RetainedFile | { path: string; file: string })[],
  title: string,
) {
  const inputs = files.map((file) => ({ ...file, role: 'table', availability: 'retained' }))
  const run: Record<string, unknown> = {
    stages: [{ id: 'solve', status: 'succeeded', exitCode: 0, wall: 1234 }],
  }
  return {
    schema: 'stele-record-1',
    kind: 'run',
    title: `${title} ${randomUUID()}`,
    project: { name: 'Example project' },
    authors: [{ name: 'Ada Example' }],
    createdAt: '2026-11-20T10:00:00Z',
    plan: { inputs, stages: [{ id: 'solve', kind: 'run', command: ['./solve', '--steps', '8'] }] },
    run,
  }
}

function randomHex(): string {
  return `${randomUUID()}${randomUUID()}`.replaceAll('-', '')
}
