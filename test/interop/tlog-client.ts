import { existsSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { run, runWell } from '../bundle/programs.ts'
import { requireInFull } from '../tools.ts'

/** Where Debian puts the sources of Go packages. */
const goPath = '/usr/share/gocode'
const sumdb = path.join(goPath, 'src/golang.org/x/mod/sumdb')

export interface TlogClientOptions {
  /** Verifier keys of the log; the checkpoint needs the signature of one of them. */
  readonly vkeys: readonly string[]
  /** Prefix of the log, without a slash at its end. */
  readonly url: string
  /** File of the last verified checkpoint: the log must have grown from it. Written at the end. */
  readonly state?: string
  /** Re-read every entry and compare every tile. */
  readonly entries?: boolean
  /** With `entries`, prove only every so many-th of them; by default about 4000. */
  readonly stride?: number
  /** Leaf hashes in hex that must be in the log. */
  readonly records?: readonly string[]
}

export interface LogReport {
  readonly origin: string
  readonly size: number
  /** In base64. */
  readonly root: string
  /** Of the state file, if there was one. */
  readonly sizeBefore?: number
  /** How many entries were re-read. */
  readonly entries: number
  /** How many tiles were compared with the entries. */
  readonly tiles: number
  /** How many inclusion proofs were made from the tiles and checked. */
  readonly proofs: number
  readonly records: readonly { readonly index: number; readonly leafHash: string }[]
}

export interface TlogClientOutcome {
  /** 0 when every check passed, 1 when one did not. */
  readonly exitCode: number | null
  /** Only when every check passed. */
  readonly report?: LogReport
  /** Why not. */
  readonly stderr: string
}

/**
 * Options for a test that calls `runTlogClient`. Without Go or golang.org/x/mod
 * it is skipped; with STELE_TEST_FULL=1 it runs all the same, and fails.
 */
export function requireTlogClient(): { skip: string | false } {
  if (existsSync(sumdb) || process.env['STELE_TEST_FULL'] === '1') return requireInFull('go')
  return { skip: 'not installed: golang-golang-x-mod-dev' }
}

/** Checks a log with `golang.org/x/mod/sumdb`, which has nothing in common with `src/log`. */
export async function runTlogClient(options: TlogClientOptions): Promise<TlogClientOutcome> {
  client ??= buildClient()
  const { exitCode, stdout, stderr } = await run([await client, ...argumentsOf(options)])
  if (exitCode !== 0) return { exitCode, stderr }
  return { exitCode, report: parseReport(String(stdout)), stderr }
}

let client: Promise<string> | undefined

/** Builds the client once in each process that tests, and returns its path. */
async function buildClient(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'stele-tlog-client-'))
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }))
  const program = path.join(directory, 'tlog-client')
  await runWell(['go', 'build', '-o', program, '.'], {
    cwd: path.join(import.meta.dirname, 'tlog-client'),
    env: {
      ...process.env,
      GO111MODULE: 'off',
      GOPATH: goPath,
      GOFLAGS: '',
      GOCACHE: path.join(directory, 'cache'),
      // Without this it needs a C compiler too, for the names of hosts.
      CGO_ENABLED: '0',
    },
  })
  return program
}

function argumentsOf(options: TlogClientOptions): string[] {
  const { vkeys, url, state, entries = false, stride, records = [] } = options
  return [
    '-url',
    url,
    ...vkeys.flatMap((vkey) => ['-vkey', vkey]),
    ...(state === undefined ? [] : ['-state', state]),
    ...(entries ? ['-entries'] : []),
    ...(stride === undefined ? [] : ['-stride', String(stride)]),
    ...records.flatMap((leafHash) => ['-record', leafHash]),
  ]
}

function parseReport(line: string): LogReport {
  return JSON.parse(line)
}
