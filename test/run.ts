/**
 * What `npm test` runs: every `test/**\/*.test.ts`, each in a process of its own,
 * then the unit tests of the runner. The last line counts both together.
 *
 *     node test/run.ts                     everything
 *     node test/run.ts test/record         one folder
 *     node test/run.ts runner/tests        the runner's unit tests only
 *
 * A skipped test fails the run where everything is expected to be installed:
 * with CI or STELE_TEST_FULL=1 in the environment.
 */
import { spawn } from 'node:child_process'
import { existsSync, globSync, statSync } from 'node:fs'
import path from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'

const root = path.dirname(import.meta.dirname)
const runnerTests = 'runner/tests'
const testTimeoutMs = 180_000

interface Tally {
  readonly passed: number
  readonly failed: number
  /** Name and reason of each. */
  readonly skipped: readonly string[]
}

const nothing: Tally = { passed: 0, failed: 0, skipped: [] }

process.exitCode = await main(process.argv.slice(2))

async function main(chosen: readonly string[]): Promise<number> {
  const files = testFilesOf(chosen)
  const withRunner = chosen.length === 0 || chosen.some((name) => isInside(name, runnerTests))
  const tallies = [
    files.length === 0 ? nothing : await runTestFiles(files),
    withRunner && existsSync(path.join(root, runnerTests)) ? await runRunnerTests() : nothing,
  ]
  const passed = sumOf(tallies.map((tally) => tally.passed))
  const failed = sumOf(tallies.map((tally) => tally.failed))
  const skipped = tallies.flatMap((tally) => tally.skipped)

  for (const line of skipped) console.log(`skipped: ${line}`)
  const mustBeComplete = Boolean(process.env['CI']) || process.env['STELE_TEST_FULL'] === '1'
  if (mustBeComplete && skipped.length > 0) console.log('a skipped test counts as a failure here')
  if (passed + failed === 0) console.log('no test ran')
  const suffix = skipped.length > 0 ? `, ${skipped.length} skipped` : ''
  console.log(`${passed} passed, ${failed} failed${suffix}`)
  return failed > 0 || passed === 0 || (mustBeComplete && skipped.length > 0) ? 1 : 0
}

function testFilesOf(chosen: readonly string[]): string[] {
  if (chosen.length === 0) return globSync('test/**/*.test.ts', { cwd: root }).sort()
  return chosen
    .filter((name) => !isInside(name, runnerTests))
    .flatMap((name) =>
      statSync(path.resolve(root, name)).isDirectory()
        ? globSync(`${name}/**/*.test.ts`, { cwd: root }).sort()
        : [name],
    )
}

function isInside(name: string, folder: string): boolean {
  return `${path.relative(root, path.resolve(root, name))}/`.startsWith(`${folder}/`)
}

async function runTestFiles(files: readonly string[]): Promise<Tally> {
  const tests = run({
    files: files.map((file) => path.resolve(root, file)),
    concurrency: 2,
    isolation: 'process',
    timeout: testTimeoutMs,
  })
  const skipped: string[] = []
  const tally = { passed: 0, failed: 0, brokenSuites: 0 }
  tests.on('test:pass', ({ name, file = '', details, skip, todo }) => {
    const where = path.relative(root, file)
    const mark = skip ?? todo
    if (mark !== undefined && mark !== false) {
      skipped.push(`${where}: ${name} (${mark === true ? 'no reason given' : mark})`)
    } else if (name === file) {
      tally.failed += 1
      console.log(`${where}: a test file without a test`)
    } else if (details.type !== 'suite') {
      tally.passed += 1
    }
  })
  tests.on('test:fail', ({ details }) => {
    tally[details.type === 'suite' ? 'brokenSuites' : 'failed'] += 1
  })
  const report = tests.compose(spec)
  report.pipe(process.stdout, { end: false })
  await new Promise((resolve) => report.on('end', resolve))
  // A suite also fails when only one of its hooks did: then none of its tests may have failed.
  const failed = tally.brokenSuites > 0 ? Math.max(tally.failed, 1) : tally.failed
  return { passed: tally.passed, failed, skipped }
}

async function runRunnerTests(): Promise<Tally> {
  const discover = `-B -m unittest discover -v -s ${runnerTests} -t runner`
  const { text, exitCode } = await outputOf('python3', discover.split(' '))
  const ran = Number(/^Ran (\d+) tests? in /m.exec(text)?.[1] ?? 0)
  const lost = sumOf(
    [...text.matchAll(/\b(?:failures|errors|unexpected successes)=(\d+)/g)].map(([, n]) =>
      Number(n),
    ),
  )
  const skipped = [...text.matchAll(/^(.*) \.\.\. skipped (.*)$/gm)].map(
    ([, name, why]) => `runner: ${name} (${why})`,
  )
  const failed = exitCode === 0 ? lost : Math.max(lost, 1)
  if (failed > 0) console.log(text)
  console.log(`runner: ${ran} unit tests, ${failed} failed, ${skipped.length} skipped`)
  return { passed: Math.max(ran - lost - skipped.length, 0), failed, skipped }
}

async function outputOf(
  program: string,
  args: readonly string[],
): Promise<{ text: string; exitCode: number | null }> {
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  }
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  return { text, exitCode }
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}
