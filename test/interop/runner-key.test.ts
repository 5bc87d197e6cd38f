import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { run } from '../bundle/programs.ts'
import { startService } from '../service/service-process.ts'
import { temporaryData } from '../service/temporary-data.ts'
import { requireInFull } from '../tools.ts'

const root = join(import.meta.dirname, '../..')

describe('The runner', requireInFull('python3'), () => {
  it('registers a key that it made, and signs with it a deposit that verifies', async () => {
    await using data = await temporaryData()
    await using service = await startService(data.path)
    const key = join(data.path, 'my.jwk')
    const token = join(data.path, 'deposit-token')
    const where = ['--registry', service.url, '--token-file', token]
    const made = await runRunner(['keys', 'new', key])
    const [, kid = ''] = /^thumbprint +(\S+)$/m.exec(made) ?? []

    const added = await runRunner([
      'keys',
      'add',
      '--key',
      key,
      '--project',
      'stele-examples',
      ...where,
    ])
    assert.match(
      added,
      new RegExp(`^registered {2}${kid}\nproject {2}stele-examples\nlog entry {2}2\n`),
    )
    const again = await runRunner(['keys', 'add', key, '--project', 'stele-examples', ...where])
    assert.match(again, /^was registered before /)

    const example = join(root, 'examples/heat')
    const deposited = await runRunner(['deposit', example, '--sign', key, ...where])
    assert.match(deposited, new RegExp(`^signed {2}${kid}$`, 'm'))
    const [, url = ''] = /^url +(\S+)$/m.exec(deposited) ?? []
    const report = await runRunner(['verify', url])
    assert.match(report, new RegExp(`^good +depositor-signatures .* ${kid}$`, 'm'))
  })
})

async function runRunner(args: readonly string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], PYTHONPATH: join(root, 'runner') }
  const { exitCode, stdout, stderr } = await run(['python3', '-B', '-m', 'stele', ...args], { env })
  assert.equal(exitCode, 0, stderr)
  return String(stdout)
}
