/**
 * The whole cycle against a registry of its own in a temporary directory: run an
 * experiment, deposit it, cite it, download its bundle with an interruption, check
 * it with nothing but coreutils, replay it, deposit the replay. Exit code 0 only
 * if every step held.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

const root = path.dirname(import.meta.dirname)
const runner = path.join(root, 'runner/dist/stele.pyz')
const experiment = path.join(root, 'examples/heat')
const readyWithinMs = 60_000

/** Settings of the user must not decide what happens here. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('STELE_')),
)

class StepFailed extends Error {}

interface Place {
  readonly directory: string
  readonly url: string
}

try {
  await main()
} catch (error) {
  if (!(error instanceof StepFailed)) throw error
  console.log(`\nFAILED: ${error.message}`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  await using desk = await openDesk()
  await using registry = await startRegistry(desk.directory)
  const place = { directory: desk.directory, url: registry.url }
  say('registry', `empty, at ${place.url}`)

  const first = await run(place, [experiment, '--dir', 'first-run'])
  say('run', `examples/heat, four stages, verdict ${String(first['verdict'])}`)

  const original = await deposit(place, { run: 'first-run', author: 'Ada Example' })
  say('deposit', original)
  say('cite', await citationOf(place, original))
  const title = String(first['title'])
  await pageHolds(place, { record: original, text: title })
  say('page', `${place.url}/records/${original} shows "${title}"`)

  const bundle = await download(place, original)
  say('bundle', `${bundle.byteLength} bytes, interrupted once and resumed by curl`)
  await checkWithCoreutils(place, { file: bundle.file, record: original })
  say('check', 'tar, sha256sum -c and verify.sh find every byte as the citation says')

  const second = await run(place, [bundle.file, '--confirm', original, '--dir', 'replay'])
  const verdict = String(second['verdict'])
  expect(['identical', 'equivalent', 'within-tolerance'].includes(verdict), `verdict ${verdict}`)
  say('replay', `from the bundle alone, verdict ${verdict}`)

  const replay = await deposit(place, { run: 'replay', author: 'Bob Example' })
  say('deposit', replay)
  await pageHolds(place, { record: original, text: replay })
  await pageHolds(place, { record: replay, text: original })
  say('provenance', 'the pages of original and replay name each other')

  const exitCode = await registry.stop()
  expect(exitCode === 0, `the registry stopped with ${exitCode}`)
  say('stop', 'the registry finished with 0')
  console.log(`\nrecord   ${original}\nreplay   ${replay}\nverdict  ${verdict}`)
}

function say(step: string, text: string): void {
  console.log(`${step.padEnd(12)}${text}`)
}

function expect(holds: boolean, what: string): void {
  if (!holds) throw new StepFailed(what)
}

async function openDesk(): Promise<{ directory: string } & AsyncDisposable> {
  const directory = await mkdtemp(path.join(tmpdir(), 'stele-demo-'))
  return {
    directory,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  }
}

interface Registry extends AsyncDisposable {
  readonly url: string
  /** @returns its exit code. */
  stop(): Promise<number | null>
}

