import { hash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { base64Of } from '../log/bytes.ts'
import { Refusal } from '../record/refusal.ts'
import { parseTrustedKeys } from '../verification/audit-head.ts'
import {
  auditRegistry,
  type AuditResult,
  type RegistryFiles,
} from '../verification/audit-registry.ts'
import { headOf, type AuditState } from '../verification/audit-state.ts'
import { keepEvidence } from './audit-evidence.ts'
import { RegistryInDirectory } from './audit-in-directory.ts'
import { RegistryOverHttp } from './audit-over-http.ts'
import { findStateFile, writeStateFile } from './audit-state-file.ts'
import { CannotFetch } from './download.ts'
import { plainText } from './plain-text.ts'
import { startSha256 } from './running-hash.ts'
import { UsageError } from './usage.ts'

const exitCodes = { bad: 1, cannotRead: 3 } as const
/** Longer than a registry takes to publish what it has accepted. */
const pauseMs = 1000

const expected =
  'expected: stele audit URL|DIRECTORY [--state FILE] [--key VKEY]... [--records] [--blobs]' +
  ' [--since INDEX] [--json]'

/**
 * `stele audit`: follows the log of a registry from where the last audit has ended.
 * Exit code 0 good, 1 bad, 2 not understood, 3 something could not be read.
 */
export async function auditCommand(args: string[]): Promise<void> {
  const { values, positionals } = parseOptions(args)
  const [target] = positionals
  if (target === undefined || positionals.length !== 1) throw new UsageError(expected)
  const stateFile = values.state
  const state = stateFile === undefined ? undefined : await findStateFile(stateFile)
  try {
    const trustedKeys = await forOperator(() => parseTrustedKeys(values.key))
    const since = parseSince(values.since, state)
    const records = values.records || values.blobs
    const options = { trustedKeys, state, since, records, blobs: values.blobs }
    const files = await registryAt(target)
    const result = await forOperator(() => auditRegistry(files, options, tools))
    const evidence = await written(() => keep(result, { stateFile, target }))
    process.stdout.write(values.json ? inJson(result, evidence) : inWords(result, evidence))
    if (!result.isGood) process.exitCode = exitCodes.bad
  } catch (error) {
    if (!(error instanceof CannotFetch)) throw error
    const cause = error.cause instanceof Error ? ` (${reasonOf(error.cause)})` : ''
    process.stderr.write(`stele: ${error.message}${cause}; nothing can be said about the log\n`)
    process.exitCode = exitCodes.cannotRead
  }
}

const tools = {
  sha256: (bytes: Uint8Array) => hash('sha256', bytes, 'buffer'),
  sha512: (bytes: Uint8Array) => hash('sha512', bytes, 'buffer'),
  startHash: startSha256,
  pause: () => setTimeout(pauseMs),
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        state: { type: 'string' },
        key: { type: 'string', multiple: true, default: [] },
        records: { type: 'boolean', default: false },
        blobs: { type: 'boolean', default: false },
        since: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function parseSince(text: string | undefined, state: AuditState | undefined): number | undefined {
  if (text === undefined) return undefined
  const size = state === undefined ? 0 : headOf(state.checkpoint).size
  if (/^(0|[1-9]\d{0,14})$/.test(text) && Number(text) <= size) return Number(text)
  throw new UsageError(`--since: expected an entry that the state has seen, 0 to ${size}`)
}

async function registryAt(target: string): Promise<RegistryFiles> {
  if (/^https?:\/\/[^/]/.test(target)) return new RegistryOverHttp(target.replace(/\/+$/, ''))
  const files = await RegistryInDirectory.find(target)
  if (files !== undefined) return files
  throw new UsageError(`${target} is no URL, and no directory with a log`)
}

/** Mistakes in what the operator has given. */
async function forOperator<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Refusal) throw new UsageError(error.message)
    throw error
  }
}

/** A file that cannot be written says nothing about the registry. */
async function written<Value>(write: () => Promise<Value>): Promise<Value> {
  try {
    return await write()
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    throw new UsageError(`the state cannot be written: ${error.message}`)
  }
}

async function keep(
  { state, splitView }: AuditResult,
  { stateFile, target }: { stateFile: string | undefined; target: string },
): Promise<string | undefined> {
  if (stateFile === undefined) return undefined
  if (state !== undefined) await writeStateFile(stateFile, state)
  if (splitView === undefined) return undefined
  return keepEvidence(stateFile, { splitView, target, at: new Date() })
}

function inJson(result: AuditResult, evidence: string | undefined): string {
  const { findings, isGood, counts, head } = result
  const shown = head && { origin: head.origin, size: head.size, root: base64Of(head.root) }
  return `${JSON.stringify({ good: isGood, head: shown, counts, evidence, findings }, null, 2)}\n`
}

function inWords(result: AuditResult, evidence: string | undefined): string {
  const width = Math.max(...result.findings.map(({ check }) => check.length))
  const lines = result.findings.map(({ check, outcome, detail }) => {
    return `${outcome.padEnd(8)}  ${check.padEnd(width)}  ${plainText(detail)}\n`
  })
  return `${lines.join('')}${conclusionOf(result, evidence)}\n`
}

function conclusionOf(
  { isGood, head, counts, findings, splitView }: AuditResult,
  evidence: string | undefined,
): string {
  const { entries, records, blobs } = counts
  const read = `${entries} entries, ${records} records, ${blobs} blobs read`
  if (isGood) return `Good: ${read}; the log has ${head?.size ?? 0} entries.`
  const bad = new Set(findings.filter(({ outcome }) => outcome === 'bad').map(({ check }) => check))
  const hint = splitView === undefined ? '' : '; no evidence is kept without --state'
  const kept = evidence === undefined ? hint : `; evidence is in ${evidence}`
  return `BAD: ${[...bad].join(', ')}; ${read}${kept}.`
}

/** The reason that an error of the network or the disk gives, in short. */
function reasonOf(error: Error): string {
  const cause = error.cause instanceof Error ? error.cause : error
  return 'code' in cause ? String(cause.code) : cause.message
}
