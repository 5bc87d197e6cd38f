import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export interface Outcome {
  readonly exitCode: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

interface RunOptions {
  readonly input?: Uint8Array | AsyncIterable<Uint8Array>
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
}

/** Runs a program to its end. */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const [program = '', ...args] = command
  const { cwd, env = process.env, input = new Uint8Array() } = options
  const child = spawn(program, args, { cwd, env, stdio: 'pipe' })
  const closed = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (piece: Buffer) => stdout.push(piece))
  child.stderr.on('data', (piece: Buffer) => stderr.push(piece))
  const source = input instanceof Uint8Array ? [input] : input
  const [exitCode] = await Promise.all([
    closed,
    pipeline(Readable.from(source), child.stdin).catch(ignoreClosedPipe),
  ])
  return {
    exitCode,
    stdout: Buffer.concat(stdout),
    stderr: Buffer.concat(stderr).toString(),
  }
}

/** The same, for a program that must succeed. */
export async function runWell(
  command: readonly string[],
  options: RunOptions = {},
): Promise<Buffer> {
  const { exitCode, stdout, stderr } = await run(command, options)
  assert.equal(exitCode, 0, `${command.join(' ')}: ${stderr}`)
  return stdout
}

/** A new empty directory, removed at the end of the test. */
export async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const directory = await mkdtemp(path.join(tmpdir(), 'stele-bundle-'))
  return {
    path: directory,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  }
}

/** A program may end before it has read all; its exit code says whether that was well. */
function ignoreClosedPipe(error: unknown): void {
  if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return
  if (error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE')
    return
  throw error
}