async function startRegistry(directory: string): Promise<Registry> {
  const child = spawn(process.execPath, [path.join(root, 'src/cli/main.ts'), 'serve'], {
    cwd: directory,
    env: { ...environment, STELE_DATA: 'data', STELE_PORT: '0', STELE_EXAMPLES: 'off' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    await exited
    return child.exitCode
  }
  try {
    return {
      url: await greetingOf(child),
      stop,
      [Symbol.asyncDispose]: async () => void (await stop()),
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Where the registry says it is, once it answers. */
function greetingOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const fail = (why: string) => reject(new StepFailed(`the registry ${why}\n${said}`))
    const timer = setTimeout(() => fail('was not ready in time'), readyWithinMs)
    const listen = (chunk: string) => {
      said += chunk
      const url = /ready at (\S+)/.exec(said)?.[1]
      if (url === undefined) return
      clearTimeout(timer)
      resolve(url)
    }
    child.stdout?.setEncoding('utf8').on('data', listen)
    child.stderr?.setEncoding('utf8').on('data', listen)
    child.on('error', (error) => fail(error.message))
    child.on('exit', (code) => {
      clearTimeout(timer)
      fail(`ended with ${code}`)
    })
  })
}

/** @returns what the runner says about the run. */
async function run(place: Place, args: readonly string[]): Promise<Record<string, unknown>> {
  return parseObject(await output(place, 'python3', [runner, '--json', 'run', ...args]))
}

/** @returns digest of the record. */
async function deposit(
  place: Place,
  { run: runDirectory, author }: { run: string; author: string },
): Promise<string> {
  const to = ['--registry', place.url, '--token-file', 'data/deposit-token', '--author', author]
  const said = await output(place, 'python3', [runner, '--json', 'deposit', runDirectory, ...to])
  return String(parseObject(said)['digest'])
}

async function citationOf(place: Place, record: string): Promise<string> {
  const headers = { accept: 'text/x-bibliography' }
  const answer = await fetch(`${place.url}/records/${record}`, { headers })
  const citation = (await answer.text()).trim()
  expect(answer.status === 200 && citation.includes(record), `no citation: ${citation}`)
  return citation
}

async function pageHolds(
  place: Place,
  { record, text }: { record: string; text: string },
): Promise<void> {
  const headers = { accept: 'text/html' }
  const answer = await fetch(`${place.url}/records/${record}`, { headers })
  const page = await answer.text()
  expect(answer.status === 200, `the page of ${record} was answered with ${answer.status}`)
  expect(page.includes(text), `the page of ${record} does not show ${text}`)
}

/** Breaks off after 100,000 bytes and goes on from there, as the pages tell people to do. */
async function download(
  place: Place,
  record: string,
): Promise<{ file: string; byteLength: number }> {
  const url = `${place.url}/records/${record}/bundle.tar?profile=standard`
  const file = 'bundle.tar'
  await output(place, 'curl', ['-fsS', '-r', '0-99999', '-o', file, url])
  await output(place, 'curl', ['-fsS', '-C', '-', '-o', file, url])
  const head = await fetch(url, { method: 'HEAD' })
  const { size } = await stat(path.join(place.directory, file))
  const expected = head.headers.get('content-length')
  expect(size > 100_000 && String(size) === expected, `${size} bytes instead of ${expected}`)
  return { file, byteLength: size }
}

async function checkWithCoreutils(
  place: Place,
  { file, record }: { file: string; record: string },
): Promise<void> {
  await output(place, 'tar', ['-xf', file])
  const hex = record.slice('sha256:'.length)
  const bag = { ...place, directory: path.join(place.directory, hex.slice(0, 16)) }
  const sum = await output(bag, 'sha256sum', ['data/record.json'])
  expect(sum.startsWith(hex), `data/record.json hashes to ${sum}`)
  await output(bag, 'sha256sum', ['--quiet', '-c', 'manifest-sha256.txt'])
  await output(bag, 'sha256sum', ['--quiet', '-c', 'tagmanifest-sha256.txt'])
  await output(bag, 'sh', ['verify.sh', record])
  const manifest = await readFile(path.join(bag.directory, 'manifest-sha256.txt'), 'utf8')
  expect(manifest.includes('data/inputs/solve.py'), 'the bundle lacks an input')
}

/** @returns standard output of a program that must end with 0. */
async function output(place: Place, program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, {
    cwd: place.directory,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  let complained = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complained += chunk))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', (error) => reject(new StepFailed(`${program}: ${error.message}`)))
    child.on('close', resolve)
  })
  expect(code === 0, `${program} ${args.join(' ')} ended with ${code}\n${complained}${said}`)
  return said
}

function parseObject(text: string): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>
}
