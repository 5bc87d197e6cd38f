import assert from 'node:assert/strict'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, it } from 'node:test'
import { requireInFull } from '../tools.ts'
import { run, runWell, type Outcome } from './programs.ts'
import { richRun } from './rich-run.ts'
import { damages, unpackedBag, type Bag } from './unpacked-bags.ts'

/** PATH with nothing but a few programs, to see what the script really needs. */
async function pathWith(bag: Bag, programs: Readonly<Record<string, string>>): Promise<string> {
  const directory = path.join(bag.beside, 'bin')
  await mkdir(directory)
  for (const [name, target] of Object.entries(programs)) {
    await symlink(target, path.join(directory, name))
  }
  return directory
}

const applets = 'cat cmp cut dirname find grep mktemp rm sed sh sha256sum sort tr uniq'.split(' ')

interface Shell {
  readonly name: string
  /** Program that must be installed. */
  readonly tool: string
  verify(bag: Bag, ...args: readonly string[]): Promise<Outcome>
}

const plainShell = (tool: string): Shell => ({
  name: tool,
  tool,
  verify: (bag, ...args) => run([tool, path.join(bag.path, 'verify.sh'), ...args]),
})

/** Its shell, and no program but its own. */
const busyBox: Shell = {
  name: 'BusyBox',
  tool: 'busybox',
  async verify(bag, ...args) {
    const found = await runWell(['sh', '-c', 'command -v busybox'])
    const target = found.toString().trim()
    const PATH = await pathWith(bag, Object.fromEntries(applets.map((name) => [name, target])))
    return run([path.join(PATH, 'sh'), 'verify.sh', ...args], { cwd: bag.path, env: { PATH } })
  },
}

for (const shell of [plainShell('sh'), plainShell('dash'), plainShell('bash'), busyBox]) {
  describe(`verify.sh under ${shell.name}`, requireInFull(shell.tool), () => {
    it('accepts a bundle with the digest of the citation', async () => {
      await using bag = await unpackedBag(richRun)
      const { exitCode, stdout, stderr } = await shell.verify(bag, bag.digest)
      assert.equal(stderr, '')
      assert.equal(stdout.toString(), `OK ${bag.digest}\n`)
      assert.equal(exitCode, 0)
    })

    it('says without a digest that the digest must come from the citation', async () => {
      await using bag = await unpackedBag()
      const { exitCode, stdout } = await shell.verify(bag)
      assert.equal(exitCode, 0)
      assert.match(stdout.toString(), /compare the digest below with the one in the citation/)
      assert.equal(stdout.toString().split('\n').at(-2), `OK ${bag.digest}`)
    })

    it('refuses another digest than that of the record', async () => {
      await using bag = await unpackedBag()
      const other = `sha256:${'0'.repeat(64)}`
      const { exitCode, stdout, stderr } = await shell.verify(bag, other)
      assert.equal(exitCode, 1)
      assert.equal(stdout.toString(), '')
      assert.match(stderr, new RegExp(`FAIL .*${bag.digest}, expected ${other}`))
    })

    it('is not able to check what is not a digest', async () => {
      await using bag = await unpackedBag()
      const { exitCode, stderr } = await shell.verify(bag, bag.digest.toUpperCase())
      assert.equal(exitCode, 2)
      assert.match(stderr, /64 lower-case hex digits/)
    })

    for (const { what, says, inflict } of damages) {
      it(`refuses ${what}`, async () => {
        await using bag = await unpackedBag()
        await inflict(bag)
        const { exitCode, stdout, stderr } = await shell.verify(bag, bag.digest)
        assert.equal(stdout.toString(), '')
        assert.match(stderr, says)
        assert.equal(exitCode, 1)
      })
    }
  })
}

describe('verify.sh without sha256sum', () => {
  it('uses shasum', requireInFull('shasum'), async () => {
    await using bag = await unpackedBag()
    const names = [...applets.filter((name) => name !== 'sha256sum'), 'shasum', 'perl']
    const found = await runWell(['sh', '-c', `for p in ${names.join(' ')}; do command -v $p; done`])
    const targets = found.toString().trim().split('\n')
    const PATH = await pathWith(bag, Object.fromEntries(names.map((n, i) => [n, targets[i] ?? ''])))
    const options = { cwd: bag.path, env: { PATH } }
    const good = await run(['/bin/sh', 'verify.sh', bag.digest], options)
    await writeFile(path.join(bag.path, 'data/inputs/heat.in'), 'cells 65\n')
    const bad = await run(['/bin/sh', 'verify.sh', bag.digest], options)
    assert.equal(good.stdout.toString(), `OK ${bag.digest}\n`, good.stderr)
    assert.equal(bad.exitCode, 1)
  })
})

describe('coreutils alone', () => {
  it('check both manifests and give the digest of the record', async () => {
    await using bag = await unpackedBag(richRun)
    const cwd = bag.path
    const manifests = ['tagmanifest-sha256.txt', 'manifest-sha256.txt']
    await runWell(['sha256sum', '--strict', '-c', ...manifests], { cwd })
    const record = await runWell(['sha256sum', 'data/record.json'], { cwd })
    assert.equal(`sha256:${record.toString().slice(0, 64)}`, bag.digest)
  })
})
